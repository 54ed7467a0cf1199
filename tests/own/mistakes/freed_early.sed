/size_t got = 0;/a\
    free(p->bytes);
