/* wanted: 0 of 25  build */
#include "../right/my_pipe.c"
