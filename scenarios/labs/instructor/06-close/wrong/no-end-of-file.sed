# item: eof
s/p->used == 0 \&\& p->writers > 0 \&\&/p->used == 0 \&\&/
