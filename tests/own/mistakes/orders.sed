s/pthread_mutex_t lock;/pthread_mutex_t lock, other;/
/size_t got = 0;/a\
    pthread_mutex_lock(\&p->lock); pthread_mutex_lock(\&p->other); pthread_mutex_unlock(\&p->other); pthread_mutex_unlock(\&p->lock);
/size_t done = 0;/a\
    pthread_mutex_lock(\&p->other);\
    pthread_mutex_lock(\&p->lock);\
    pthread_mutex_unlock(\&p->lock); pthread_mutex_unlock(\&p->other);
