/* test_linux_pipe.c - a pipe with page slots: the facts of pipe-semantics that can be told without
 * anybody sleeping. Each is a line of steps, made on the pipe; and, where this is Linux, on the kernel's
 * own, which must give the same.
 *
 * A step is a letter, perhaps a number, and what must come: w write, r read, z F_SETPIPE_SZ, a FIONREAD,
 * i is there something to read, o may one write (poll); d O_DIRECT on or off; s splice to, t tee to
 * the second pipe; x close the read end, y the write end. Capitals are about the second pipe. "w1*16=1"
 * is sixteen times the same. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* splice, tee, F_SETPIPE_SZ */
#endif
#include "ringbuf/pipe.h"
#include "tests/suites.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct fact {
    const char *number, *steps;
} facts[] = {
    {"PS-021", "z65536=65536 a=0 i=0 o=1"},
    {"PS-025", "w3=3 r100=3"},
    {"PS-027", "w4096=4096 w4096=4096 w10=10 r8000=8000 r100000=202"},
    {"PS-028", "r1=EAGAIN"},
    {"PS-029", "r0=0 w65536=65536 r0=0 a=65536 y r0=0"},
    {"PS-031", "w200000=65536 r200000=65536 r1=EAGAIN"},
    {"PS-032", "w1*10=1 r10=10"},
    {"PS-036", "w65536=65536 w1=EAGAIN"},
    {"PS-037", "w0=0 w65536=65536 w0=0 x w0=0"},
    {"PS-049",
     "w65536=65536 r1=1 a=65535 r4095=4095 w4096=4096 a=65536 r5000=5000 w8192=4096 a=64632 "
     "r3192=3192 w4096=4096 a=65536"},
    {"PS-050", "w4095=4095 w4097=4097 a=8192 r8192=8192"},
    {"PS-055", "w1*65536=1 w1=EAGAIN a=65536"},
    {"PS-056", "w512*128=512 w512=EAGAIN a=65536"},
    {"PS-057", "w2049*16=2049 w2049=EAGAIN a=32784"},
    {"PS-058", "w1366*32=1366 w1366=EAGAIN a=43712"},
    {"PS-059", "w3000*16=3000 w3000=EAGAIN w1096=1096 w1=EAGAIN"},
    {"PS-060", "w4097*10=4097 w4097=4096 w4097=EAGAIN a=45066"},
    {"PS-061", "w5000*10=5000 w5000=4096 w5000=EAGAIN a=54096"},
    {"PS-061", "w8191*8=8191 w8191=EAGAIN a=65528"},
    {"PS-061", "w12289*4=12289 w12289=8192 w12289=EAGAIN a=57348"},
    {"PS-062", "d w1*16=1 a=16 o=0 w1=EAGAIN"},
    {"PS-063", "w65536=65536 r1=1 w1=EAGAIN o=0"},
    {"PS-064", "w65536=65536 r1=1 r4094=4094 w1=EAGAIN a=61441"},
    {"PS-065", "w65536=65536 r4095=4095 r1=1 o=1 w1=1 w4096=EAGAIN w4095=4095"},
    {"PS-066", "w65536=65536 r6000=6000 w1*4096=1 w1=EAGAIN"},
    {"PS-067", "w61441=61441 o=0 w4096=EAGAIN w1=1 w4095=EAGAIN w4094=4094 w1=EAGAIN"},
    {"PS-068", "w61441=61441 w4097=1 w8192=EAGAIN w8200=8"},
    {"PS-069", "z4096=4096 w4096=4096 r4095=4095 w1=EAGAIN r1=1 w1=1"},
    {"PS-070", "z4096=4096 w1=1 o=0 w10=10"},
    {"PS-071", "z4096=4096 w100=100 r99=99 w3997=EAGAIN w3996=3996"},
    {"PS-072", "z4096=4096 w4000=4000 r4000=4000 w4096=4096"},
    {"PS-073", "z8192=8192 w1=1 w4096=4096 w1=EAGAIN"},
    {"PS-074", "z8192=8192 w4000=4000 w97=97 w4000=EAGAIN w97=97"},
    {"PS-075", "z8192=8192 w3000=3000 w3000=3000 w1097=EAGAIN w1096=1096 w1=EAGAIN"},
    {"PS-076",
     "z8192=8192 w3000=3000 w3000=3000 w1000=1000 w1000=EAGAIN r3000=3000 w1000=1000 w96=96 "
     "a=5096"},
    {"PS-077", "w65535=65535 w1=1 w1=EAGAIN"},
    {"PS-080", "w65537=65536"},
    {"PS-111", "w10=10 y r4=4 r100=6 r1=0 r1=0"},
    {"PS-118", "w10=10 x w1=EPIPE a=10 w0=0"},
    {"PS-153", "i=0 o=1"},
    {"PS-156", "w65536=65536 r1=1 i=1 o=0"},
    {"PS-175", "z0=4096 z1=4096 z4095=4096 z4096=4096"},
    {"PS-176", "z4097=8192 z8193=16384 z12288=16384 z65537=131072 z100000=131072 z1048576=1048576"},
    {"PS-181", "w65536=65536 z32768=EBUSY z65536=65536"},
    {"PS-182", "w32768=32768 z32768=32768 o=0 r4095=4095 z16384=EBUSY"},
    {"PS-183", "d w1*16=1 z32768=EBUSY z131072=131072 o=1"},
    {"PS-184", "w65536=65536 r20000=20000 w16000=16000 z131072=131072 r100000=61536"},
    {"PS-202", "d w10=10 w20=20 r100=10 r100=20 r100=EAGAIN"},
    {"PS-203", "d w10=10 w20=20 r4=4 a=20 r100=20"},
    {"PS-204", "d w10000=10000 r100000=4096 r100000=4096 r100000=1808"},
    {"PS-205", "d w0=0 i=0 w5=5 r0=0 a=5"},
    {"PS-206", "d w3*16=3 a=48 w3=EAGAIN o=0 r1=1 o=1"},
    {"PS-207", "d w1*14=1 w12288=8192"},
    {"PS-209", "w10=10 d w20=20 w30=30 d w40=40 w50=50 r1000=150"},
    {"PS-210", "w10=10 d w4096=4096 w20=20 r100=100 a=20 r100=20"},
    {"PS-211", "d w10=10 d w20=20 r100=10 r100=20"},
    {"PS-213", "d w10=10 w20=20 y r5=5 r5=5 r5=0"},
    {"PS-222", "w100=100 t1000=100 t30=30 a=100 s1000=100 a=0 A=230 R1000=230"},
    {"PS-223", "t1=EAGAIN s1=EAGAIN y t1=0 s1=0 W65536=65536 s1=EAGAIN X s1=EPIPE"},
    {"PS-136", "w1=1 X s1=EPIPE t1=EPIPE"},
    {"PS-224", "s0=0 t0=0"},
    {"PS-225", "w100=100 s1*16=1 A=16 O=0 W1=EAGAIN"},
    {"PS-226", "w100=100 s1000=100 Z4096=4096 W10=10"},
    {"PS-226", "w100=100 t1000=100 Z4096=4096 W10=EAGAIN"},
};

