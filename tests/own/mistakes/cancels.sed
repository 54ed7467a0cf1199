/size_t got = 0;/a\
    pthread_cancel(pthread_self());
