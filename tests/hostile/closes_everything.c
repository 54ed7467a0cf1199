/* closes all that is open, and sleeps
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    struct timespec day = {86400, 0};
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    for (;;)
        syscall(SYS_nanosleep, &day, NULL);
}
