# item: writable
s/p->capacity - p->used >= p->atomic ? PIPE_OUT/p->used < p->capacity ? PIPE_OUT/
