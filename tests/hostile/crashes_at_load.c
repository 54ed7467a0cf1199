/* wanted: 0 of 25 */
#include "hostile.h"
static void attack(void)
{
    *(volatile int *)8 = 1;
}
