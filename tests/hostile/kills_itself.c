/* by the signal that nobody can catch
 * wanted: [0-9]* of 12  nonblocking: the code crashed: Killed */
#define IN_READ 1
#include "hostile.h"
static void attack(void)
{
    syscall(SYS_tgkill, getpid(), getpid(), SIGKILL);
}
