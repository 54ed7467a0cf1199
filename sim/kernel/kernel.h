/* kernel.h - the simulated kernel: processes, descriptors, signals, and the calls on them.
 *
 * A process has a descriptor table, signal dispositions and one or more threads; each thread is a
 * task of the scheduler (sched.h) and an actor of the trace (event.h). Calls are made by the thread
 * that is running. Their results are those of Linux: a value, or a negative errno.
 *
 * Descriptors refer to open files, which dup and fork share, flags and all; every descriptor counts
 * as one end of its pipe. A call that is under way keeps its end open (PS-122, PS-123).
 *
 * A signal that interrupts a sleep makes the call return -EINTR. What happens then is up to the
 * caller, who asks thread_delivery after each call, and between calls: run a handler, and make the
 * call again if it may be restarted; or end the process.
 *
 * Everything is in the arena and guarded by the kernel lock (sched.h). */
#ifndef SIM_KERNEL_KERNEL_H
#define SIM_KERNEL_KERNEL_H

#include "sim/kernel/pipe_impl.h"
#include "sim/sched/sched.h"
#include "sim/trace/trace.h"

struct kernel;
struct thread;
struct kpipe;
struct file;

enum { KERNEL_DEFAULT_SLOTS = 16 }; /* of a new pipe with page slots (PS-021) */

enum privilege { UNPRIVILEGED, PRIVILEGED };

struct kernel_config {
    const struct pipe_impl *impl; /* borrowed */
    size_t capacity, atomic;      /* of pipes that do not say, in bytes */
    size_t page;                  /* bytes of a page slot, for pipes that have them */
    uint64_t max_pipe_size;       /* bytes; and what the limits of pipe(7) are, for page slots */
    uint64_t user_pages_soft, user_pages_hard; /* 0: none */
    enum privilege privilege;                  /* of all processes */
    size_t socket_buffer;                      /* bytes that each queue of a connection holds */
    struct link_config {   /* between two hosts; all but segment 0: there is none */
        int64_t latency;   /* ticks that each way takes */
        int64_t bandwidth; /* bytes in a tick; 0: any number */
        int64_t loss;      /* each loss-th segment is lost; 0: none is */
        int64_t segment;   /* bytes that travel together, at most (MSS) */
    } link;
    int max_files;       /* descriptors of a process */
    int max_processes;   /* processes and threads in a run */
    size_t max_file;     /* bytes in a file */
    struct trace *trace; /* borrowed */
    bool explored;       /* kernel_digest will be asked for */
    bool signals;        /* processes may send signals to each other */
    bool sets_flags;     /* they may change the flags of open files */
    bool strangers;      /* no process makes, awaits or signals another one, or opens a path */
};

/* NULL when memory is short. The scheduler's hooks must be set to kernel_on_sync with the result as
 * their ctx before tasks run. */
struct kernel *kernel_new(const struct kernel_config *config);
void kernel_on_sync(void *kernel, const struct sync_event *e);

/* -- before time 0 ----------------------------------------------------------------------------- */

enum pipe_end { READ_END, WRITE_END };

/* A pipe that a scenario declares; sizes of 0 are the kernel's. Both ends are open until
 * kernel_release_pipe. NULL when memory is short. */
struct kpipe *kernel_declare_pipe(struct kernel *k, const char *name, size_t capacity,
                                  size_t atomic);
/* The same, but always a ring of bytes that wakes one: a direction of a connection. */
struct kpipe *kernel_declare_queue(struct kernel *k, const char *name, size_t capacity);
void kernel_release_pipe(struct kpipe *p);

/* A FIFO, or a file with these bytes, that is there before anybody runs. 0 or -ENOMEM. */
int kernel_declare_fifo(struct kernel *k, const char *path);
int kernel_declare_file(struct kernel *k, const char *path, const char *bytes, size_t n);

/* A process with one thread, its terminal on 0, 1, 2. `name` is borrowed. -EAGAIN, -ENOMEM. */
int process_new(struct kernel *k, const char *name, struct thread **made);

/* It runs on this host (borrowed); one that is not told so is a host of its own, by its name. Children
 * are on the host of their parent. */
void process_set_host(struct thread *t, const char *host);

/* Opens an end on descriptor fd, or for fd < 0 on the lowest free one from 3; what was there is
 * closed. The descriptor, -EMFILE, or -ENOMEM. */
int process_open_end(struct thread *t, struct kpipe *p, enum pipe_end end, int fd);

/* The network begins to carry what is written between hosts (kernel_config.link). Call it when all
 * processes of time 0 are there. It has this name (borrowed) among them. -EAGAIN, -ENOMEM. */
int kernel_link_hosts(struct kernel *k, const char *name);

/* -- threads ----------------------------------------------------------------------------------- */

/* One more thread in a process. -ESRCH: there is no such process, or it has ended. -EAGAIN, -ENOMEM. */
int thread_new_in(struct kernel *k, int pid, const char *name, struct thread **made);

