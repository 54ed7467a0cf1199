/^ssize_t pipe_read/,/^}/{/pthread_mutex_lock/d
}
