/pthread_join/i\
    pthread_join(p->mover, NULL);
