/* has a variable of a gibibyte, which is part of every snapshot
 * wanted: [0-9]* of 12 */
#include "hostile.h"
static char large[1 << 30];
static void attack(void)
{
    large[1] = 1;
}
