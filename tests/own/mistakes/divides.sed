/size_t got = 0;/a\
    n = 7 % (p->readers - 1);
