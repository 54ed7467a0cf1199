# item: lock
# look for: Two use the same field
s/pthread_mutex_t lock;/pthread_mutex_t lock, other;/; s/^    pthread_mutex_init(&p->lock, NULL);/&\n    pthread_mutex_init(\&p->other, NULL);/; /^ssize_t pipe_write/,/^}/s/&p->lock/\&p->other/
