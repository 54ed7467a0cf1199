/* objects.h - inside kernel/: what processes, threads, open files and pipes are made of. */
#ifndef SIM_KERNEL_OBJECTS_H
#define SIM_KERNEL_OBJECTS_H

#include "sim/kernel/network.h"
#include "sim/sched/arena.h"
#include "sim/trace/abi.h"

enum { SIGNALS = 32 };

struct kernel {
    struct kernel_config config;
    struct thread **threads; /* by actor number */
    size_t thread_count, thread_room;
    struct kpipe **pipes; /* by number */
    size_t pipe_count, pipe_room;
    struct file *terminal;
    struct epoll *epolls;    /* all sets */
    struct thread *pollers;  /* threads inside poll; guarded by the atomic section */
    struct socket *bound;    /* sockets that have an address */
    struct network *network; /* NULL: all are on one host */
    struct node *nodes;      /* what paths name */
    int files;               /* that there ever were */
};

/* What a path names: FIFOs and files. Only open files refer to one whose path was unlinked. */
struct node {
    struct kernel *kernel;
    enum { NODE_FIFO, NODE_FILE } kind;
    const char *path;   /* in the arena */
    const char *label;  /* as traces and claims call it: its path, or "p.2" */
    struct node *next;  /* of those that have a path */
    bool linked;        /* it is one of them */
    int openings;       /* open files that refer to it, and opens under way */
    struct kpipe *fifo; /* its queue; NULL: never opened yet */

    /* of a file */
    int number; /* in the view, from 1 */
    char *bytes;
    size_t size, room;
};

/* A pipe as the kernel knows it. Guarded by the atomic section where the observer needs it. */
struct kpipe {
    struct kernel *kernel;
    struct pipe *pipe; /* owned; NULL once both ends are closed */
    int number;
    const char *name;       /* in the arena */
    int readers, writers;   /* open ends: descriptors, and calls that outlive theirs */
    int inside;             /* threads in the pipe's own code, and sockets that refer to it */
    struct fifo_side *fifo; /* [2], by pipe_end; NULL: it is no FIFO's */
    size_t capacity, atomic;
    bool linked; /* the network has one of its ends */
    size_t page; /* bytes of its slots; 0: it is a ring */
    int locks;   /* of it that are held */
    int64_t
        unseen; /* bytes that went in according to its calls, and are not in it according to pipe_used */
    bool mute;         /* it does not say what is in it (observed.c) */
    const char *wrong; /* check.c: what it has done that it must not do, or NULL */
};

/* Who has opened a FIFO this way. Guarded by the atomic section. */
struct fifo_side {
    int64_t opened;              /* how often, ever: nobody who waits can miss one (PS-194) */
    struct sched_queue awaiting; /* threads in open, until that grows */
};

/* An endpoint of two queues, or one that waits for connections. */
struct socket {
    struct kernel *kernel;
    enum { SOCKET_NEW, SOCKET_LISTENING, SOCKET_CONNECTING, SOCKET_CONNECTED } state;
    int domain;
    const char *host;                               /* of the process that made it */
    const char *address, *peer_address;             /* in the arena, or NULL */
    const char *owner;                              /* whose name the queues have */
    enum { NO_PAIR, PAIR_FIRST, PAIR_SECOND } pair; /* of socketpair */
    struct socket *next_bound;
    struct line *line;                                    /* to another host; NULL: none */
    struct sched_queue connecting;                        /* until the other host has answered */
    enum { NEWS_NONE, NEWS_CONNECTED, NEWS_FAILED } news; /* for connect, when it next asks */

    /* connected */
    struct kpipe *in, *out;
    bool in_open, out_open; /* the ends that it holds */
    bool shut_in;           /* SHUT_RD */
    bool closing;           /* its last descriptor is gone */
    struct socket *peer;    /* NULL: closed */
    int error;              /* told once: ECONNRESET, the peer has gone with bytes unread; EPIPE */
    bool dead;              /* it was reset, or a write over TCP has found the peer gone */

