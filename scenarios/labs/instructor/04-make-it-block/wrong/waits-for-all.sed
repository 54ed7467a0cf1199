# item: reader
# look for: One is enough
s/while (n > 0 \&\& p->used == 0/while (n > 0 \&\& p->used < n/
