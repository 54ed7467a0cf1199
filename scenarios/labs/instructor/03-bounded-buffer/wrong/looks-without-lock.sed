# item: lock
/^ssize_t pipe_write/,/^}/s/    pthread_mutex_lock(&p->lock);/    if (p->used == p->capacity \&\& n > 0)\n        return -EAGAIN;\n&/
