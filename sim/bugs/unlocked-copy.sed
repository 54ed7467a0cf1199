# zoo: 14
# what: a reader lets the lock go while it copies
# say: two readers took the same byte: to look, to copy and to count it is one action, under one lock
# keeps: all it has seen
s/^    size_t taken = ring_take(&p->ring, dst, n);/    struct ring seen = p->ring;\
    pthread_mutex_unlock(\&p->lock); \/* the copy may take long: let others in *\/\
    size_t taken = ring_take(\&seen, dst, n);\
    pthread_mutex_lock(\&p->lock);\
    p->ring.taken = seen.taken;/
