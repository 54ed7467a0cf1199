# zoo: 12
# what: a second lock: writers take it before the first, readers after
# say: each holds the lock that the other wants: take locks in the same order everywhere
# keeps: all it has seen
s/^    pthread_mutex_t lock;.*/&\
    pthread_mutex_t door; \/* writers come in one by one *\//
s/^    pthread_mutex_init(&p->lock, NULL);/&\
    pthread_mutex_init(\&p->door, NULL);/
/^static void room_has_grown/,/^}/ {
    s/^    if (room_before </    pthread_mutex_lock(\&p->door); \/* nobody comes in while we look who fits *\/\
&/
    s/^        wake_writers_that_fit(p);/&\
    pthread_mutex_unlock(\&p->door);/
}
/^ssize_t pipe_write/,/^}/ {
    s/^    if (!patience_takes/    pthread_mutex_lock(\&p->door);\
&/
    s/^        pthread_mutex_lock(&p->lock);/&\
    pthread_mutex_unlock(\&p->door);/
}
