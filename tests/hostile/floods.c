/* prints without end
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    for (;;)
        SAY("more and more and more and more and more and more and more and more and more\n");
}
