# zoo: 11
# what: a reader at end of file lets the lock go twice
# say: it let a lock go that was not its own any more: perhaps somebody else holds it by now
s/^    if (slept && store_used(&p->store) > 0)/    if (result == 0)\
        pthread_mutex_unlock(\&p->lock); \/* end of file: nothing more to do *\/\
&/
