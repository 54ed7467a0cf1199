/return p;/i\
    pthread_exit(p);
/static void \*move/,/return p;/{
/pthread_mutex_unlock/d
}
