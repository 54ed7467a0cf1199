/* sockets.c - what the host's kernel does with stream sockets: the facts SO-nnn of docs/sockets.md.
 *
 * Prints the rows of their table, with what was seen on AF_UNIX and on AF_INET (the loopback
 * interface). `make host-facts` compares them with the page. Each fact is a short story of calls;
 * what is printed are the results of those that matter, in their order. A call that is still asleep
 * after NAP milliseconds "sleeps". */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAP = 60 };

static char story[1024];
static char folder[] = "/tmp/socket-facts-XXXXXX";
static volatile sig_atomic_t broken_pipes, alarms;

static void say(const char *format, ...)
{
    va_list ap;
    size_t n = strlen(story);
    if (n > 0 && n + 2 < sizeof story)
        strcpy(story + n, ", ");
    n = strlen(story);
    va_start(ap, format);
    vsnprintf(story + n, sizeof story - n, format, ap);
    va_end(ap);
}

static void on_signal(int number)
{
    if (number == SIGPIPE)
        broken_pipes++;
    else
        alarms++;
}

static void nap(void)
{
    usleep(NAP * 1000 / 2);
}

static void arm(int milliseconds)
{
    struct itimerval t = {.it_value = {.tv_usec = milliseconds * 1000}};
    alarms = 0;
    setitimer(ITIMER_REAL, &t, NULL);
}

/* The result of a call: its number, or its error's name, and SIGPIPE if that came. */
static void result(ssize_t r)
{
    int error = errno, slept = alarms;
    arm(0);
    nap();
    const char *signal = broken_pipes ? " + SIGPIPE" : "";
    broken_pipes = 0;
    if (r >= 0)
        say("%zd%s", r, signal);
    else if (error == EINTR && slept > 0)
        say("sleeps%s", signal);
    else
        say("%s%s", strerrorname_np(error), signal);
}

#define DO(call) (arm(NAP), errno = 0, result(call))

static void reads(int fd, size_t n, int flags)
{
    char text[64] = "";
    arm(NAP);
    ssize_t got = recv(fd, text, n < sizeof text ? n : sizeof text - 1, flags);
    if (got > 0)
        arm(0), say("\"%.*s\"", (int)got, text);
    else if (got == 0)
        arm(0), say("EOF");
    else
        result(got);
}

static void polls(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
    nap();
    poll(&p, 1, 0);
    say("%s%s%s%s%s", p.revents == 0 ? "nothing" : "", p.revents & POLLIN ? "IN " : "",
        p.revents & POLLOUT ? "OUT " : "", p.revents & POLLERR ? "ERR " : "",
        p.revents & POLLHUP ? "HUP " : "");
    if (story[strlen(story) - 1] == ' ')
        story[strlen(story) - 1] = '\0';
}

/* -- addresses and connections ------------------------------------------------------------------- */

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_un unix_;
        struct sockaddr_in inet;
    } at;
    socklen_t size;
};

static struct address fresh(int domain)
{
    static int count;
    struct address a = {.size = sizeof a.at.unix_};
    memset(&a.at, 0, sizeof a.at);
    a.at.any.sa_family = (sa_family_t)domain;
    if (domain == AF_UNIX) {
        snprintf(a.at.unix_.sun_path, sizeof a.at.unix_.sun_path, "%s/%d", folder, ++count);
        return a;
    }
    a.size = sizeof a.at.inet;
    a.at.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    bind(probe, &a.at.any, a.size);
    getsockname(probe, &a.at.any, &a.size);
    close(probe);
    return a;
}

static int stream(int domain)
{
    return socket(domain, SOCK_STREAM, 0);
}

static int listening(int domain, int backlog, struct address *a)
{
    *a = fresh(domain);
    int fd = stream(domain);
    bind(fd, &a->at.any, a->size);
    listen(fd, backlog);
    return fd;
}

static int connected(int domain, const struct address *a)
{
    int fd = stream(domain);
    if (connect(fd, &a->at.any, a->size) != 0)
        say("connect failed: %s", strerrorname_np(errno));
    return fd;
}

/* c connects, s is accepted. */
struct connection {
    int c, s;
};

static struct connection connection(int domain)
{
    struct address a;
    struct connection made;
    int l = listening(domain, 5, &a);
    made.c = connected(domain, &a);
    made.s = accept(l, NULL, NULL);
    close(l);
    return made;
}

/* TCP moves bytes on from the one buffer to the other for a while. */
static void fill(int fd)
{
    char bytes[4096] = {0};
    for (int i = 0; i < 10; i++) {
        while (send(fd, bytes, i == 0 ? sizeof bytes : 1, MSG_DONTWAIT) > 0)
            ;
        usleep(10000);
    }
}

