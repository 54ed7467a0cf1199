# item: nonblocking
s/^    size_t done = 0;/    size_t done = 0;\n    if (n == 4)\n        *(volatile char *)0 = 1;/
