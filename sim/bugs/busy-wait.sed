# zoo: 13
# what: a reader does not sleep, it looks again and again
# say: it looked again and again and never slept: so it keeps the processor from everybody else
/^ssize_t pipe_read/,/^}/ {
    /slept = true;/d
    /sleeping_readers/d
    /PIPE_READER_/d
    s/^        pthread_cond_wait.*/        pthread_mutex_unlock(\&p->lock);\
        pthread_mutex_lock(\&p->lock);/
}