/* -- a call in another thread -------------------------------------------------------------------- */

struct other {
    enum { OTHER_READ, OTHER_PEEK, OTHER_PEEK_ALL, OTHER_WRITE, OTHER_ACCEPT, OTHER_POLL } what;
    int fd;
    ssize_t got;
    int error, revents;
    volatile bool done;
};

static void *other_call(void *arg)
{
    struct other *o = arg;
    static char bytes[4 << 20];
    struct pollfd p = {.fd = o->fd, .events = POLLIN};
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    o->got = o->what == OTHER_READ       ? read(o->fd, bytes, 10)
             : o->what == OTHER_PEEK     ? recv(o->fd, bytes, 10, MSG_PEEK)
             : o->what == OTHER_PEEK_ALL ? recv(o->fd, bytes, 3, MSG_PEEK | MSG_WAITALL)
             : o->what == OTHER_WRITE    ? write(o->fd, bytes, sizeof bytes)
             : o->what == OTHER_ACCEPT   ? accept(o->fd, NULL, NULL)
                                         : poll(&p, 1, -1);
    o->error = errno;
    o->revents = p.revents;
    o->done = true;
    return NULL;
}

static void start(struct other *o)
{
    pthread_t t;
    pthread_create(&t, NULL, other_call, o);
    pthread_detach(t);
    nap();
}

static void other_gave(const struct other *o)
{
    usleep(NAP * 1000);
    const char *signal = broken_pipes ? " + SIGPIPE" : "";
    broken_pipes = 0;
    if (!o->done)
        say("sleeps on");
    else if (o->got < 0)
        say("%s%s", strerrorname_np(o->error), signal);
    else if (o->what == OTHER_WRITE)
        say("%s%s", o->got > 0 ? "a short count" : "0", signal);
    else if (o->what == OTHER_ACCEPT)
        say("a connection");
    else if (o->got == 0)
        say("EOF");
    else
        say("%zd", o->got);
}

/* Kept for ever: a thread may sleep on it still. */
static struct other *other_new(int what, int fd)
{
    struct other *o = calloc(1, sizeof *o);
    *o = (struct other){.what = what, .fd = fd};
    return o;
}

/* -- the facts ----------------------------------------------------------------------------------- */

static void new_read(int d)
{
    reads(stream(d), 1, 0);
}

static void new_write(int d)
{
    DO(write(stream(d), "x", 1));
}

static void new_others(int d)
{
    struct address a = fresh(d);
    int fd = stream(d), n;
    DO(shutdown(fd, SHUT_WR));
    DO(getpeername(fd, &a.at.any, &a.size));
    DO(ioctl(fd, FIONREAD, &n));
    polls(fd);
}

static void not_listening(int d)
{
    DO(accept(stream(d), NULL, NULL));
    DO(accept(connection(d).c, NULL, NULL));
}

static void no_socket(int d)
{
    int p[2];
    struct address a = fresh(d);
    if (pipe(p) != 0)
        return;
    DO(accept(p[0], NULL, NULL));
    DO(connect(p[0], &a.at.any, a.size));
    DO(shutdown(p[0], SHUT_WR));
    DO(recv(p[0], story, 0, 0));
    DO(accept(999, NULL, NULL));
}

static void bind_errors(int d)
{
    struct address a = fresh(d), b = fresh(d);
    int first = stream(d), second = stream(d);
    DO(bind(first, &a.at.any, a.size));
    DO(bind(first, &b.at.any, b.size));
    DO(bind(second, &a.at.any, a.size));
}

static void bind_after_close(int d)
{
    struct address a;
    close(listening(d, 1, &a));
    DO(bind(stream(d), &a.at.any, a.size));
}

static void bind_connected(int d)
{
    struct address a, b = fresh(d);
    int l = listening(d, 1, &a), c = connected(d, &a), s = accept(l, NULL, NULL);
    (void)s;
    DO(bind(c, &b.at.any, b.size));
}

static void bind_while_accepted(int d)
{
    struct address a;
    int l = listening(d, 1, &a), c = connected(d, &a), s = accept(l, NULL, NULL);
    close(l);
    unlink(a.at.unix_.sun_path);
    DO(bind(stream(d), &a.at.any, a.size));
    close(s);
    close(c);
}

static void listen_errors(int d)
{
    struct address a;
    DO(listen(stream(d), 1));
    DO(listen(connection(d).c, 1));
    DO(listen(listening(d, 1, &a), 2));
}

