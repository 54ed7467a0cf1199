s/malloc(p->capacity)/malloc(p->capacity - 1)/
