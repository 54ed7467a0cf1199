/* loops before anything was asked
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}
