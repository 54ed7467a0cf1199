# zoo: 14
# what: a reader lets the lock go while it copies
# say: two readers took the same byte: to look, to copy and to count it is one action, under one lock
# keeps: all it has seen
s/^    size_t taken = store_take(&p->store, dst, n, &lost);/    struct store seen = p->store;\
    pthread_mutex_unlock(\&p->lock); \/* the copy may take long: let others in *\/\
    size_t taken = store_take(\&seen, dst, n, \&lost);\
    pthread_mutex_lock(\&p->lock);\
    p->store.ring.taken = seen.ring.taken;/
