/* wanted: 0 of 12  build */
#include "/etc/passwd"
#include "right.c"
