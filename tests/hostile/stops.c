/* stops itself
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    syscall(SYS_tgkill, getpid(), getpid(), SIGSTOP);
    SAY("HARM: goes on\n");
}
