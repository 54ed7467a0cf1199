/* the assembler is asked for the bytes of a file
 * wanted: 0 of 12  build */
#include "right.c"
__asm__(".data\nbytes: .incbin \"/etc/passwd\"\n.text");
