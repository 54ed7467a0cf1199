# zoo: 16
# what: a reader that a signal interrupts leaves, though woken for a byte
# say: the wake-up went to one who left, and the byte stays: take it, or wake the next one
/^ssize_t pipe_read/,/^}/ {
    s/^        tell(p, PIPE_READER_RETURNS);/&\
        if (interrupted(p)) {\
            pthread_mutex_unlock(\&p->lock);\
            return -EINTR;\
        }/
}
