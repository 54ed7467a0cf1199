/* wanted: 0 of 25  build */
#include "HIDDEN/04-make-it-block/grading"
#include "right.c"
