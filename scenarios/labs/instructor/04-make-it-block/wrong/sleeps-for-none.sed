# item: reader
# look for: A read of 0 bytes
s/while (n > 0 && p->used == 0/while (p->used == 0/
