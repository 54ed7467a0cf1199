# zoo: 8
# what: readers sleep on not_full and writers on not_empty
# say: it sleeps on the wrong condition variable: bytes are announced on not_empty
s/cond_wait(&p->not_empty/cond_wait(\&p->not_full/
t
s/cond_wait(&p->not_full/cond_wait(\&p->not_empty/
