# item: blocking
s/count(p, &p->writers, +1)/(void)p/
