/* wants to be called when all is over, and at every signal
 * wanted: 12 of 12 */
#include "hostile.h"
UNSEEN static void last(void)
{
    SAY("HARM: called at the end\n");
}
static void attack(void)
{
    atexit(last);
    for (int number = 1; number < 32; number++) {
        if (number != SIGSEGV && number != SIGVTALRM)
            signal(number, (void (*)(int))last);
    }
}
