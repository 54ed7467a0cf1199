/* wanted: 0 of 25  build */
#include "NEIGHBOUR/my_pipe.c"
