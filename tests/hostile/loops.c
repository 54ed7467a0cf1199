/* loops in a call, deaf to signals, and with a clock of its own
 * wanted: [0-9]* of 12  nonblocking: a call did not return */
#define IN_READ 1
#include "hostile.h"
#include <sys/time.h>
static void attack(void)
{
    sigset_t all;
    struct itimerval never = {{0, 0}, {0, 0}};
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    setitimer(ITIMER_PROF, &never, NULL);
    setitimer(ITIMER_VIRTUAL, &never, NULL);
    for (volatile unsigned i = 0;; i++)
        ;
}
