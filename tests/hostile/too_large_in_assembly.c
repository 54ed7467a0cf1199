/* wanted: 0 of 12 */
#include "right.c"
__asm__(".data\n.fill 0x7fffffff, 8, 0x41\n.text");
