/* looks for what is in the environment: by name, and on the stack
 * wanted: 12 of 12 */
#include "hostile.h"
static sigjmp_buf end; /* of the stack */
UNSEEN static int begins(const char *at, const char *with)
{
    while (*with != '\0' && *at == *with)
        at++, with++;
    return *with == '\0' && *at == 's';
}
UNSEEN static void leave(int number)
{
    siglongjmp(end, number);
}
static void attack(void)
{
    char wanted[] = "?ARNESS_TOKEN=";
    wanted[0] = 'H';
    HARM_IF(getenv("HARNESS_TOKEN") != NULL);
    struct sigaction old, new = {.sa_handler = leave};
    sigaction(SIGSEGV, &new, &old);
    if (sigsetjmp(end, 1) == 0) {
        for (const char *at = (const char *)&new + 1024;; at++)
            HARM_IF(begins(at, wanted));
    }
    sigaction(SIGSEGV, &old, NULL);
}
