/size_t got = 0;/a\
    exit(0);
