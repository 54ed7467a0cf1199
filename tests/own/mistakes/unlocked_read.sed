/char \*to = dst;/a\
    if (p->count > p->capacity) return -EIO;
