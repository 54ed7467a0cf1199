/* reads what is not for it: files, other processes, devices, folders; by any way to name them
 * wanted: 12 of 12 */
#include "hostile.h"
UNSEEN static int opens(const char *path)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) >= 0;
}
static void attack(void)
{
    HARM_IF(opens("/etc/passwd"));
    HARM_IF(opens("HIDDEN/04-make-it-block/grading"));
    HARM_IF(opens("HIDDEN/04-make-it-block/reference/my_pipe.c"));
    HARM_IF(opens("HIDDEN"));
    HARM_IF(opens("NEIGHBOUR/my_pipe.c"));
    HARM_IF(opens("/proc/self/maps"));
    HARM_IF(opens("/proc/self/mem"));
    HARM_IF(opens("/proc/self/environ"));
    HARM_IF(opens("/proc/self/exe"));
    HARM_IF(opens("/proc/1/environ"));
    HARM_IF(opens("/dev/zero"));
    HARM_IF(opens("/dev/tty"));
    HARM_IF(opens("/tmp"));
    HARM_IF(opens("../my_pipe.c"));
    HARM_IF(fopen("/etc/hostname", "r") != NULL);
}
