# item: reader
s/pthread_cond_wait(&p->not_empty, &p->lock)/{ pthread_mutex_unlock(\&p->lock); pthread_mutex_lock(\&p->lock); }/
