/* stops itself
 * wanted: 0 of 25 */
#include "hostile.h"
static void attack(void)
{
    raise(SIGSTOP);
    SAY("HARM: goes on\n");
}