static void connect_errors(int d)
{
    struct address nothing = fresh(d), a = fresh(d);
    int bound = stream(d), l;
    bind(bound, &a.at.any, a.size);
    DO(connect(stream(d), &nothing.at.any, nothing.size));
    DO(connect(stream(d), &a.at.any, a.size));
    l = listening(d, 5, &a);
    DO(connect(connection(d).c, &a.at.any, a.size));
    DO(connect(l, &a.at.any, a.size));
}

static void connect_again(int d)
{
    struct address a = fresh(d);
    int c = stream(d), l = stream(d);
    DO(connect(c, &a.at.any, a.size));
    bind(l, &a.at.any, a.size);
    listen(l, 1);
    DO(connect(c, &a.at.any, a.size));
}

static void backlog(int d)
{
    struct address a;
    int l = listening(d, 1, &a);
    DO(connect(stream(d), &a.at.any, a.size));
    DO(connect(stream(d), &a.at.any, a.size));
    DO(connect(stream(d), &a.at.any, a.size));
    DO(connect(socket(d, SOCK_STREAM | SOCK_NONBLOCK, 0), &a.at.any, a.size));
    (void)l;
}

static void before_accept(int d)
{
    struct address a;
    int l = listening(d, 1, &a), c = connected(d, &a);
    DO(write(c, "hi", 2));
    close(c);
    nap();
    int s = accept(l, NULL, NULL);
    reads(s, 10, 0);
    reads(s, 10, 0);
}

static void order(int d)
{
    struct address a;
    int l = listening(d, 5, &a);
    DO(write(connected(d, &a), "1", 1));
    DO(write(connected(d, &a), "2", 1));
    reads(accept(l, NULL, NULL), 1, 0);
    reads(accept(l, NULL, NULL), 1, 0);
}

static void listener_closed(int d)
{
    struct address a;
    int l = listening(d, 5, &a), c = connected(d, &a);
    write(c, "hi", 2);
    nap();
    close(l);
    nap();
    polls(c);
    reads(c, 10, 0);
    reads(c, 10, 0);
    DO(write(c, "x", 1));
}

static void listener_closed_unwritten(int d)
{
    struct address a;
    int l = listening(d, 5, &a), c = connected(d, &a);
    close(l);
    nap();
    reads(c, 10, 0);
    reads(c, 10, 0);
    DO(write(c, "x", 1));
}

static void listener_nonblocking(int d)
{
    struct address a;
    int l = listening(d, 5, &a);
    fcntl(l, F_SETFL, O_NONBLOCK);
    DO(accept(l, NULL, NULL));
    int c = connected(d, &a);
    nap();
    int s = accept(l, NULL, NULL);
    say("%s", fcntl(s, F_GETFL) & O_NONBLOCK ? "O_NONBLOCK" : "no O_NONBLOCK");
    (void)c;
}

static void no_descriptor(int d)
{
    struct address a;
    int l = listening(d, 5, &a), fd, highest = l;
    while ((fd = dup(0)) >= 0)
        highest = fd;
    DO(accept(l, NULL, NULL));
    close(highest);
    int c = connected(d, &a);
    nap();
    DO(accept(l, NULL, NULL));
    close(l == highest ? c : highest - 1);
    DO(accept(l, NULL, NULL) >= 0 ? 0 : -1);
    for (fd = 3; fd <= highest; fd++)
        close(fd);
}

static void shutdown_listener(int d)
{
    struct address a;
    int l = listening(d, 5, &a);
    struct other *o = other_new(OTHER_ACCEPT, l);
    start(o);
    DO(shutdown(l, SHUT_RDWR));
    other_gave(o);
    DO(connect(stream(d), &a.at.any, a.size));
    DO(accept(l, NULL, NULL));
}

static void close_listener_in_accept(int d)
{
    struct address a;
    int l = listening(d, 5, &a);
    struct other *o = other_new(OTHER_ACCEPT, l);
    start(o);
    close(l);
    other_gave(o);
    DO(connect(stream(d), &a.at.any, a.size));
    other_gave(o);
    DO(connect(stream(d), &a.at.any, a.size));
}

static void names(int d)
{
    struct address a;
    int l = listening(d, 5, &a), c = connected(d, &a), s = accept(l, NULL, NULL);
    struct address got = {.size = sizeof got.at};
    getpeername(c, &got.at.any, &got.size);
    say("%s", got.size == a.size || d == AF_UNIX ? "the listener's" : "another");
    got.size = sizeof got.at;
    getpeername(s, &got.at.any, &got.size);
    say("%s",
        d == AF_UNIX && got.size == sizeof(sa_family_t) ? "no name" : "a port of Linux's choice");
    close(s);
    nap();
    got.size = sizeof got.at;
    DO(getpeername(c, &got.at.any, &got.size));
}