enum { FACTS = sizeof facts / sizeof *facts, MOST = 200000 };

static char bytes[MOST];

/* -- on either ---------------------------------------------------------------------------------- */

struct step {
    char letter;
    long n, times, result;
    bool second; /* the second pipe; of s and t: never */
};

struct stage_of_fact {
    long (*make)(struct stage_of_fact *f, const struct step *s);
    struct pipe *models[2];
    bool direct[2];
    int fds[2][2];
};

static long result_named(const char **text)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {{"EAGAIN", EAGAIN}, {"EBUSY", EBUSY}, {"EPIPE", EPIPE}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        size_t length = strlen(errors[i].name);
        if (strncmp(*text, errors[i].name, length) == 0) {
            *text += length;
            return -errors[i].number;
        }
    }
    return strtol(*text, (char **)text, 10);
}

static const char *next_step(const char *text, struct step *s)
{
    while (*text == ' ')
        text++;
    *s = (struct step){.letter = (char)tolower(*text), .second = isupper(*text), .times = 1};
    text += *text != '\0';
    s->n = strtol(text, (char **)&text, 10);
    if (*text == '*')
        s->times = strtol(text + 1, (char **)&text, 10);
    if (*text == '=') {
        text++;
        s->result = result_named(&text);
    }
    return text;
}

static void holds(struct stage_of_fact *f, const struct fact *fact)
{
    struct step s;
    const char *at = next_step(fact->steps, &s);
    for (; s.letter != '\0'; at = next_step(at, &s)) {
        for (long i = 0; i < s.times; i++) {
            long result = f->make(f, &s);
            ck_assert_msg(result == s.result, "%s: %s\nbefore '%s', number %ld: %ld, not %ld",
                          fact->number, fact->steps, at, i + 1, result, s.result);
        }
    }
}

/* -- the library -------------------------------------------------------------------------------- */