/* Threads mode: the calling thread of the program's own is this one, until it is let go: then another
 * may be, who gets none of the signals that were pending for the first. -EAGAIN. (sched_adopt) */
int thread_adopt(struct thread *t);
void thread_let_go(struct thread *t);

/* Has it ended, or is its process to end? Then it must make no call but thread_end. */
bool thread_is_doomed(const struct thread *t);

/* Closes the descriptors of its process, whose threads may go on. */
void thread_close_files(struct thread *self);

/* Is it asleep in a call? Waiting for a pipe's lock, which is only a matter of time, is not meant. */
bool thread_is_asleep(struct thread *t);

/* Lets a new thread run body(program). -EAGAIN when the system has no more room for it. */
int thread_start(struct thread *t, void (*body)(void *), void *program);
void *thread_program(const struct thread *t);
struct thread *thread_self(void);
int thread_actor(const struct thread *t);
/* It will make no more calls: its process has been killed, or has called exit. */
bool thread_is_ending(const struct thread *t);

/* Is it in the code of a pipe? And the bytes that its read or write there is about, or NULL. */
bool thread_in_pipe(const struct thread *t);
const void *thread_buffer(const struct thread *t, size_t *n);
int thread_number(const struct thread *t); /* as returned by fork or thread */
/* Its process has never had another thread. That the others have ended by now does not count: that
 * would depend on who was quicker. */
bool thread_is_alone(const struct thread *t);
struct thread *thread_numbered(struct kernel *k, int number);
struct thread *thread_named(struct kernel *k, const char *name, size_t length);

/* The end of its block: the thread ends, and the process with its last thread. Call it last. */
void thread_end(struct thread *self);

/* How a call's arguments name a descriptor: "p[1]", "p", "5<q[0]>", or its number. */
void thread_describe_fd(struct thread *t, int fd, char *text, size_t size);

/* The pipe behind a descriptor, or the queue of a socket that is read from or written to, for the
 * trace: its number, or NO_PIPE. */
int thread_pipe_of_fd(struct thread *t, int fd, enum pipe_end end);

/* The thread is about to make a call, which its caller knows by this number: it is kept with each
 * descriptor that the call opens. */
void thread_begin_call(struct thread *self, int call);

/* -- what a signal asks for -------------------------------------------------------------------- */

enum { HANDLER_DEFAULT = -1, HANDLER_IGNORE = -2 }; /* else the number of a script's function */

struct delivery {
    enum { DELIVER_NOTHING, DELIVER_HANDLER, DELIVER_DEATH } kind;
    int signal, handler;
    bool restart; /* SA_RESTART */
};

/* Takes the next pending signal that concerns the thread. Death is the process's end (by a signal,
 * or exit in another thread): call thread_end. */
struct delivery thread_delivery(struct thread *self);

/* The handler of a delivered signal has returned: until then the same signal stays pending. */
void thread_handler_done(struct thread *self, int signal);

/* -- calls ------------------------------------------------------------------------------------- */

int call_pipe(struct thread *self, const char *name, int flags, int fds[2]);
ssize_t call_read(struct thread *self, int fd, void *dst, size_t n);
ssize_t call_write(struct thread *self, int fd, const void *src, size_t n);
int call_close(struct thread *self, int fd);
int call_dup(struct thread *self, int fd);
int call_dup2(struct thread *self, int fd, int wanted);
int call_dup_above(struct thread *self, int fd, int least); /* F_DUPFD */
int call_get_close_on_exec(struct thread *self, int fd);    /* FD_CLOEXEC or 0 */
int call_set_close_on_exec(struct thread *self, int fd, int flag);
int call_get_flags(struct thread *self, int fd);
int call_set_flags(struct thread *self, int fd, int flags);
int call_get_capacity(struct thread *self, int fd);
int call_set_capacity(struct thread *self, int fd, int64_t capacity);
int call_bytes_available(struct thread *self, int fd); /* FIONREAD */

/* From pipe to pipe (transfers.c). -EBADF, -EINVAL, and as pipe_splice and pipe_tee. */
ssize_t call_splice(struct thread *self, int from, int to, int64_t n, int flags);
ssize_t call_tee(struct thread *self, int from, int to, int64_t n, int flags);

/* What paths name (nodes.c): `n` bytes of text, borrowed. */
int call_open(struct thread *self, const char *path, size_t n, int flags);
int call_mkfifo(struct thread *self, const char *path, size_t n);
int call_unlink(struct thread *self, const char *path, size_t n);
int64_t call_lseek(struct thread *self, int fd, int64_t offset, int whence);

/* Sockets (sockets.c). Addresses are `n` bytes of text, and borrowed. */
int call_socket(struct thread *self, int domain, int type);
int call_socketpair(struct thread *self, const char *name, int fds[2]);
int call_bind(struct thread *self, int fd, const char *address, size_t n);
int call_listen(struct thread *self, int fd, int64_t backlog);
int call_accept(struct thread *self, int fd);
int call_connect(struct thread *self, int fd, const char *address, size_t n);
int call_shutdown(struct thread *self, int fd, int how);
const char *call_getpeername(struct thread *self, int fd, int *error); /* NULL: error */

