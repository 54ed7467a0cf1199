/* stops itself
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    raise(SIGSTOP);
    SAY("HARM: goes on\n");
}
