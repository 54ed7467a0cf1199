/if (pthread_join/,/abort();/c\
    sched_yield();
/void \*result;/d
/p->over = 1/,/pthread_mutex_unlock/s/pthread_mutex_unlock(&p->lock);/pthread_mutex_unlock(\&p->lock); return;/
