/* does it while it is being linked: in the resolver of a function, before any constructor
 * wanted: 12 of 12 */
#include "hostile.h"
typedef int number(void);
UNSEEN static int one(void)
{
    return 1;
}
UNSEEN static number *resolve(void)
{
#if defined(__x86_64__) /* nothing is linked yet that could be called */
    long fd;
    static const char path[] = "/etc/passwd";
    __asm__ volatile("syscall" : "=a"(fd) : "a"(2L), "D"(path), "S"(0L) : "rcx", "r11", "memory");
    if (fd >= 0)
        __builtin_trap();
#endif
    return one;
}
int resolved(void) __attribute__((ifunc("resolve")));
static void attack(void)
{
    HARM_IF(resolved() != 1);
}
