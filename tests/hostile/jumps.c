/* jumps to where it was long ago
 * wanted: [0-9]* of 12 */
#define IN_READ 1
#include "hostile.h"
static jmp_buf before;
UNSEEN __attribute__((constructor)) static void remember(void)
{
    if (setjmp(before) != 0)
        SAY("back again\n");
}
static void attack(void)
{
    longjmp(before, 1);
}
