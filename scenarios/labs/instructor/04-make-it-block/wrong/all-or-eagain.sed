# item: nonblocking
# look for: One is enough
s/done = take(p, dst, n);/done = p->used < n ? 0 : take(p, dst, n);/
