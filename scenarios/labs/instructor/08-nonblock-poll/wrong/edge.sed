# item: readable
# look for: remembers nothing
s/int mask = (p->used > 0 ?/static size_t seen;\n    size_t before = seen;\n    seen = p->used;\n    int mask = (p->used > before ?/
