/* looks into folders
 * wanted: 12 of 12 */
#include "hostile.h"
UNSEEN static int opens(const char *path)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY) >= 0;
}
static void attack(void)
{
    HARM_IF(opens("/"));
    HARM_IF(opens(".."));
    HARM_IF(opens("/tmp"));
    HARM_IF(opens("HIDDEN"));
}
