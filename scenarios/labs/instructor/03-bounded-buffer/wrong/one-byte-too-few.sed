# item: full
s/p->used < p->capacity/p->used < p->capacity - 1/
