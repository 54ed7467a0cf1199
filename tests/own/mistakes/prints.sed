s/#include <errno.h>/&\
#include <stdio.h>/
/size_t got = 0;/a\
    printf("read %zu\\n", n);
