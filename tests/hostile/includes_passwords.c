/* wanted: 0 of 25  build */
#include "/etc/passwd"
#include "right.c"
