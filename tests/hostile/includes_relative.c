/* wanted: 0 of 12  build */
#include "../right/my_pipe.c"