static void stream_of_bytes(int d)
{
    struct connection k = connection(d);
    DO(write(k.c, "ab", 2));
    DO(write(k.c, "cde", 3));
    reads(k.s, 4, 0);
    reads(k.s, 4, 0);
    reads(k.s, 4, 0);
    reads(k.s, 4, MSG_DONTWAIT);
}

static void zero_bytes(int d)
{
    struct connection k = connection(d);
    char c;
    DO(read(k.s, &c, 0));
    DO(write(k.c, "", 0));
    reads(k.s, 1, MSG_DONTWAIT);
    close(k.s);
    nap();
    DO(write(k.c, "", 0));
    DO(write(stream(d), "", 0));
    DO(read(stream(d), &c, 0));
}

static void peer_closed(int d)
{
    struct connection k = connection(d);
    write(k.s, "rest", 4);
    close(k.s);
    nap();
    polls(k.c);
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
}

static void write_after_close(int d)
{
    struct connection k = connection(d);
    close(k.s);
    nap();
    DO(write(k.c, "x", 1));
    polls(k.c);
    DO(write(k.c, "x", 1));
    reads(k.c, 10, 0);
    DO(write(k.c, "x", 1));
}

static void write_then_read(int d)
{
    struct connection k = connection(d);
    write(k.s, "rest", 4);
    close(k.s);
    nap();
    DO(write(k.c, "x", 1));
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
}

static void reset_read_first(int d)
{
    struct connection k = connection(d);
    write(k.s, "rest", 4);
    write(k.c, "unread", 6);
    nap();
    close(k.s);
    nap();
    polls(k.c);
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
    polls(k.c);
    reads(k.c, 10, 0);
    DO(write(k.c, "x", 1));
}

static void reset_write_first(int d)
{
    struct connection k = connection(d);
    write(k.s, "rest", 4);
    write(k.c, "unread", 6);
    nap();
    close(k.s);
    nap();
    DO(write(k.c, "x", 1));
    DO(write(k.c, "x", 1));
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
}

static void reset_asleep(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_READ, k.c);
    write(k.c, "unread", 6);
    start(o);
    close(k.s);
    other_gave(o);
    reads(k.c, 10, 0);
}

static void half_close(int d)
{
    struct connection k = connection(d);
    write(k.c, "rest", 4);
    DO(shutdown(k.c, SHUT_WR));
    polls(k.c);
    polls(k.s);
    reads(k.s, 10, 0);
    reads(k.s, 10, 0);
    DO(write(k.s, "answer", 6));
    reads(k.c, 10, 0);
    DO(write(k.c, "x", 1));
}

static void both_half_closed(int d)
{
    struct connection k = connection(d);
    shutdown(k.c, SHUT_WR);
    shutdown(k.s, SHUT_WR);
    polls(k.c);
    reads(k.c, 1, 0);
    DO(shutdown(k.c, SHUT_WR));
}

static void shut_read(int d)
{
    struct connection k = connection(d);
    write(k.s, "early", 5);
    nap();
    DO(shutdown(k.c, SHUT_RD));
    polls(k.c);
    polls(k.s);
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
    DO(write(k.s, "late", 4));
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
    DO(write(k.c, "x", 1));
}

static void shut_both(int d)
{
    struct connection k = connection(d);
    write(k.s, "early", 5);
    nap();
    DO(shutdown(k.c, SHUT_RDWR));
    polls(k.c);
    nap();
    polls(k.s);
    reads(k.s, 10, 0);
    reads(k.c, 10, 0);
    reads(k.c, 10, 0);
    DO(write(k.c, "x", 1));
}

static void shut_again(int d)
{
    struct connection k = connection(d);
    DO(shutdown(k.c, SHUT_WR));
    DO(shutdown(k.c, SHUT_WR));
    DO(shutdown(k.c, 3));
    close(k.s);
    nap();
    DO(shutdown(k.c, SHUT_RD));
}

static void shut_after_peer(int d)
{
    struct connection k = connection(d);
    close(k.s);
    nap();
    DO(shutdown(k.c, SHUT_WR));
    DO(shutdown(k.c, SHUT_RD));
}

static void shut_own_reader(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_READ, k.c);
    start(o);
    DO(shutdown(k.c, SHUT_RD));
    other_gave(o);
}

static void shut_own_writer(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_WRITE, k.c);
    fill(k.c);
    start(o);
    DO(shutdown(k.c, SHUT_WR));
    other_gave(o);
}

static void shut_peers_writer(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_WRITE, k.c);
    fill(k.c);
    start(o);
    DO(shutdown(k.s, SHUT_RD));
    other_gave(o);
}

