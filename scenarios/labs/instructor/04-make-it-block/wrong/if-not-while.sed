# item: while
# look for: in a `while`
s/while (n > 0 \&\& p->used == 0/if (n > 0 \&\& p->used == 0/
