# item: hidden-messages
/^    if (p->atomic > p->capacity)$/,+1d