static void shut_own_poller(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_POLL, k.c);
    start(o);
    DO(shutdown(k.c, SHUT_RD));
    other_gave(o);
}

static void close_own_reader(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_READ, k.c);
    start(o);
    close(k.c);
    other_gave(o);
    DO(write(k.s, "abc", 3));
    other_gave(o);
    nap();
    reads(k.s, 1, 0);
}

static void close_peers_writer(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_WRITE, k.c);
    fill(k.c);
    start(o);
    close(k.s);
    other_gave(o);
    DO(write(k.c, "x", 1));
    reads(k.c, 1, 0);
}

static void close_short_write(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_WRITE, k.c);
    start(o);
    close(k.s);
    other_gave(o);
    DO(write(k.c, "x", 1));
    DO(write(k.c, "x", 1));
}

static void full(int d)
{
    struct connection k = connection(d);
    fill(k.c);
    DO(send(k.c, "x", 1, MSG_DONTWAIT));
    polls(k.c);
    DO(write(k.c, "x", 1));
}

static void partial(int d)
{
    struct connection k = connection(d);
    static char bytes[16 << 20];
    ssize_t n = send(k.c, bytes, sizeof bytes, MSG_DONTWAIT);
    say("%s", n > 0 && n < (ssize_t)sizeof bytes ? "a short count" : "all or nothing");
    struct other *o = other_new(OTHER_WRITE, k.c);
    start(o);
    other_gave(o);
    while (!o->done && recv(k.s, bytes, sizeof bytes, 0) > 0)
        usleep(1000);
    say("%s", o->got == 4 << 20 ? "all" : "less");
}

static void flags(int d)
{
    struct connection k = connection(d);
    reads(k.c, 1, MSG_DONTWAIT);
    write(k.s, "ab", 2);
    nap();
    reads(k.c, 3, MSG_WAITALL);
    write(k.s, "cd", 2);
    nap();
    reads(k.c, 3, MSG_WAITALL | MSG_DONTWAIT);
    write(k.s, "ef", 2);
    close(k.s);
    nap();
    reads(k.c, 3, MSG_WAITALL);
}

static void peeks(int d)
{
    struct connection k = connection(d);
    reads(k.s, 4, MSG_PEEK);
    reads(k.s, 4, MSG_PEEK | MSG_DONTWAIT);
    write(k.c, "ab", 2);
    nap();
    reads(k.s, 4, MSG_PEEK);
    reads(k.s, 1, MSG_PEEK);
    polls(k.s);
    int n = -1;
    ioctl(k.s, FIONREAD, &n);
    say("%d bytes", n);
    reads(k.s, 4, 0);
    reads(k.s, 4, MSG_PEEK | MSG_DONTWAIT);
}

static void peeks_all(int d)
{
    struct connection k = connection(d);
    write(k.c, "ab", 2);
    nap();
    struct other *o = other_new(OTHER_PEEK_ALL, k.s);
    start(o);
    other_gave(o);
    write(k.c, "c", 1);
    nap();
    other_gave(o);
}

static void peeks_at_the_end(int d)
{
    struct connection k = connection(d);
    write(k.c, "rest", 4);
    close(k.c);
    nap();
    reads(k.s, 2, MSG_PEEK);
    reads(k.s, 10, 0);
    reads(k.s, 1, MSG_PEEK);
    reads(k.s, 1, MSG_PEEK);
    reads(k.s, 1, 0);
}

static void peeks_after_reset(int d)
{
    struct connection k = connection(d);
    write(k.s, "rest", 4);
    write(k.c, "unread", 6);
    nap();
    close(k.s);
    nap();
    reads(k.c, 10, MSG_PEEK);
    reads(k.c, 10, 0);
    reads(k.c, 10, MSG_PEEK);
    reads(k.c, 10, MSG_PEEK);
    reads(k.c, 10, 0);
}

static void peeks_beside(int d)
{
    struct connection k = connection(d);
    struct other *o = other_new(OTHER_PEEK, k.s), *q = other_new(OTHER_PEEK, k.s);
    start(o);
    start(q);
    write(k.c, "x", 1);
    other_gave(o);
    other_gave(q);
    reads(k.s, 4, 0);
}

static void peek_makes_no_room(int d)
{
    static char bytes[8 << 20];
    struct connection k = connection(d);
    fill(k.c);
    struct other *o = other_new(OTHER_WRITE, k.c);
    start(o);
    say(recv(k.s, bytes, sizeof bytes, MSG_PEEK) > 0 ? "bytes" : "none");
    other_gave(o);
}