    /* listening */
    int backlog, pending, half_open;
    struct socket *first_pending, *last_pending, *next_pending;
    struct sched_queue acceptors, connectors;
};

enum file_kind { FILE_TERMINAL, FILE_PIPE, FILE_SOCKET, FILE_REGULAR, FILE_EPOLL };

/* An open file (POSIX: open file description). */
struct file {
    enum file_kind kind;
    int flags; /* O_RDONLY or O_WRONLY, O_NONBLOCK, O_DIRECT */
    int descriptors;
    int calls;          /* under way */
    bool lingers;       /* its end is open for them, though no descriptor is */
    struct kpipe *pipe; /* FILE_PIPE: which ends of it, `flags` say */
    struct node *node;  /* FILE_PIPE of a FIFO; FILE_REGULAR */
    int64_t offset;     /* FILE_REGULAR: shared by all its descriptors */
    int64_t no_hup;     /* of a FIFO: no hang-up while no more writers than these have opened it */
    struct socket *socket; /* owned; FILE_SOCKET */
    struct epoll *epoll;   /* owned; FILE_EPOLL */
    int first_fd;          /* the number it got when it was opened */
    bool redirected;       /* opened before time 0, and the only end of its pipe there */
};

/* A place in a process's table. */
struct descriptor {
    struct file *file; /* NULL: closed */
    struct opening opening;
    int close_on_exec; /* FD_CLOEXEC or 0: there is no exec, but it can be asked */
    bool promised;     /* to a call under way, which may sleep: nobody else gets the number */
};

struct disposition {
    int handler;
    bool restart;
};

struct process {
    struct kernel *kernel;
    int pid; /* -1: the kernel's own */
    const char *host;
    bool host_declared;     /* in the script, as one that others know by this name */
    struct process *parent; /* NULL: the shell */
    struct thread *forker;  /* of the parent: who has made it */
    struct thread *hears;   /* of the SIGCHLD that is pending: the forker of that child, or NULL */
    struct process *first_child, *next_sibling;
    struct thread *main;
    int live_threads;
    bool threaded; /* it has had more than one */
    struct descriptor *descriptors;
    int descriptor_room;
    struct disposition dispositions[SIGNALS];
    uint32_t disposed; /* those that have been set: a bit each; the others are as at the start */
    uint32_t pending;
    bool dying;
    bool exited;
    bool fetched;               /* its status, by wait: now there is no such process any more */
    int status;                 /* of exit, or -signal */
    struct sched_queue waiting; /* threads in wait */
    struct sched_timer alarm;
};

struct thread {
    struct process *process;
    struct task *task;
    const char *name;
    int actor, number;
    void *program;
    void (*work)(void); /* of a worker */
    bool ended;
    uint32_t pending; /* directed at this thread: SIGPIPE, raise */
    uint32_t blocked; /* signals whose handlers run */
    struct sched_queue joining;
    int connections;               /* that it has made */
    const struct socket *listener; /* asleep in accept or connect: which one */

    /* the call under way */
    int call; /* as thread_begin_call numbered it */
    struct kpipe *pipe;
    const struct file *file; /* of a read or write of a pipe; else NULL */
    struct kpipe *from,
        *to;           /* of a transfer: `pipe` is the one whose lock it last dealt with; or NULL */
    enum pipe_end end; /* that it reads from or writes to */
    const char *data;  /* of its read or write: observed.c */
    size_t observed;   /* bytes of it that have been told of from outside */
    const void *stack_mark; /* where the pipe's code begins on its stack */
    size_t asked, told; /* bytes that its read or write is about, and that the pipe has told of */
    size_t need;        /* bytes that the sleeping writer needs, as the pipe said */
    bool slept, moved;  /* in this call; moved: since it last slept */
    bool broken_pipe;   /* its write has found no read end open */
    const struct socket *socket; /* that it reads from or writes to */
    enum pipe_end socket_end;
    bool called_away; /* by a shutdown of it */
    struct kpipe
        *opens;  /* the FIFO that it opens; and what the other side was like when its own end */
    int64_t met; /* came to be open: openings until then, */
    bool alone;  /* and none was open */
    char condition[24]; /* the name of the condition it sleeps on */
    uint64_t seen;      /* state.c */
    struct poll_entry *polling;
    int polling_count;
    int polled; /* the entries that it has looked at, of those it goes through */
    bool poll_hit;
    struct sched_queue polling_queue; /* this thread alone, asleep in poll */
    struct thread *next_poller;
};

