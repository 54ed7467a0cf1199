/* wanted: [0-9]* of 12 */
#include "right.c"
__asm__(".section .note.GNU-stack,\"x\",@progbits\n.text");
