/p->readers = p->writers = 1;/a\
    p->bytes[p->capacity] = 0;
