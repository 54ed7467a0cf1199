# item: blocking
s/^    while (p->used == 0 \&\& p->writers/    if (p->writers == 0) {\n        pthread_mutex_unlock(\&p->lock);\n        return 0;\n    }\n&/
