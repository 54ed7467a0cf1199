# item: while
s/broadcast/signal/; /init\|destroy/!s/p->not_full/p->not_empty/