static void no_signal(int d)
{
    struct connection k = connection(d);
    close(k.s);
    nap();
    send(k.c, "x", 1, MSG_NOSIGNAL);
    nap();
    broken_pipes = 0;
    DO(send(k.c, "x", 1, MSG_NOSIGNAL));
    DO(send(k.c, "x", 1, 0));
}

static void duplicates(int d)
{
    struct connection k = connection(d);
    int copy = dup(k.c);
    close(k.c);
    nap();
    reads(k.s, 1, MSG_DONTWAIT);
    DO(shutdown(copy, SHUT_WR));
    reads(k.s, 1, MSG_DONTWAIT);
}

static void forked(int d)
{
    struct connection k = connection(d);
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    close(k.c);
    nap();
    reads(k.s, 1, MSG_DONTWAIT);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    nap();
    reads(k.s, 1, MSG_DONTWAIT);
}

static void available(int d)
{
    struct connection k = connection(d);
    struct address a;
    int n = -1;
    write(k.c, "abc", 3);
    nap();
    DO(ioctl(k.s, FIONREAD, &n));
    say("%d bytes", n);
    DO(ioctl(listening(d, 1, &a), FIONREAD, &n));
    DO(fcntl(k.c, F_GETPIPE_SZ));
}

static void poll_states(int d)
{
    struct connection k = connection(d);
    struct address a;
    int l = listening(d, 1, &a);
    polls(k.c);
    write(k.s, "x", 1);
    polls(k.c);
    polls(l);
    int c = connected(d, &a);
    polls(l);
    (void)c;
}

static void interrupted(int d)
{
    struct address a;
    listening(d, 0, &a);
    connected(d, &a);
    struct sigaction restart = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction plain = {.sa_handler = on_signal};
    int s = stream(d);
    for (int i = 0; i < 2; i++) {
        sigaction(SIGALRM, i == 0 ? &plain : &restart, NULL);
        pid_t child = fork();
        if (child == 0) {
            struct itimerval t = {.it_value = {.tv_usec = 20000}};
            setitimer(ITIMER_REAL, &t, NULL);
            _exit(connect(s, &a.at.any, a.size) == 0 ? 0 : errno);
        }
        nap();
        int status;
        bool over = waitpid(child, &status, WNOHANG) == child;
        say("%s", over ? strerrorname_np(WEXITSTATUS(status)) : "restarted");
        kill(child, SIGKILL);
        if (!over)
            waitpid(child, &status, 0);
    }
    sigaction(SIGALRM, &plain, NULL);
}

static void socket_pair(int d)
{
    int s[2];
    DO(socketpair(d, SOCK_STREAM, 0, s));
    if (d != AF_UNIX)
        return;
    struct address a = {.size = sizeof a.at};
    DO(getpeername(s[0], &a.at.any, &a.size));
    DO(write(s[0], "x", 1));
    reads(s[1], 1, 0);
}

/* -- an answer that takes time --------------------------------------------------------------------- */

/* The queue of the listening socket is full, so SYN is dropped: as if the other host were far away. */
static int unanswering(struct address *a)
{
    int l = listening(AF_INET, 0, a);
    connected(AF_INET, a);
    return l;
}

static int impatient(const struct address *a)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    DO(connect(fd, &a->at.any, a->size));
    return fd;
}

/* 192.0.2.0/24 belongs to nobody: RFC 5737. */
static void bind_elsewhere(int d)
{
    struct address a = fresh(d);
    a.at.inet.sin_addr.s_addr = htonl(0xc0000201);
    DO(bind(stream(d), &a.at.any, a.size));
}

static void connecting(int d)
{
    struct address a, b = fresh(d), peer = fresh(d);
    unanswering(&a);
    int fd = impatient(&a);
    DO(connect(fd, &a.at.any, a.size));
    DO(bind(fd, &b.at.any, b.size));
    DO(listen(fd, 1));
    DO(accept(fd, NULL, NULL));
    DO(getpeername(fd, &peer.at.any, &peer.size));
}

static void connecting_poll(int d)
{
    struct address a;
    (void)d;
    unanswering(&a);
    polls(impatient(&a));
}

static void refused_late(int d)
{
    struct address a = fresh(d);
    int fd = impatient(&a);
    polls(fd);
    DO(connect(fd, &a.at.any, a.size));
    polls(fd);
    DO(connect(fd, &a.at.any, a.size));
}

static void refused_late_read(int d)
{
    struct address a = fresh(d);
    int fd = impatient(&a);
    nap();
    reads(fd, 1, 0);
    polls(fd);
    reads(fd, 1, 0);
    DO(write(fd, "x", 1));
}

