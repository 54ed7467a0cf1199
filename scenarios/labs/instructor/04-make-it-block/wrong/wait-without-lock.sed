# item: reader
s/pthread_cond_wait(&p->not_empty/pthread_mutex_unlock(\&p->lock), &/
