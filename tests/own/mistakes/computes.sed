/size_t got = 0;/a\
    for (volatile int i = 0;; i++) ;
