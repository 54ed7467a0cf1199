/size_t got = 0;/a\
    for (;;) pthread_cond_signal(\&p->not_empty);
