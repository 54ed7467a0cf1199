/size_t got = 0;/a\
    for (volatile size_t *head = \&p->head; p->capacity > 0;) ++*head;
