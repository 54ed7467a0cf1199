# item: while
s/broadcast/signal/; s/p->not_full/p->not_empty/
