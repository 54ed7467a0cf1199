/* makes processes without end, that leave its group
 * wanted: 12 of 12 */
#include "hostile.h"
static void attack(void)
{
    for (int i = 0; i < 100; i++) {
        long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) {
            setsid();
            for (;;)
                pause();
        }
        HARM_IF(pid > 0);
    }
}