/* Fills the event's actor and emits it, inside the atomic section. */
void kernel_emit(struct kernel *k, struct event e);

/* kernel_emit, in an atomic section of its own. */
void kernel_emit_now(struct kernel *k, struct event e);

/* kernel-level sleeping, with its events. As sched_sleep. */
int sleep_on(struct thread *self, enum sleep_on on, struct sched_queue *queue, tick_t until,
             int other, const bool *unless);
/* A signal has come for it, or its process exits: it is not to sleep. */
bool thread_interrupted(struct thread *self);
void wake_first(struct thread *self, struct sched_queue *queue);
void wake_all(struct thread *self, struct sched_queue *queue);

/* files.c */
struct file *file_of(struct thread *t, int fd); /* NULL when closed */
void file_begin_call(struct file *f);
void file_end_call(struct file *f);
int files_copy(struct process *from, struct process *to);
void files_close_all(struct process *p);
void files_open_terminal(struct process *p);
int files_install(struct process *p, struct file *f, int from);

/* The lowest free descriptor, for a file that there may be after a sleep (open, accept), or -EMFILE. Then one
 * of the two others. */
int files_promise(struct process *p);
void files_keep_promise(struct process *p, int fd, struct file *f);
void files_break_promise(struct process *p, int fd);
int files_room_for(struct process *p, int count); /* 0 or -EMFILE */
struct file *file_new(enum file_kind kind, int flags);
struct file *file_new_end(struct kpipe *p, enum pipe_end end, int flags);
void file_close(
    struct file *f); /* one descriptor fewer, or it never had one; without any, it is gone */
bool file_has_end(const struct file *f, enum pipe_end end);

/* nodes.c: what a path names, or NULL; a new one, which has no such name yet. */
struct node *node_at(struct kernel *k, const char *path, size_t n);
struct node *node_new(struct kernel *k, const char *path, size_t n, int kind);
void node_let_go(struct node *n); /* one opening fewer */

/* regular_files.c: -EBADF when it was not opened for this. Nobody ever sleeps here. */
ssize_t regular_read(struct file *f, void *dst, size_t n);
ssize_t regular_write(struct file *f, const void *src, size_t n);
size_t regular_left(const struct file *f); /* bytes from its offset to the end */
void regular_made(struct node *n);         /* it gets its number */
void regular_empty(struct node *n);
int regular_put(struct node *n, size_t offset, const char *bytes, size_t count); /* 0 or -ENOMEM */

/* fifos.c: opens an end, or both; f is not yet in a table. 0 or an error, and f is gone. */
int fifo_open(struct thread *self, struct node *n, struct file *f);
/* The monitor has opened an end of p, its lock held. */
void fifo_opened(struct kpipe *p, const struct pipe_event *e, enum pipe_end end);
/* No writer has opened it since this end was opened without one (PS-187). */
bool fifo_hides_hup(const struct file *f);

