# item: long
# look for: Look and sleep under one lock
s/pthread_cond_wait(&p->not_empty/pthread_mutex_unlock(\&p->lock), pthread_mutex_lock(\&p->lock), &/
