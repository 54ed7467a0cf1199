# item: readers
s/pthread_cond_signal/pthread_cond_broadcast/