/* pipes.c */
/* The number of a new pipe, and its place among the others. 0 or -ENOMEM. */
int kpipe_add(struct kernel *k, struct kpipe *p);
/* It has no storage (yet, or any more): an empty one. 0 or -ENOMEM. */
int kpipe_make(struct kpipe *p, struct pipe_options options);
struct kpipe *kpipe_being_made(void); /* outside of any thread; or NULL */
/* What a user may have of it (limits.c), or -ENFILE. */
int64_t kpipe_new_capacity(struct kernel *k);
/* Of a pipe of the kernel's kind; sizes of 0 are the kernel's. */
struct pipe_options kpipe_options(const struct kernel *k, size_t capacity, size_t atomic);
/* Around the pipe's own code: the kernel lock is let go meanwhile, and others may run. What the
 * thread's locks do is about p until it leaves. enter returns what was so before. */
struct kpipe *kpipe_enter(struct kpipe *p);
void kpipe_leave(struct kpipe *p, struct kpipe *before);
void kpipe_open_end(struct kpipe *p, enum pipe_end end);
void kpipe_close_end(struct kpipe *p, enum pipe_end end);

/* A call on a queue, or between two, begins and ends: its file stays open meanwhile. */
struct kpipe *call_begin(struct thread *self, struct file *f, struct kpipe *p);
void call_end(struct file *f, struct kpipe *p);

/* Nobody is in the code of p's implementation any more, or refers to p: frees what is closed. */
void kpipe_drop(struct kpipe *p);

/* limits.c, of page slots. The slots of a new pipe that asks for so many, or -ENFILE. */
int64_t limit_new_slots(struct kernel *k, int64_t wanted);
/* May p have that capacity, as F_SETPIPE_SZ says it? 0, -EINVAL, -EPERM. */
void limit_touch(struct kernel *k);
int limit_capacity(const struct kpipe *p, uint32_t capacity);

/* The queue that a call on this end of the file is about; NULL: there is none. */
struct kpipe *file_queue(const struct file *f, enum pipe_end end);

/* One reference fewer from a socket, or from the network. */
void kpipe_let_go(struct kpipe *p);

/* A write or read by the network, which never sleeps. As pipe_write and pipe_read. */
ssize_t kpipe_put(struct thread *network, struct kpipe *p, const void *src, size_t n);
ssize_t kpipe_take(struct thread *network, struct kpipe *p, void *dst, size_t n);

/* Its state as pipe_poll has it, from outside of a call on it. */
int kpipe_poll(struct kpipe *p);

/* A read or write of queue p by a call on f; flags as pipe_read and pipe_write have them. */
ssize_t queue_read(struct thread *self, struct file *f, struct kpipe *p, void *dst, size_t n,
                   int flags);
ssize_t queue_write(struct thread *self, struct file *f, struct kpipe *p, const void *src, size_t n,
                    int flags);

/* process.c: the kernel's own, which nobody can signal or wait for. */
int process_new_own(struct kernel *k, const char *name, enum view_own who, struct thread **made);

/* sockets.c: the last descriptor is gone; other threads may run meanwhile. */
void socket_close(struct socket *s);

/* For connecting.c. NULL: no memory; nobody has the address. -EBADF, -ENOTSOCK. */
const char *socket_keep_text(const char *bytes, size_t n);
struct socket *socket_new(struct kernel *k, int domain, const char *host);
struct file *socket_file(struct socket *s, int flags);
struct socket *socket_bound_to(struct kernel *k, int domain, const char *address, size_t n);
int socket_of_fd(struct thread *self, int fd, struct file **f);

/* connecting.c: the first that waits to be accepted; there is one. */
struct socket *socket_dequeue(struct socket *listener);

/* The socket of AF_INET that listens there, or NULL; does its queue have room for one more? */
struct socket *socket_listening_at(struct kernel *k, const char *address);
bool socket_has_room(const struct socket *listener);

/* Sleeps while the other host has not answered; 0, -EAGAIN, -EINTR. flags as pipe_read has them. */
int socket_await_answer(struct thread *self, struct socket *s, int flags);

/* A connection that a socket has waited for is there, or there is an error (positive). */
void socket_connected(struct thread *by, struct socket *s, int error);

