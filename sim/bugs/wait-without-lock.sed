# zoo: 9
# what: a reader lets the lock go before it waits
# say: pthread_cond_wait lets the lock go by itself: it must be held until then
s/^        pthread_cond_wait(&p->not_empty/        pthread_mutex_unlock(\&p->lock);\
&/
