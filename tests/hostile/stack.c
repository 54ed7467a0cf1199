/* calls itself for ever
 * wanted: [0-9]* of 12 */
#define IN_READ 1
#include "hostile.h"
static void attack(void)
{
    volatile char room[1000];
    room[1] = 1;
    attack();
    room[2] = 2;
}
