# item: close
s/pthread_cond_broadcast(&p->not_full)/pthread_cond_signal(\&p->not_full)/
