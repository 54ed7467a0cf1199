s/^    free(p->bytes);/    free(p->bytes); free(p->bytes);/
