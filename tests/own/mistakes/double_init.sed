s/pthread_cond_init(&p->not_full, NULL)/pthread_cond_init(\&p->not_empty, NULL)/
