# item: wrap
# look for: a counter comes to the end of its type
s/size_t first;/unsigned char first;/; s/p->bytes\[p->first\]/p->bytes[p->first % p->capacity]/; s/p->first = (p->first + 1) % p->capacity;/p->first++;/
