# item: wrap
s/(p->first + 1) % p->capacity/p->first + 1/
