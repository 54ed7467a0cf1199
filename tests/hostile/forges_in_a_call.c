/* the same in a call, with a head as sealed messages have it, and a guessed seal
 * wanted: [0-9]* of 12  nonblocking: the code wrote to where the results are told */
#define IN_READ 1
#include "hostile.h"
static void attack(void)
{
    static const struct {
        uint64_t size, seal;
        char told[14];
    } message = {14, 0x736f6d6570736575, "t 0 0 0 0 0 0\n"};
    for (int fd = 3; fd < 1024; fd++) {
        if (write(fd, &message, 30) < 0)
            continue;
    }
}
