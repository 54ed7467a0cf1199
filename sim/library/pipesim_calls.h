/* pipesim_calls.h - the calls of pipesim.h under the names of POSIX and Linux.
 *
 * Include it last in a source that was written for a kernel's pipes, such as a test suite, or give it to
 * the compiler (cc -include pipesim_calls.h): its calls are then made on the simulated pipes. All of its
 * descriptors are, so a source that also uses files must be divided. Only what is called is renamed: a
 * function pointer or a member of the same name followed by "(" is, too. docs/library.md */
#ifndef PIPESIM_CALLS_H
#define PIPESIM_CALLS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pipesim.h>

/* Their declarations must have been seen before they are renamed. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define pipe(fds)                                  sim_pipe(fds)
#define pipe2(fds, flags)                          sim_pipe2(fds, flags)
#define read(fd, buffer, n)                        sim_read(fd, buffer, n)
#define write(fd, buffer, n)                       sim_write(fd, buffer, n)
#define readv(fd, iov, count)                      sim_readv(fd, iov, count)
#define writev(fd, iov, count)                     sim_writev(fd, iov, count)
#define close(fd)                                  sim_close(fd)
#define dup(fd)                                    sim_dup(fd)
#define dup2(fd, wanted)                           sim_dup2(fd, wanted)
#define dup3(fd, wanted, flags)                    sim_dup3(fd, wanted, flags)
#define fcntl(...)                                 sim_fcntl(__VA_ARGS__)
#define ioctl(...)                                 sim_ioctl(__VA_ARGS__)
#define poll(fds, count, timeout)                  sim_poll(fds, count, timeout)
#define select(count, r, w, e, timeout)            sim_select(count, r, w, e, timeout)
#define epoll_create1(flags)                       sim_epoll_create1(flags)
#define epoll_ctl(set, operation, fd, event)       sim_epoll_ctl(set, operation, fd, event)
#define epoll_wait(set, events, most, timeout)     sim_epoll_wait(set, events, most, timeout)
#define splice(from, from_at, to, to_at, n, flags) sim_splice(from, from_at, to, to_at, n, flags)
#define mkfifo(path, mode)                         sim_mkfifo(path, mode)
#define open(...)                                  sim_open(__VA_ARGS__)
#define unlink(path)                               sim_unlink(path)
#define lseek(fd, offset, whence)                  sim_lseek(fd, offset, whence)
#define tee(from, to, n, flags)                    sim_tee(from, to, n, flags)

#endif
