/* wanted: 0 of 12  build */
#include "/dev/stdin"
#include "right.c"
