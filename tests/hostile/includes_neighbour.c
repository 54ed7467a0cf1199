/* wanted: 0 of 12  build */
#include "NEIGHBOUR/my_pipe.c"