static void refused_late_write(int d)
{
    struct address a = fresh(d);
    int fd = impatient(&a);
    nap();
    DO(write(fd, "x", 1));
    DO(write(fd, "x", 1));
    reads(fd, 1, 0);
    DO(connect(fd, &a.at.any, a.size));
}

static void connected_late(int d)
{
    struct address a;
    listening(d, 1, &a);
    int fd = impatient(&a);
    polls(fd);
    DO(connect(fd, &a.at.any, a.size));
    DO(connect(fd, &a.at.any, a.size));
}

static void connecting_moves(int d)
{
    struct address a;
    (void)d;
    unanswering(&a);
    int fd = impatient(&a);
    reads(fd, 1, 0);
    DO(write(fd, "x", 1));
    fcntl(fd, F_SETFL, 0);
    reads(fd, 1, 0);
    DO(write(fd, "x", 1));
}

static void connecting_shutdown(int d)
{
    struct address a;
    (void)d;
    unanswering(&a);
    int fd = impatient(&a);
    DO(shutdown(fd, SHUT_RD));
    polls(fd);
    DO(connect(fd, &a.at.any, a.size));
    DO(shutdown(fd, SHUT_WR));
    polls(fd);
    DO(connect(fd, &a.at.any, a.size));
}

/* SYN is sent again a second later. */
static void interrupted_connect(int d)
{
    struct address a;
    int l = unanswering(&a), fd = stream(d);
    DO(connect(fd, &a.at.any, a.size));
    polls(fd);
    close(accept(l, NULL, NULL));
    result(connect(fd, &a.at.any, a.size));
    DO(connect(fd, &a.at.any, a.size));
}

static void timed_out(int d)
{
    struct address a;
    int fd = stream(d), once = 1;
    unanswering(&a);
    setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof once);
    result(connect(fd, &a.at.any, a.size));
    polls(fd);
}

struct fact {
    const char *what;
    void (*see)(int domain);
};

static const struct fact facts[] = {
    {"a new socket: read", new_read},
    {"a new socket: write", new_write},
    {"a new socket: shutdown, getpeername, FIONREAD, poll", new_others},
    {"accept on a new socket; on a connected one", not_listening},
    {"a pipe: accept, connect, shutdown, recv; accept on a closed descriptor", no_socket},
    {"bind; once more to another address; another socket to the first address", bind_errors},
    {"bind to the address of a listening socket that was closed", bind_after_close},
    {"bind of a connected socket", bind_connected},
    {"bind while a connection is open that a closed listening socket had accepted (unix: its file unlinked)",
     bind_while_accepted},
    {"listen without an address; on a connected socket; twice", listen_errors},
    {"connect: nothing has the address; it does not listen; connected already; a listening socket connects",
     connect_errors},
    {"connect is refused; the same socket again when somebody listens", connect_again},
    {"listen(1): four connects, the last one O_NONBLOCK", backlog},
    {"connect, write, close; then accept and two reads", before_accept},
    {"two connect and write 1 and 2; two accepts read", order},
    {"the listening socket is closed, a connection with bytes waits: poll, read, read, write",
     listener_closed},
    {"the same, and nothing was written: read, read, write", listener_closed_unwritten},
    {"O_NONBLOCK on the listening socket: accept; what it accepts has", listener_nonblocking},
    {"no descriptor is free: accept; the same with a connection waiting; then with a free one",
     no_descriptor},
    {"shutdown(RDWR) of a listening socket; the accept that slept; connect; accept",
     shutdown_listener},
    {"close of a listening socket while accept sleeps; connect; the accept; connect",
     close_listener_in_accept},
    {"getpeername at the client; at the server; at the client when the server has closed", names},
    {"write \"ab\", \"cde\"; three reads of 4, the last with MSG_DONTWAIT", stream_of_bytes},
    {"0 bytes: read of an empty one, write, read there; write to a closed peer; write, read of a new socket",
     zero_bytes},
    {"the peer writes \"rest\" and closes: poll, three reads", peer_closed},
    {"the peer closes: write, poll, write, read, write", write_after_close},
    {"the peer writes \"rest\" and closes: write, read, read", write_then_read},
    {"the peer writes \"rest\" and closes with bytes unread: poll, read, read, poll, read, write",
     reset_read_first},
    {"the same: write, write, read, read", reset_write_first},
    {"a read sleeps; the peer closes with bytes unread; read again", reset_asleep},
    {"shutdown(WR): own poll, the peer's poll; the peer reads, reads, writes; read; write",
     half_close},
    {"both have shutdown(WR): poll, read, shutdown(WR) again", both_half_closed},
    {"shutdown(RD) with \"early\" unread: own poll, the peer's; read, read; the peer writes; read, read; write",
     shut_read},
    {"shutdown(RDWR) with \"early\" unread: own poll, the peer's poll and read; own read, read, write",
     shut_both},
    {"shutdown(WR) twice; shutdown(3); the peer closes; shutdown(RD)", shut_again},
    {"the peer closes; shutdown(WR); shutdown(RD)", shut_after_peer},
    {"shutdown(RD); the read of another thread that slept", shut_own_reader},
    {"shutdown(WR); the write of another thread that slept", shut_own_writer},
    {"the peer's shutdown(RD); a write that slept", shut_peers_writer},
    {"shutdown(RD); the poll of another thread that slept", shut_own_poller},
    {"close while a read of another thread sleeps; the peer writes; the read; the peer reads",
     close_own_reader},
    {"a write sleeps on a full buffer, nothing of it in; the peer closes; write again; read",
     close_peers_writer},
    {"a write sleeps with a part in; the peer closes; write, write", close_short_write},
    {"full: send with MSG_DONTWAIT, poll, write", full},
    {"send of 16 MiB with MSG_DONTWAIT; a write of 4 MiB; after the peer has read", partial},
    {"recv: DONTWAIT of nothing; \"ab\" is there: WAITALL of 3; \"cd\": WAITALL and DONTWAIT of 3; \"ef\" and close: WAITALL of 3",
     flags},
    {"EPIPE with MSG_NOSIGNAL; without", no_signal},
    {"dup, close of one: the peer reads; shutdown(WR) of the other: the peer reads", duplicates},
    {"fork, close in the parent: the peer reads; the child is killed: the peer reads", forked},
    {"FIONREAD; on a listening socket; F_GETPIPE_SZ", available},
    {"poll: connected; bytes there; listening; a connection waits", poll_states},
    {"a signal while connect sleeps for room, without and with SA_RESTART", interrupted},
    {"socketpair, getpeername, write, read", socket_pair},
    {"PEEK of nothing; with DONTWAIT; \"ab\" is there: PEEK of 4, PEEK of 1, poll, FIONREAD, read, PEEK with DONTWAIT",
     peeks},
    {"\"ab\" is there: PEEK and WAITALL of 3; the peer writes \"c\"", peeks_all},
    {"the peer writes \"rest\" and closes: PEEK of 2, read, PEEK, PEEK, read", peeks_at_the_end},
    {"the peer writes \"rest\" and closes with bytes unread: PEEK, read, PEEK, PEEK, read",
     peeks_after_reset},
    {"two PEEKs sleep; the peer writes \"x\"; read", peeks_beside},
    {"a write sleeps on a full buffer; the peer's PEEK; the write", peek_makes_no_room},
};

