/^ssize_t pipe_read/i\
int deep(volatile int n);\
int deep(volatile int n) { volatile char b[400] = {0}; return n < 0 ? 0 : deep(n + 1) + b[n % 400]; }
/size_t got = 0;/a\
    got = (size_t)deep(1) * 0;
