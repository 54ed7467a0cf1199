/* has functions of the names that the judge calls
 * wanted: 12 of 12 */
#include "hostile.h"
static int called;
UNSEEN int mprotect(void *at, size_t n, int rights)
{
    (void)at, (void)n, (void)rights;
    called = 1;
    return 0;
}
int waitpid(int pid, int *status, int flags)
{
    (void)pid, (void)status, (void)flags;
    called = 1;
    return 0;
}
void cage_tell(void *c, const void *bytes, size_t n)
{
    (void)c, (void)bytes, (void)n;
    called = 1;
}
static void attack(void)
{
    HARM_IF(called);
}
