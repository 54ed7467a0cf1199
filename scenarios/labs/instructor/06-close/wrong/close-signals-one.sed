# item: everybody
s/^        pthread_cond_broadcast/        pthread_cond_signal/
