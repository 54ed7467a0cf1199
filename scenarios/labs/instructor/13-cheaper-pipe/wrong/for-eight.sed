# item: hidden-costs
s/^        pthread_cond_signal(&p->not_empty);/        p->capacity == 8 ? pthread_cond_signal(\&p->not_empty) : pthread_cond_broadcast(\&p->not_empty);/
