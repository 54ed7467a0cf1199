# item: all-who-can
s/pthread_cond_broadcast/pthread_cond_signal/
