/^ssize_t pipe_read/,/^}/s/    pthread_mutex_unlock(&p->lock);/&\
&/
