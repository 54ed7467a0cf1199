/p->over = 1;/,/unlock/{
/broadcast/d
}
