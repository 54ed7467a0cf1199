/* overwrites what it is given
 * wanted: [0-9]* of 12 */
#include "hostile.h"
static void attack(void)
{
    volatile char *at = (volatile char *)((uintptr_t)&pipesim_calls & ~(uintptr_t)4095);
    for (int i = 0; i < 4096; i++)
        at[i] = 0;
}
