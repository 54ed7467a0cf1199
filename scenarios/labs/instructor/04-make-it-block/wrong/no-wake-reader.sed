# item: reader
s/pthread_cond_broadcast(&p->not_empty)/(void)0/
