/* wanted: 0 of 12  build */
#include "HIDDEN/04-make-it-block/grading"
#include "right.c"
