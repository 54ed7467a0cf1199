# item: lock
# look for: keep it until the last byte
s/^    size_t done = put(p, src, n);/    size_t done = put(p, src, n > 0);\n    pthread_mutex_unlock(\&p->lock);\n    pthread_mutex_lock(\&p->lock);\n    done += put(p, (const char *)src + done, n - done);/
