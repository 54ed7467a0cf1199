/* overwrites what it is given
 * wanted: [0-9]* of 12 */
#include "hostile.h"
static void attack(void)
{
    memset((void *)((uintptr_t)pipesim_calls & ~(uintptr_t)4095), 0, 4096);
}
