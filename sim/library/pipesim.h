/* pipesim.h - the simulated kernel's pipes, for the threads of a program: libpipesim.
 *
 * After sim_new every thread of the program can make these calls. They take and give what the calls of
 * the same name do on Linux: -1 with errno, or a result. A call that would sleep there sleeps here, until
 * another thread of the program makes the call that wakes it.
 *
 *     struct sim *sim = sim_new(NULL);
 *     int fd[2];
 *     sim_pipe2(fd, 0);
 *     ... pthread_create: a thread that calls sim_read(fd[0], ...) ...
 *     sim_write(fd[1], "hello", 5);
 *     sim_free(sim);
 *
 * Descriptors are numbers of the simulated process, not of the program's; 0, 1 and 2 are a terminal that
 * takes all and gives nothing. All threads belong to one process at first (sim_fork, sim_enter).
 * Addresses are not checked: no call gives EFAULT. Flags are numbered as on Linux.
 *
 * docs/library.md is the manual, docs/example.c a program. */
#ifndef PIPESIM_H
#define PIPESIM_H

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/select.h>
#include <sys/types.h>
#include <sys/uio.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

/* Linux's, where the C library does not have them, or only with _GNU_SOURCE. */
#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032
#endif
#ifndef SPLICE_F_NONBLOCK
#define SPLICE_F_NONBLOCK 2
#endif
#ifndef O_DIRECT
#define O_DIRECT 040000
#endif

struct sim;

/* What is 0 or NULL has its default. */
struct sim_options {
    const char *pipe; /* "linux" (the default), "ring", "xv6", "posix", or a bug (`pipesim bugs`) */
    size_t capacity;  /* bytes that a new pipe holds: 65536 */
    size_t page;      /* bytes of a slot of "linux": 4096 */
    size_t atomic;    /* PIPE_BUF of the others: 4096 */
    uint64_t max_pipe_size;                    /* F_SETPIPE_SZ: 1048576 */
    uint64_t user_pages_soft, user_pages_hard; /* none */
    int privileged;                            /* has CAP_SYS_RESOURCE */
    int max_files;                             /* descriptors of a process: 1024 */
    int memory;                                /* mebibytes for all of it: 512 */
};

/* There is one at a time in a program. NULL with errno: EBUSY (there is one), EINVAL (no such pipe, or an
 * impossible option), ENOMEM. `options` may be NULL. */
struct sim *sim_new(const struct sim_options *options);

/* Calls that sleep end: -1 with ENXIO, or what they have moved. No other may be under way, and none may
 * begin meanwhile; afterwards all give ENXIO, until the next sim_new. */
void sim_free(struct sim *sim);

/* -- pipes and descriptors --------------------------------------------------------------------- */

int sim_pipe(int fds[2]);
int sim_pipe2(int fds[2], int flags); /* O_NONBLOCK, O_CLOEXEC, O_DIRECT */
ssize_t sim_read(int fd, void *buffer, size_t n);
ssize_t sim_write(int fd, const void *buffer, size_t n);
ssize_t sim_readv(int fd, const struct iovec *iov, int count);
ssize_t sim_writev(int fd, const struct iovec *iov, int count);
int sim_close(int fd);
int sim_dup(int fd);
int sim_dup2(int fd, int wanted);
int sim_dup3(int fd, int wanted, int flags); /* O_CLOEXEC */

/* F_GETFL F_SETFL F_GETFD F_SETFD F_DUPFD F_DUPFD_CLOEXEC F_GETPIPE_SZ F_SETPIPE_SZ; one argument, of
 * type int or long as fcntl has it. */
int sim_fcntl(int fd, int command, ...);
int sim_ioctl(int fd, unsigned long request, ...); /* FIONREAD */
int sim_poll(struct pollfd *fds, nfds_t count, int timeout);
int sim_select(int count, fd_set *readable, fd_set *writable, fd_set *exceptional,
               struct timeval *timeout); /* what is left of it is not told */

/* EPOLLIN, EPOLLOUT, EPOLLET, EPOLLONESHOT; of ends of pipes, the others give EPERM. */
#ifdef __linux__
int sim_epoll_create1(int flags);
int sim_epoll_ctl(int set, int operation, int fd, struct epoll_event *event);
int sim_epoll_wait(int set, struct epoll_event *events, int most, int timeout);
#endif

/* Both ends are pipes, so the offsets must be NULL (ESPIPE). SPLICE_F_NONBLOCK. */
ssize_t sim_splice(int from, const off_t *from_offset, int to, const off_t *to_offset, size_t n,
                   unsigned flags);
ssize_t sim_tee(int from, int to, size_t n, unsigned flags);

/* What has a path: any string, without folders; all is gone with the system. `mode` is not looked at.
 * open sleeps as Linux's does until a FIFO has its other end, and makes files with O_CREAT. ENOENT,
 * EEXIST, ENXIO, EMFILE, EINTR. Of lseek, pipes give ESPIPE. */
int sim_mkfifo(const char *path, mode_t mode);
int sim_open(const char *path, int flags, ...);
int sim_unlink(const char *path);
off_t sim_lseek(int fd, off_t offset, int whence);

/* -- processes and signals --------------------------------------------------------------------- */

/* A new process with copies of the caller's descriptors, and without a thread: its number. EAGAIN. */
int sim_fork(void);

/* The calling thread belongs to that process from now on. ESRCH: there is none, and it stays where it is. */
int sim_enter(int process);
int sim_getpid(void);

/* The caller's process ends: its descriptors are closed, the calls that its other threads sleep in give
 * EINTR. Its threads belong to no process then, and must enter another before they call. */
void sim_exit(int status);

/* What a signal does to the threads of the caller's process: SIG_IGN, SIG_DFL, or a function that runs on
 * the thread that gets it, when its call returns or the next one begins; flags: SA_RESTART. The default of
 * SIGPIPE is to raise the real one. EINVAL: there is no such signal here, docs/library.md has them. */
int sim_signal(int signal, void (*handler)(int), int flags);

/* Sends a signal to a thread, by the number that sim_thread gave it, as pthread_kill does: a call in
 * which it sleeps ends. Numbers of threads that have ended are given again. ESRCH, EINVAL. */
int sim_thread(void);
int sim_thread_kill(int thread, int signal);

/* Is this thread asleep in a call at this moment? For tests that must not guess. */
int sim_is_asleep(int thread);

#endif
