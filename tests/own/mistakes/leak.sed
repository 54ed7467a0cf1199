/^    free(p->bytes);/d
