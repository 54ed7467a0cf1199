/* talks to the network, and to programs of the same machine
 * wanted: 12 of 12 */
#include "hostile.h"
#include <netdb.h>
static void attack(void)
{
    int ends[2];
    struct addrinfo *found;
    HARM_IF(socket(AF_INET, SOCK_STREAM, 0) >= 0);
    HARM_IF(socket(AF_INET6, SOCK_DGRAM, 0) >= 0);
    HARM_IF(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    HARM_IF(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    HARM_IF(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    HARM_IF(getaddrinfo("localhost", "80", NULL, &found) == 0);
    HARM_IF(syscall(SYS_shmget, 1, 4096, 01666) >= 0);
    HARM_IF(syscall(SYS_msgget, 1, 01666) >= 0);
    HARM_IF(syscall(SYS_io_uring_setup, 4, NULL) != -1);
}
