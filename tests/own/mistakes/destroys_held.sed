s/^    pthread_mutex_destroy/    pthread_mutex_lock(\&p->lock); pthread_mutex_destroy/
