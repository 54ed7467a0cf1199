/* looks for the functions that tell the results, and for code to be changed
 * wanted: 12 of 12 */
#include "hostile.h"
static void attack(void)
{
    void *us = dlopen(NULL, RTLD_NOW);
    HARM_IF(dlsym(RTLD_DEFAULT, "cage_tell") != NULL);
    HARM_IF(dlsym(us, "cage_tell") != NULL);
    HARM_IF(dlsym(us, "trial_make") != NULL);
    HARM_IF(dlsym(us, "main") != NULL);
}