/* What accept will give: connected to a socket that has this address (NULL: none), and in the queues
 * that `owner` has. NULL: no memory. */
struct socket *socket_accepted(struct socket *listener, const char *owner,
                               const char *peer_address);
void socket_enqueue(struct thread *by, struct socket *listener, struct socket *made);
int socket_poll(struct socket *s); /* what poll reports, asked for or not */

/* connections.c: a is the one who connects; `owner` is borrowed. 0 or -ENOMEM. */
int connection_make(struct socket *a, struct socket *b, const char *owner, int n);
/* "client.to", and for the second connection of the same process "client.to.2". */
struct kpipe *connection_queue(struct kernel *k, const char *owner, const char *way, int n,
                               const char *where);
int connection_shutdown(struct thread *self, struct socket *s, int how);
enum connection_end {
    CONNECTION_CLOSED,
    CONNECTION_RESET /* as if it had bytes unread */
};
void connection_close(struct socket *s, enum connection_end how);
int connection_poll(struct socket *s);

struct message_in {
    void *bytes;
    size_t size;
    int flags; /* of pipe_read */
    bool all;  /* MSG_WAITALL: until all are there, or it ends */
};
struct message_out {
    const void *bytes;
    size_t size;
    int flags; /* of pipe_write */
};
/* On a socket of any state. A write sets self->broken_pipe if it is to raise SIGPIPE. */
ssize_t connection_read(struct thread *self, struct file *f, struct message_in m);
ssize_t connection_write(struct thread *self, struct file *f, struct message_out m);

/* signals.c */
void signal_post(struct process *p, int signal, struct thread *sender);
void signal_post_child(struct process *child, struct thread *sender); /* SIGCHLD, to its parent */
void signal_post_thread(struct thread *t, int signal);
void signal_defaults(struct process *p);
void thread_must_leave(struct thread *t); /* the same, without an event: its process ends */
void thread_interrupt(struct thread *t, struct thread *by); /* ends its sleep, or the next one */

/* check.c: the thread under way puts bytes into p, or is given some, and the view does not know it yet;
 * and what its call gave. */
void check_put(struct kpipe *p, const struct pipe_event *e);
void check_given(struct kpipe *p, const struct pipe_event *e);
void check_result(struct thread *self, struct kpipe *p, int flags, ssize_t result);

/* pipes.c: what a pipe tells its observer. */
void pipe_observe(struct kpipe *p, const struct pipe_event *e);

/* observed.c: the thread under way is at an operation on a lock, is about to sleep, or has the result of its
 * call; an end of p is about to be opened or closed; its size has been set. For a pipe that tells, these do
 * nothing. */
void observed_look(struct thread *self);
void observed_sleeps(struct thread *self);
void observed_result(struct thread *self, struct kpipe *p, int flags, ssize_t result);
void observed_end(struct kpipe *p, enum pipe_event_kind kind);
void observed_size(struct kpipe *p, int result);

/* state.c: the thread begins a call on its pipe; has taken a lock in it; begins to wait; or has done
 * anything else with a lock or condition variable. */
void state_begins(struct thread *self);
void state_takes_lock(struct thread *self);
void state_waits(struct thread *self);
void state_seen(struct thread *self);

/* epoll.c. The first inside the atomic section: an end of p may have become ready. */
void epoll_notify(struct kpipe *p, enum pipe_end end, struct thread *by);
void epoll_free(struct epoll *e);
void epoll_forget(struct kernel *k, const struct file *f); /* its last descriptor is gone */

/* What poll reports of an open file that is asked for these events. */
int poll_file(struct file *f, int events);

/* polling.c: tells pollers that an end of p may have become ready. Inside the atomic section. */
void poll_notify(struct kpipe *p, enum pipe_end end, struct thread *by);
void poll_notify_socket(const struct socket *s, struct thread *by);

#endif
