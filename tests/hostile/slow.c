/* is so slow that there is no time to look whether it is right
 * wanted: [0-9]* of 12 */
#define IN_READ 1
#include "hostile.h"
static void attack(void)
{
    for (unsigned i = 64; i != 0; i += 64)
        __asm__ volatile("");
}
