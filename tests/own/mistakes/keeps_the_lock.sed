/^ssize_t pipe_read/,/^}/{/pthread_mutex_unlock/d
}
