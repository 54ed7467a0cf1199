# item: reader
s/while (n > 0 \&\& p->used == 0/while (n > 0 \&\& p->used < n/
