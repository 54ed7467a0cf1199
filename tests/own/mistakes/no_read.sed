s/^ssize_t pipe_read/ssize_t pipe_reed/
