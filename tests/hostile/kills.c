/* ends, traces and looks into other processes; runs programs; takes rights
 * wanted: 12 of 12 */
#include "hostile.h"
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
static void attack(void)
{
    char *words[] = {"/bin/sh", "-c", "echo HARM", NULL}, bytes[8];
    struct iovec here = {bytes, 8}, there = {(void *)attack, 8};
    struct rlimit much = {RLIM_INFINITY, RLIM_INFINITY};
    HARM_IF(syscall(SYS_kill, getppid(), 0) == 0);
    HARM_IF(syscall(SYS_kill, -1, 0) == 0);
    HARM_IF(syscall(SYS_kill, 0, 0) == 0);
    HARM_IF(syscall(SYS_tgkill, 1, 1, 0) == 0);
    HARM_IF(syscall(SYS_tkill, 1, 0) == 0);
    HARM_IF(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
    HARM_IF(syscall(SYS_process_vm_readv, getpid(), &here, 1, &there, 1, 0) >= 0);
    HARM_IF(setrlimit(RLIMIT_CPU, &much) == 0);
    HARM_IF(setuid(0) == 0);
    HARM_IF(setpgid(0, 0) == 0);
    HARM_IF(setsid() >= 0);
    HARM_IF(syscall(SYS_unshare, 0x10000000 /* of users */) == 0);
    HARM_IF(chroot("/") == 0);
    HARM_IF(syscall(SYS_seccomp, 1, 0, NULL) == 0);
    execve(words[0], words, NULL);
    HARM_IF(system("true") == 0);
}
