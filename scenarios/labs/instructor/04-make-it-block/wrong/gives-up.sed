# item: reader
# look for: after some time is no byte
s/pthread_cond_wait(&p->not_empty, &p->lock);/{\n        struct timespec at;\n        clock_gettime(CLOCK_REALTIME, \&at);\n        at.tv_sec += 5;\n        if (pthread_cond_timedwait(\&p->not_empty, \&p->lock, \&at) != 0)\n            break;\n    }/
