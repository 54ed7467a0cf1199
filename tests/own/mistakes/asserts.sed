s/#include <errno.h>/#include <assert.h>/
/while (p->count == 0/i\
    assert(p->count == 7);
s/-EPIPE/-32/
