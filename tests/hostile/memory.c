/* takes all the memory there is
 * wanted: [0-9]* of 12 */
#include "hostile.h"
static void attack(void)
{
    for (size_t n = (size_t)1 << 40; n >= 4096; n /= 2) {
        for (volatile char *at; (at = mmap(NULL, n, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED;)
            for (size_t i = 0; i < n; i += 4096)
                at[i] = 1;
    }
}
