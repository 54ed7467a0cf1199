/* files.c - what the host's kernel does with FIFOs and files: the facts FO-nnn of docs/files.md.
 *
 * Prints the rows of their table; `make host-facts` compares them with the page. As in sockets.c each
 * fact is a short story of calls, and a call that is still asleep after NAP milliseconds "sleeps". */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAP = 60 };

static char story[1024];
static char folder[] = "/tmp/file-facts-XXXXXX";
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

static void result(ssize_t r)
{
    int error = errno, slept = alarms;
    arm(0);
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

static void opened(int fd)
{
    if (fd < 0)
        result(-1);
    else
        arm(0), say("opens");
}

#define OPEN(fd, path, flags) (arm(NAP), errno = 0, (fd) = open(path, flags, 0600), opened(fd))

static void reads(int fd, size_t n)
{
    char text[64] = "";
    arm(NAP);
    ssize_t got = read(fd, text, n < sizeof text ? n : sizeof text - 1);
    if (got < 0) {
        result(got);
        return;
    }
    arm(0);
    for (ssize_t i = 0; i < got; i++)
        text[i] = text[i] == '\0' ? '.' : text[i];
    if (got > 0)
        say("\"%.*s\"", (int)got, text);
    else
        say("EOF");
}

static void polls(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
    poll(&p, 1, 0);
    say("%s%s%s%s%s", p.revents == 0 ? "nothing" : "", p.revents & POLLIN ? "IN " : "",
        p.revents & POLLOUT ? "OUT " : "", p.revents & POLLERR ? "ERR " : "",
        p.revents & POLLHUP ? "HUP " : "");
    if (story[strlen(story) - 1] == ' ')
        story[strlen(story) - 1] = '\0';
}

static void flags(int fd)
{
    int f = fcntl(fd, F_GETFL);
    say("%s%s%s",
        (f & O_ACCMODE) == O_RDWR     ? "RDWR"
        : (f & O_ACCMODE) == O_WRONLY ? "WRONLY"
                                      : "RDONLY",
        f & O_NONBLOCK ? " NONBLOCK" : "", f & O_APPEND ? " APPEND" : "");
}

static char *path(const char *name)
{
    static char text[128];
    snprintf(text, sizeof text, "%s/%s", folder, name);
    return text;
}

/* A new FIFO; a new file with these bytes. */
static char *fifo(void)
{
    unlink(path("f"));
    mkfifo(path("f"), 0600);
    return path("f");
}

static char *file(const char *bytes)
{
    unlink(path("f"));
    int fd = open(path("f"), O_CREAT | O_WRONLY, 0600);
    write(fd, bytes, strlen(bytes));
    close(fd);
    return path("f");
}

/* -- an open in another thread ------------------------------------------------------------------- */

struct other {
    int flags, fd, error;
    volatile bool done;
};

static void *other_open(void *arg)
{
    struct other *o = arg;
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    o->fd = open(path("f"), o->flags);
    o->error = errno;
    o->done = true;
    return NULL;
}

static struct other *opens(int flags)
{
    pthread_t t;
    struct other *o = calloc(1, sizeof *o);
    o->flags = flags;
    pthread_create(&t, NULL, other_open, o);
    pthread_detach(t);
    nap();
    return o;
}

static void other_gave(const struct other *o)
{
    nap();
    say("%s", !o->done ? "sleeps" : o->fd >= 0 ? "opens" : strerrorname_np(o->error));
}

/* -- FIFOs --------------------------------------------------------------------------------------- */

static void paths(void)
{
    int fd;
    fifo();
    DO(mkfifo(path("f"), 0600));
    DO(mkfifo("", 0600));
    OPEN(fd, path("none"), O_RDONLY);
    OPEN(fd, "", O_RDONLY);
    OPEN(fd, path("f"), O_RDWR | O_CREAT | O_EXCL);
    DO(unlink(path("none")));
}

static void no_writer(void)
{
    int r;
    OPEN(r, fifo(), O_RDONLY | O_NONBLOCK);
    polls(r);
    reads(r, 1);
}

static void writer_comes_and_goes(void)
{
    int r, w;
    OPEN(r, fifo(), O_RDONLY | O_NONBLOCK);
    OPEN(w, path("f"), O_WRONLY);
    DO(write(w, "abc", 3));
    close(w);
    polls(r);
    reads(r, 9);
    polls(r);
    reads(r, 9);
    OPEN(w, path("f"), O_WRONLY);
    polls(r);
    reads(r, 9);
}

static void second_reader(void)
{
    int r = open(fifo(), O_RDONLY | O_NONBLOCK), w, q;
    w = open(path("f"), O_WRONLY);
    close(w);
    q = open(path("f"), O_RDONLY | O_NONBLOCK);
    polls(r);
    polls(q);
}

static void nobody_there(void)
{
    int fd;
    OPEN(fd, fifo(), O_RDONLY);
    OPEN(fd, fifo(), O_WRONLY);
    OPEN(fd, fifo(), O_WRONLY | O_NONBLOCK);
}

static void both_ways(void)
{
    int b, r, w;
    OPEN(b, fifo(), O_RDWR);
    flags(b);
    polls(b);
    OPEN(r, path("f"), O_RDONLY);
    OPEN(w, path("f"), O_WRONLY);
    close(w);
    polls(r);
}

static void withdrawn(void)
{
    int fd;
    OPEN(fd, fifo(), O_RDONLY);
    OPEN(fd, path("f"), O_WRONLY | O_NONBLOCK);
}

static void rendezvous(void)
{
    fifo();
    struct other *o = opens(O_RDONLY);
    int w;
    OPEN(w, path("f"), O_WRONLY);
    close(w);
    other_gave(o);
    polls(o->fd);
    reads(o->fd, 1);
}

static void two_readers(void)
{
    fifo();
    struct other *o = opens(O_RDONLY), *q = opens(O_RDONLY);
    open(path("f"), O_WRONLY);
    other_gave(o);
    other_gave(q);
}

static void half_open(void)
{
    int w;
    fifo();
    struct other *o = opens(O_RDONLY);
    other_gave(o);
    OPEN(w, path("f"), O_WRONLY | O_NONBLOCK);
    other_gave(o);
}

static void survives(void)
{
    int b = open(fifo(), O_RDWR), w, r;
    write(b, "seven..", 7);
    w = open(path("f"), O_WRONLY);
    close(b);
    DO(write(w, "x", 1));
    OPEN(r, path("f"), O_RDONLY);
    reads(r, 99);
    close(w);
    close(r);
}

static void all_closed(void)
{
    int b = open(fifo(), O_RDWR), n = -1;
    write(b, "gone", 4);
    fcntl(b, F_SETPIPE_SZ, 4096);
    close(b);
    b = open(path("f"), O_RDWR);
    ioctl(b, FIONREAD, &n);
    say("%d", n);
    DO(fcntl(b, F_GETPIPE_SZ));
}

static void no_effect(void)
{
    int b = open(fifo(), O_RDWR), c;
    write(b, "abc", 3);
    OPEN(c, path("f"), O_RDWR | O_TRUNC | O_APPEND);
    DO(lseek(c, 0, SEEK_SET));
    reads(c, 9);
}

static void unlinked_fifo(void)
{
    int b = open(fifo(), O_RDWR), c;
    unlink(path("f"));
    DO(write(b, "x", 1));
    OPEN(c, path("f"), O_RDWR);
    OPEN(c, fifo(), O_RDWR | O_NONBLOCK);
    reads(c, 1);
    reads(b, 1);
}

/* -- files --------------------------------------------------------------------------------------- */

static void made(void)
{
    int fd;
    unlink(path("f"));
    OPEN(fd, path("f"), O_WRONLY);
    OPEN(fd, path("f"), O_WRONLY | O_CREAT);
    OPEN(fd, path("f"), O_WRONLY | O_CREAT);
    OPEN(fd, path("f"), O_WRONLY | O_CREAT | O_EXCL);
}

static void wrong_way(void)
{
    int r = open(file("abc"), O_RDONLY), w = open(path("f"), O_WRONLY);
    reads(w, 1);
    DO(write(r, "x", 1));
}

static void at_the_end(void)
{
    int f = open(file(""), O_RDWR), g = open(path("f"), O_RDWR | O_NONBLOCK);
    DO(write(f, "abc", 3));
    reads(f, 9);
    polls(f);
    reads(g, 9);
    reads(g, 9);
}

static void offsets(void)
{
    int f = open(file("abcdef"), O_RDONLY), g = open(path("f"), O_RDONLY), h = dup(f);
    reads(f, 2);
    reads(g, 3);
    reads(h, 2);
    fflush(stdout);
    if (fork() == 0) {
        char c;
        _exit(read(f, &c, 1) != 1);
    }
    wait(NULL);
    reads(f, 9);
}

static void appends(void)
{
    int f = open(file("abc"), O_RDWR | O_APPEND), g = open(path("f"), O_WRONLY | O_APPEND);
    flags(f);
    DO(write(f, "d", 1));
    DO(write(g, "e", 1));
    DO(lseek(f, 0, SEEK_SET));
    DO(write(f, "f", 1));
    DO(lseek(f, 0, SEEK_CUR));
    DO(lseek(f, 0, SEEK_SET));
    reads(f, 9);
    int h = open(path("f"), O_RDWR);
    fcntl(h, F_SETFL, O_APPEND);
    DO(write(h, "g", 1));
    DO(lseek(h, 0, SEEK_CUR));
}

static void race(void)
{
    int f = open(file(""), O_WRONLY), g = open(path("f"), O_RDWR);
    lseek(f, 0, SEEK_END);
    lseek(g, 0, SEEK_END);
    DO(write(f, "one", 3));
    DO(write(g, "two", 3));
    lseek(g, 0, SEEK_SET);
    reads(g, 9);
}

static void truncates(void)
{
    int f = open(file("abcdef"), O_RDWR), g;
    reads(f, 3);
    OPEN(g, path("f"), O_RDONLY | O_TRUNC);
    reads(f, 9);
    DO(write(f, "x", 1));
    reads(g, 9);
}

static void seeks(void)
{
    int f = open(file("abcdef"), O_RDWR), p[2], s[2];
    DO(lseek(f, 2, SEEK_SET));
    DO(lseek(f, 2, SEEK_CUR));
    DO(lseek(f, -1, SEEK_END));
    DO(lseek(f, -9, SEEK_CUR));
    DO(lseek(f, 0, 9));
    DO(lseek(-1, 0, SEEK_SET));
    pipe(p);
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    DO(lseek(p[0], 0, SEEK_SET));
    DO(lseek(s[0], 0, SEEK_CUR));
}

static void holes(void)
{
    int f = open(file("ab"), O_RDWR);
    DO(lseek(f, 4, SEEK_SET));
    reads(f, 9);
    DO(write(f, "", 0));
    DO(lseek(f, 0, SEEK_END));
    DO(lseek(f, 4, SEEK_SET));
    DO(write(f, "!", 1));
    lseek(f, 0, SEEK_SET);
    reads(f, 9);
}

static void unlinked_file(void)
{
    int f = open(file("abc"), O_RDWR), g;
    DO(unlink(path("f")));
    reads(f, 9);
    OPEN(g, path("f"), O_RDONLY);
    OPEN(g, path("f"), O_RDWR | O_CREAT);
    reads(g, 9);
}

static void other_calls(void)
{
    int f = open(file("abcdef"), O_RDONLY), n = -1;
    char c;
    reads(f, 2);
    ioctl(f, FIONREAD, &n);
    say("%d bytes", n);
    DO(fcntl(f, F_GETPIPE_SZ));
    DO(recv(f, &c, 1, 0));
}

static void limit(void)
{
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 4;
    signal(SIGXFSZ, SIG_IGN);
    int f = open(file(""), O_WRONLY);
    setrlimit(RLIMIT_FSIZE, &small);
    DO(write(f, "abcdef", 6));
    DO(write(f, "x", 1));
    setrlimit(RLIMIT_FSIZE, &old);
}

static const struct {
    const char *what;
    void (*see)(void);
} facts[] = {
    {"mkfifo where there is one; of \"\"; open of nothing; of \"\"; O_CREAT and O_EXCL of a FIFO; unlink of nothing",
     paths},
    {"a FIFO without a writer: open for reading with O_NONBLOCK, poll, read", no_writer},
    {"then a writer opens, writes \"abc\" and closes: poll, read, poll, read; another one opens: poll, read",
     writer_comes_and_goes},
    {"a writer has come and gone, then a second reader opens with O_NONBLOCK: poll of the first, of the second",
     second_reader},
    {"nobody has it open: open for reading; for writing; for writing with O_NONBLOCK",
     nobody_there},
    {"O_RDWR: open, flags, poll; another opens for reading, another for writing and closes: poll of the reader",
     both_ways},
    {"an open for reading sleeps until a signal comes; open for writing with O_NONBLOCK",
     withdrawn},
    {"an open for reading sleeps; a writer opens and closes; the open, poll, read", rendezvous},
    {"two opens for reading sleep; a writer opens", two_readers},
    {"an open for reading sleeps; open for writing with O_NONBLOCK; the first", half_open},
    {"O_RDWR writes 7 bytes, a writer opens, O_RDWR closes: write; a reader opens, reads",
     survives},
    {"bytes in it, another capacity, closed by all; opened again: FIONREAD, F_GETPIPE_SZ",
     all_closed},
    {"open of a FIFO with bytes in it with O_TRUNC and O_APPEND; lseek; read", no_effect},
    {"unlink of an open FIFO: write; open; a new one of this name: read; read of the old one",
     unlinked_fifo},
    {"a file that is not there: open; with O_CREAT; again; with O_EXCL, too", made},
    {"read of one that is open for writing; write to one open for reading", wrong_way},
    {"write, read, poll; another with O_NONBLOCK: read, read", at_the_end},
    {"two opens: read 2 of the first, 3 of the second, 2 of a dup of the first; a child reads 1; read",
     offsets},
    {"O_APPEND: flags; two of them write; lseek to 0, write, where it is; lseek, read; set by F_SETFL: write, where it is",
     appends},
    {"two go to the end of an empty file by lseek; both write; the file", race},
    {"open with O_RDONLY and O_TRUNC while another is at 3; that reads, writes; read", truncates},
    {"lseek: 2; 2 on; 1 before the end; before the beginning; no such way; closed; a pipe; a socket",
     seeks},
    {"lseek beyond the end: read; write of 0 bytes; the end; write of 1 byte; the file", holes},
    {"unlink of an open file: read; open; O_CREAT; read of that", unlinked_file},
    {"at 2 of 6: FIONREAD, F_GETPIPE_SZ, recv", other_calls},
    {"RLIMIT_FSIZE of 4: write of 6, write of 1 (SIGXFSZ is ignored)", limit},
};

int main(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    struct utsname host;
    sigaction(SIGPIPE, &a, NULL);
    sigaction(SIGALRM, &a, NULL);
    if (mkdtemp(folder) == NULL || uname(&host) != 0)
        return 1;
    printf("| fact | what is done | seen |\n|---|---|---|\n");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        story[0] = '\0';
        facts[i].see();
        printf("| FO-%03zu | %s | %s |\n", i + 1, facts[i].what, story);
        fflush(stdout);
    }
    fprintf(stderr, "seen on %s %s\n", host.sysname, host.release);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0;
}
