/size_t got = 0;/a\
    ((ssize_t (*)(void))8)();
