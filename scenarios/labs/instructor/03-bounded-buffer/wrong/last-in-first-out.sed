# item: order
s/to\[done++\] = p->bytes\[p->first\];/to[done++] = p->bytes[(p->first + p->used - 1) % p->capacity];/; s/p->first = (p->first + 1) % p->capacity;//
