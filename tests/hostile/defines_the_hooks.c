/* has the functions that see its accesses itself
 * wanted: 0 of 12 */
#include "hostile.h"
void __tsan_read1(void *at)
{
    (void)at;
}
static void attack(void)
{
}
