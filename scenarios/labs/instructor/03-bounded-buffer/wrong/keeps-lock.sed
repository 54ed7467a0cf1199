# item: empty
s/    size_t done = take(p, dst, n);/    if (p->used == 0)\n        return -EAGAIN;\n&/
