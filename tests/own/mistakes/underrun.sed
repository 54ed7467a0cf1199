/size_t got = 0;/a\
    to[0] = p->bytes[-1];
