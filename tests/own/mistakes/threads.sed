/size_t got = 0;/a\
    pthread_t t; pthread_create(\&t, NULL, NULL, NULL);