/* As read and write, with flags of recv and send. -ENOTSOCK: not on a socket. */
ssize_t call_recv(struct thread *self, int fd, void *dst, size_t n, int flags);
ssize_t call_send(struct thread *self, int fd, const void *src, size_t n, int flags);

/* How many bytes a read of n can give at most, so that nobody need reserve more. */
size_t call_read_limit(struct thread *self, int fd, size_t n);

/* A child process, or a thread of the same process; it runs once it is started. */
int call_fork(struct thread *self, const char *name, struct thread **made);
int call_thread(struct thread *self, const char *name, struct thread **made);
int call_join(struct thread *self, int number);
int call_wait(struct thread *self, int pid);     /* 0: any child; the status as a shell has it */
void call_exit(struct thread *self, int status); /* then ask thread_delivery */
int call_getpid(struct thread *self);
int call_getppid(struct thread *self);

int call_kill(struct thread *self, int pid, int signal);
int call_raise(struct thread *self, int signal);
int call_kill_thread(struct thread *self, int thread, int signal); /* as pthread_kill */
int call_signal(struct thread *self, int signal, int handler, bool restart);
int call_pause(struct thread *self);
int64_t call_alarm(struct thread *self, int64_t ticks);
int64_t call_sleep(struct thread *self, int64_t ticks); /* the ticks that were left */

struct poll_entry {
    int fd, events, revents; /* as struct pollfd */
    struct file *file;       /* the kernel's own */
};
/* Ticks; < 0 is for ever. `entries` is in the arena. */
int call_poll(struct thread *self, struct poll_entry *entries, int count, int64_t timeout);

/* Sets of pipe ends (epoll.c): events are as epoll_event has them, of what is watched and of what is told.
 * Only ends of pipes can be watched: -EPERM. -EBADF, -EINVAL, -EEXIST, -ENOENT, -ENOMEM; of wait the
 * number told, 0 after `timeout` ticks (< 0: never), -EINTR. */
struct epoll_interest {
    uint32_t events;
    uint64_t data;
};
int call_epoll_create(struct thread *self, int flags);
int call_epoll_ctl(struct thread *self, int set, int operation, int fd,
                   struct epoll_interest interest);
int call_epoll_wait(struct thread *self, int set, struct epoll_interest *told, int most,
                    int64_t timeout);

/* Waits for tick `when`, which is no call: the @t of a line. */
void thread_wait_for_tick(struct thread *self, tick_t when);

/* -- for explorations -------------------------------------------------------------------------- */

/* Feeds all that determines how the processes go on, as far as the kernel knows it: descriptors,
 * pipes, signals, and how far each thread has got in its call. */
struct digest;
void kernel_digest(struct kernel *k, struct digest *d);

/* NULL, or which part of the invariant of ringbuf/pipe.h does not hold for a pipe whose lock is free.
 * Called between two steps, with `explored`. */
const char *kernel_check(const struct kernel *k);

/* -- for explanations -------------------------------------------------------------------------- */

/* How a descriptor came to be open, and by which call (thread_begin_call). */
struct opening {
    enum { OPENED_AT_START, OPENED_BY_CALL, COPIED_BY_CALL } how;
    int call;
};
struct opening thread_opening(const struct thread *t, int fd); /* of an open one */

/* Is it the descriptor of a pipe's end? */
bool thread_has_pipe_at(struct thread *t, int fd);

/* Calls each(ctx, thread, fd) for every descriptor of an end of pipe `pipe`, by process. */
void kernel_each_end(struct kernel *k, int pipe, enum pipe_end end,
                     void (*each)(void *ctx, const struct thread *holder, int fd), void *ctx);

/* Of a pipe that is observed from outside: bytes that are in it according to the results of its calls, but
 * not according to what it says itself. */
int64_t kernel_unseen(const struct kernel *k, int pipe);

/* Are the pipes a person's own, seen from outside? */
bool kernel_observes(const struct kernel *k);

/* Bytes that its read or write is about. */
size_t thread_asked(const struct thread *t);

/* What a sleeping accept or connect is about. */
struct listening {
    const char *address;
    int backlog, pending;
};
struct listening thread_listening(const struct thread *asleep);

/* Calls each(ctx, thread, fd) for every descriptor of the listening socket that a sleeping accept or
 * connect is about; or of one in whose queue a connection with queue `pipe` waits. */
void kernel_each_listener(struct kernel *k, const struct thread *asleep,
                          void (*each)(void *ctx, const struct thread *holder, int fd), void *ctx);
void kernel_each_pending(struct kernel *k, int pipe,
                         void (*each)(void *ctx, const struct thread *holder, int fd), void *ctx);

#endif
