/* prints without end
 * wanted: 0 of 25 */
#include "hostile.h"
static void attack(void)
{
    for (;;)
        SAY("more and more and more and more and more and more and more and more and more\n");
}