static long on_library(struct stage_of_fact *f, const struct step *s)
{
    struct pipe *p = f->models[s->second], *q = f->models[!s->second];
    size_t n = (size_t)s->n;
    switch (s->letter) {
    case 'w':
        return pipe_write(p, bytes, n, PIPE_NONBLOCK | (f->direct[s->second] ? PIPE_PACKET : 0));
    case 'r': return pipe_read(p, bytes, n, PIPE_NONBLOCK);
    case 'z': return pipe_set_capacity(p, n);
    case 'a': return (long)pipe_used(p);
    case 'i': return (pipe_poll(p) & PIPE_IN) != 0;
    case 'o': return (pipe_poll(p) & PIPE_OUT) != 0;
    case 's': return pipe_splice(p, q, n, PIPE_NONBLOCK);
    case 't': return pipe_tee(p, q, n, PIPE_NONBLOCK);
    case 'd': f->direct[s->second] = !f->direct[s->second]; return 0;
    case 'x': pipe_close_reader(p); return 0;
    case 'y': pipe_close_writer(p); return 0;
    default: ck_abort_msg("no step '%c'", s->letter);
    }
    return 0;
}

START_TEST(holds_of_the_library)
{
    struct stage_of_fact f = {.make = on_library};
    for (int i = 0; i < 2; i++)
        f.models[i] = pipe_new(&(struct pipe_options){.storage = PIPE_SLOTS});
    holds(&f, &facts[_i]);
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_null(pipe_check(f.models[i]));
        pipe_free(f.models[i]);
    }
}
END_TEST

/* -- the kernel --------------------------------------------------------------------------------- */

#ifdef __linux__

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int ready(int fd, short events)
{
    struct pollfd p = {fd, events, 0};
    poll(&p, 1, 0);
    return (p.revents & events) != 0;
}

static long change_direct(struct stage_of_fact *f, bool second)
{
    f->direct[second] = !f->direct[second];
    return fcntl(f->fds[second][1], F_SETFL, O_NONBLOCK | (f->direct[second] ? O_DIRECT : 0));
}

static long close_end(int *fd)
{
    int was = *fd;
    *fd = -1;
    return close(was);
}

static long available(const int fds[2])
{
    int n = 0;
    return ioctl(fds[0] >= 0 ? fds[0] : fds[1], FIONREAD, &n) != 0 ? -1 : n;
}

static long call_kernel(struct stage_of_fact *f, const struct step *s)
{
    int *p = f->fds[s->second], *q = f->fds[!s->second];
    switch (s->letter) {
    case 'w': return write(p[1], bytes, (size_t)s->n);
    case 'r': return read(p[0], bytes, (size_t)s->n);
    case 'z': return fcntl(p[0], F_SETPIPE_SZ, s->n);
    case 'a': return available(p);
    case 'i': return ready(p[0], POLLIN);
    case 'o': return ready(p[1], POLLOUT);
    case 's': return splice(p[0], NULL, q[1], NULL, (size_t)s->n, 0);
    case 't': return tee(p[0], q[1], (size_t)s->n, 0);
    case 'd': return change_direct(f, s->second);
    case 'x': return close_end(&p[0]);
    case 'y': return close_end(&p[1]);
    default: return -1;
    }
}

static long on_kernel(struct stage_of_fact *f, const struct step *s)
{
    long result = call_kernel(f, s);
    return result < 0 ? -(long)errno : result;
}

/* Pages of another size, or a user with a great many pipes, make other numbers. */
static bool kernel_is_as_usual(void)
{
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    bool usual = sysconf(_SC_PAGESIZE) == 4096 && fcntl(fds[0], F_GETPIPE_SZ) == 65536;
    close(fds[0]);
    close(fds[1]);
    return usual;
}

START_TEST(holds_of_the_kernel)
{
    struct stage_of_fact f = {.make = on_kernel};
    if (!kernel_is_as_usual())
        return;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pipe2(f.fds[i], O_NONBLOCK), 0);
    holds(&f, &facts[_i]);
    for (int i = 0; i < 4; i++)
        close_end(&f.fds[i / 2][i % 2]);
}
END_TEST

#endif

Suite *linux_pipe_suite(void)
{
    Suite *s = suite_create("linux_pipe");
    TCase *fact = tcase_create("fact");
    suite_add_tcase(s, fact);
    tcase_add_loop_test(fact, holds_of_the_library, 0, FACTS);
#ifdef __linux__
    tcase_add_loop_test(fact, holds_of_the_kernel, 0, FACTS);
#endif
    return s;
}