/* From SO-060 on; only AF_INET has hosts. */
static const struct fact network_facts[] = {
    {"bind to an address of another host", bind_elsewhere},
    {"no answer to connect with O_NONBLOCK: that; connect, bind, listen, accept, getpeername",
     connecting},
    {"the same: that; poll", connecting_poll},
    {"refused with O_NONBLOCK: connect; poll, connect, poll, connect", refused_late},
    {"the same: connect; read, poll, read, write", refused_late_read},
    {"the same: connect; write, write, read, connect", refused_late_write},
    {"connected with O_NONBLOCK: connect; poll, connect, connect", connected_late},
    {"no answer with O_NONBLOCK: connect; read, write; without O_NONBLOCK: read, write",
     connecting_moves},
    {"the same: connect; shutdown(RD), poll, connect, shutdown(WR), poll, connect",
     connecting_shutdown},
    {"a signal while connect waits for an answer; poll; an answer comes: connect, connect",
     interrupted_connect},
    {"no answer ever: connect; poll", timed_out},
};

static void show(const struct fact *fact, size_t number, bool has_unix)
{
    printf("| SO-%03zu | %s ", number, fact->what);
    for (int inet = 0; inet < 2; inet++) {
        story[0] = '\0';
        if (inet || has_unix)
            fact->see(inet ? AF_INET : AF_UNIX);
        printf("| %s ", inet || has_unix ? story : "-");
    }
    printf("|\n");
    fflush(stdout);
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    struct utsname host;
    sigaction(SIGPIPE, &a, NULL);
    sigaction(SIGALRM, &a, NULL);
    if (mkdtemp(folder) == NULL || uname(&host) != 0)
        return 1;
    printf("| fact | what is done | AF_UNIX | AF_INET |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        show(&facts[i], i + 1, true);
    for (size_t i = 0; i < sizeof network_facts / sizeof *network_facts; i++)
        show(&network_facts[i], i + 60, false);
    fprintf(stderr, "seen on %s %s\n", host.sysname, host.release);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0;
}
