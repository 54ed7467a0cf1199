/* wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    *(volatile int *)8 = 1;
}
