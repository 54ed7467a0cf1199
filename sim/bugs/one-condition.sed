# zoo: 3
# what: readers and writers sleep on the same condition variable
# say: the signal that was meant for a writer woke a reader: one condition variable for each reason
s/cond_wait(&p->not_full/cond_wait(\&p->not_empty/
s/cond_signal(&p->not_full/cond_signal(\&p->not_empty/
s/cond_broadcast(&p->not_full/cond_broadcast(\&p->not_empty/
