/size_t got = 0;/a\
    struct pipe *none = NULL; n = none->count;
