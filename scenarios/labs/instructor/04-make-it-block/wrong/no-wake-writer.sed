# item: writer
s/pthread_cond_broadcast(&p->not_full)/(void)0/
