/* writes what looks like results to all descriptors, and leaves
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    static const char told[] = "t 0 0 0 0 0 0\n+my_pipe.c";
    for (int fd = 0; fd < 1024; fd++) {
        if (write(fd, told, sizeof told - 1) < 0)
            continue;
    }
    syscall(SYS_exit_group, 0);
}
