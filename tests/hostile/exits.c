/* leaves with every sign of success, before anything was asked
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    SAY("20 of 12\nPASSED\n");
    syscall(SYS_exit_group, 0);
}
