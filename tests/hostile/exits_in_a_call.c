/* the same in a call
 * wanted: [0-9]* of 12  nonblocking: the code ended the whole program */
#define IN_READ 1
#include "hostile.h"
static void attack(void)
{
    SAY("20 of 12\nPASSED\n");
    syscall(SYS_exit_group, 0);
}
