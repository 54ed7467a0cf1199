/* writes, makes, removes and renames where it can
 * wanted: 12 of 12 */
#include "hostile.h"
static void attack(void)
{
    HARM_IF(open("/tmp/pipesim-harm", O_WRONLY | O_CREAT, 0666) >= 0);
    HARM_IF(open("./harm", O_WRONLY | O_CREAT, 0666) >= 0);
    HARM_IF(open("./own.so", O_WRONLY) >= 0);
    HARM_IF(open("NEIGHBOUR/my_pipe.c", O_WRONLY | O_TRUNC) >= 0);
    HARM_IF(open("/dev/null", O_WRONLY) >= 0);
    HARM_IF(truncate("NEIGHBOUR/my_pipe.c", 0) == 0);
    HARM_IF(unlink("NEIGHBOUR/my_pipe.c") == 0);
    HARM_IF(rename("NEIGHBOUR/my_pipe.c", "NEIGHBOUR/x") == 0);
    HARM_IF(chmod("NEIGHBOUR/my_pipe.c", 0) == 0);
    HARM_IF(link("NEIGHBOUR/my_pipe.c", "./harm") == 0);
    HARM_IF(symlink("/etc/passwd", "./harm") == 0);
    HARM_IF(mkdir("./harm", 0777) == 0);
    HARM_IF(mkfifo("./harm", 0666) == 0);
    HARM_IF(unlink("./own.so") == 0);
    HARM_IF(chdir("/") == 0);
    HARM_IF(syscall(SYS_memfd_create, "harm", 0) >= 0);
}
