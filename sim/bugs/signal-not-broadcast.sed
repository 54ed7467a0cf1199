# zoo: 6
# what: a signal wakes one where all should look again
# say: the signal woke one who could not go on, and not the other, who could: broadcast
s/pthread_cond_broadcast(&p->not/pthread_cond_signal(\&p->not/
