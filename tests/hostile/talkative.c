/* prints much in each call, as a beginner may who looks for a mistake: that costs nothing
 * wanted: 12 of 12 */
#define IN_READ 1
#include "hostile.h"
static void attack(void)
{
    for (int i = 0; i < 20; i++)
        puts("reader: I am in pipe_read now, and look what is there");
}
