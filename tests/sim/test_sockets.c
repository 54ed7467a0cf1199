/* test_sockets.c - stream sockets. SO-nnn are facts of the host's kernel, listed in docs/sockets.md;
 * tests/host/sockets.c is where they were found. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <errno.h>
#include <string.h>

/* -- what a test says ----------------------------------------------------------------------------- */

/* A process listens as l, connects c to it, and accepts s; then the statements come true. `others` are
 * more items of the script. */
static void run_on(const char *domain, const char *statements, const char *others)
{
    struct strbuf text = {0};
    strbuf_addf(&text,
                "set socket_buffer = 8\n"
                "process a { l = socket(%s); bind(l, \"host:1\"); listen(l, 5)\n"
                "  c = socket(%s); connect(c, \"host:1\"); s = accept(l)\n%s }\n%s",
                domain, domain, statements, others);
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}

static void on_unix(const char *statements)
{
    run_on("AF_UNIX", statements, "");
}

static void on_inet(const char *statements)
{
    run_on("AF_INET", statements, "");
}

static void on_both(const char *statements)
{
    on_unix(statements);
    on_inet(statements);
}

static void with_others(const char *statements, const char *others)
{
    run_on("AF_UNIX", statements, others);
    run_on("AF_INET", statements, others);
}

#define FULL          "write(c, \"12345678\") = 8\n"
#define NO_SIGPIPE    "signal(SIGPIPE, IGN)\n"
#define COUNT_SIGPIPE "n = 0; signal(SIGPIPE, broken)\n"
#define BROKEN        "def broken() { n = n + 1 }\n"
#define POLLS(fd, found)                                                                           \
    "poll(" fd ", POLLIN | POLLOUT, 0) = ?; assert(revents(" fd ") == (" found "))\n"

/* -- before there is a connection ------------------------------------------------------------------ */

START_TEST(a_new_socket_can_neither_read_nor_write) /* SO-001, SO-002 */
{
    on_unix("n = socket(AF_UNIX); read(n, 1) = -1 EINVAL; write(n, \"x\") = -1 ENOTCONN");
    on_inet("n = socket(AF_INET); read(n, 1) = -1 ENOTCONN; write(n, \"x\") = killed SIGPIPE");
    on_inet(NO_SIGPIPE "n = socket(AF_INET); write(n, \"x\") = -1 EPIPE");
}
END_TEST

START_TEST(a_new_socket_has_no_peer) /* SO-003, SO-004 */
{
    on_both(
        "n = socket(AF_INET); shutdown(n, SHUT_WR) = -1 ENOTCONN; ioctl(n, FIONREAD) = 0\n"
        "getpeername(n) = -1 ENOTCONN; accept(n) = -1 EINVAL\n" POLLS("n", "POLLOUT | POLLHUP"));
    on_both("n = socket(AF_UNIX); shutdown(n, SHUT_WR) = 0; accept(c) = -1 EINVAL");
}
END_TEST

START_TEST(a_pipe_is_no_socket) /* SO-005 */
{
    on_both(
        "pipe(p); accept(p[0]) = -1 ENOTSOCK; connect(p[0], \"host:1\") = -1 ENOTSOCK\n"
        "shutdown(p[0], SHUT_WR) = -1 ENOTSOCK; recv(p[0], 1) = -1 ENOTSOCK; bind(p[0], \"x\") = -1 ENOTSOCK\n"
        "send(p[1], \"x\") = -1 ENOTSOCK; listen(p[0], 1) = -1 ENOTSOCK; getpeername(p[0]) = -1 ENOTSOCK");
}
END_TEST

START_TEST(every_call_knows_a_closed_descriptor) /* SO-005 */
{
    on_both(
        "accept(99) = -1 EBADF; connect(99, \"host:1\") = -1 EBADF; shutdown(99, SHUT_WR) = -1 EBADF\n"
        "recv(99, 1) = -1 EBADF; send(99, \"x\") = -1 EBADF; bind(99, \"x\") = -1 EBADF\n"
        "listen(99, 1) = -1 EBADF; getpeername(99) = -1 EBADF");
}
END_TEST

START_TEST(there_are_two_families_and_one_type)
{
    on_both("socket(77) = -1 EAFNOSUPPORT; socket(AF_UNIX, 2) = -1 EINVAL\n"
            "fcntl(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK), F_GETFL) = 2050");
}
END_TEST

START_TEST(an_address_belongs_to_one_socket) /* SO-006, SO-008 */
{
    on_both(
        "n = socket(AF_INET); bind(n, \"n:1\") = 0; bind(n, \"n:2\") = -1 EINVAL\n"
        "m = socket(AF_INET); bind(m, \"n:1\") = -1 EADDRINUSE; bind(m, \"n:2\") = 0; bind(m, \"\") = -1 EINVAL\n"
        "u = socket(AF_UNIX); bind(u, \"n:1\") = 0; bind(socket(AF_UNIX), \"a\\0b\") = -1 EINVAL");
    on_unix("bind(c, \"mine\") = 0; getpeername(c) = \"host:1\"");
    on_inet("bind(c, \"mine\") = -1 EINVAL");
}
END_TEST

START_TEST(an_address_is_free_again_when_its_socket_is_closed) /* unlike SO-007, SO-009 */
{
    on_both("close(l); n = socket(AF_UNIX); m = socket(AF_INET)\n"
            "bind(n, \"host:1\") = 0; bind(m, \"host:1\") = 0");
}
END_TEST

START_TEST(listening_needs_an_address_and_no_connection) /* SO-010 */
{
    on_both(
        "n = socket(AF_UNIX); listen(n, 1) = -1 EINVAL; listen(c, 1) = -1 EINVAL; listen(l, 2) = 0");
}
END_TEST

START_TEST(who_connects_to_nobody_is_refused_and_can_try_again) /* SO-011, SO-012 */
{
    on_both(
        "n = socket(AF_UNIX); connect(n, \"x\") = -1 ENOENT; u = socket(AF_UNIX); bind(u, \"x\")\n"
        "connect(n, \"x\") = -1 ECONNREFUSED; listen(u, 1); connect(n, \"x\") = 0");
    on_both(
        "n = socket(AF_INET); connect(n, \"x\") = -1 ECONNREFUSED; u = socket(AF_INET); bind(u, \"x\")\n"
        "connect(n, \"x\") = -1 ECONNREFUSED; listen(u, 1); connect(n, \"x\") = 0");
    on_unix("n = socket(AF_INET); connect(n, \"host:1\") = -1 ECONNREFUSED");
}
END_TEST

START_TEST(a_socket_connects_once) /* SO-011 */
{
    on_both("connect(c, \"host:1\") = -1 EISCONN; connect(s, \"host:1\") = -1 EISCONN");
    on_unix("connect(l, \"host:1\") = -1 EINVAL");
    on_inet("connect(l, \"host:1\") = -1 EISCONN");
}
END_TEST

START_TEST(addresses_are_known_on_both_sides) /* SO-022 */
{
    on_both(
        "getpeername(c) = \"host:1\"; getpeername(s) = \"\"; close(s); getpeername(c) = \"host:1\"\n");
    on_inet(
        "d = socket(AF_INET); bind(d, \"me:9\"); connect(d, \"host:1\"); e = accept(l); getpeername(e) = \"me:9\"");
}
END_TEST

/* -- the queue of those who wait to be accepted ----------------------------------------------------- */

START_TEST(one_more_than_the_backlog_find_room) /* SO-013 */
{
    comes_true(
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 1); @5..? accept(l); sleep(9); accept(l) }\n"
        "process b * 2 { @1 c = socket(AF_UNIX); @1 connect(c, \"x\"); sleep(9) }\n"
        "process d { @2 c = socket(AF_UNIX); @2..5 connect(c, \"x\"); sleep(9) }\n"
        "expect at 3: d asleep on connect\n");
}
END_TEST

START_TEST(without_sleeping_a_full_queue_is_eagain) /* SO-013; on AF_INET Linux says EINPROGRESS */
{
    on_both(
        "listen(l, 0); n = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK); m = socket(AF_UNIX); u = socket(AF_UNIX)\n"
        "bind(u, \"u\"); listen(u, 0); connect(m, \"u\") = 0; connect(n, \"u\") = -1 EAGAIN; accept(u); connect(n, \"u\") = 0");
}
END_TEST

START_TEST(a_longer_backlog_lets_more_in)
{
    comes_true(
        "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 0); @5 listen(l, 9); sleep(9) }\n"
        "process b { @1 c = socket(AF_INET); connect(c, \"x\"); sleep(9) }\n"
        "process d { @2 c = socket(AF_INET); @2..5 connect(c, \"x\"); sleep(5) }\n");
}
END_TEST

START_TEST(who_sleeps_to_connect_is_refused_when_nobody_listens_any_more)
{
    comes_true(
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 0); @5 close(l) }\n"
        "process b { @1 c = socket(AF_UNIX); connect(c, \"x\"); sleep(9); read(c, 1) = -1 ECONNRESET }\n"
        "process d { @2 c = socket(AF_UNIX); @2..5 connect(c, \"x\") = -1 ENOENT }\n");
    comes_true(
        "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 0); @5 shutdown(l, SHUT_RD); sleep(9) }\n"
        "process b { @1 c = socket(AF_INET); connect(c, \"x\"); sleep(2) }\n"
        "process d { @2 c = socket(AF_INET); @2..5 connect(c, \"x\") = -1 ECONNREFUSED }\n");
}
END_TEST

START_TEST(a_connection_is_there_before_it_is_accepted) /* SO-014 */
{
    on_both(
        "n = socket(AF_UNIX); m = socket(AF_UNIX); bind(n, \"n\"); listen(n, 1); connect(m, \"n\")\n"
        "write(m, \"hi\") = 2; close(m); t = accept(n); read(t, 9) = \"hi\"; read(t, 9) = EOF");
}
END_TEST

START_TEST(who_came_first_is_accepted_first) /* SO-015 */
{
    on_unix(
        "n = socket(AF_UNIX); m = socket(AF_UNIX); connect(m, \"host:1\"); connect(n, \"host:1\")\n"
        "write(n, \"2\"); write(m, \"1\"); t = accept(l); u = accept(l); read(t, 1) = \"1\"; read(u, 1) = \"2\"");
}
END_TEST

START_TEST(closing_the_listening_socket_resets_who_waits) /* SO-016, SO-017 */
{
    static const char *const domains[] = {"AF_UNIX", "AF_INET"};
    for (int i = 0; i < 2; i++) {
        for (int wrote = 0; wrote < 2; wrote++) {
            struct strbuf text = {0};
            strbuf_addf(
                &text,
                NO_SIGPIPE "n = socket(%s); connect(n, \"host:1\"); %s; close(l)\n" POLLS(
                    "n",
                    "POLLIN | POLLOUT | POLLERR | POLLHUP") "read(n, 9) = -1 ECONNRESET; read(n, 9) = EOF; write(n, \"x\") = -1 EPIPE\n",
                domains[i], wrote ? "write(n, \"hi\")" : "");
            run_on(domains[i], strbuf_text(&text), "");
            strbuf_free(&text);
        }
    }
}
END_TEST

START_TEST(accept_sleeps_until_somebody_connects)
{
    comes_true(
        "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 0); @0..3 accept(l) = 4 }\n"
        "process b { @3 c = socket(AF_INET); @3 connect(c, \"x\") = 0 }\n"
        "expect at 2: a asleep on accept\n");
}
END_TEST

START_TEST(one_connection_wakes_one_of_those_who_accept)
{
    comes_true(
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 5); fork(b); fork(d); @0..2 accept(l) }\n"
        "process b { @0..3 accept(l) }\nprocess d { @0..never accept(l) }\n"
        "process e { @2 connect(socket(AF_UNIX), \"x\"); @3 connect(socket(AF_UNIX), \"x\") }\n"
        "end a.sleeps == 1, b.sleeps == 1, d.sleeps == 1\n");
}
END_TEST

START_TEST(the_flag_of_the_listening_socket_is_not_inherited) /* SO-018 */
{
    on_both("fcntl(l, F_SETFL, O_NONBLOCK); accept(l) = -1 EAGAIN; fcntl(s, F_GETFL) = 2");
}
END_TEST

START_TEST(accept_needs_a_descriptor_and_leaves_the_connection_where_it_is) /* SO-019 */
{
    comes_true(
        "set max_files = 6\n"
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 5); c = socket(AF_UNIX); d = dup(c)\n"
        "  @0 accept(l) = -1 EMFILE; connect(c, \"x\"); accept(l) = -1 EMFILE; close(d); accept(l) = 5\n"
        "  socket(AF_UNIX) = -1 EMFILE; socketpair(p) = -1 EMFILE }\n");
}
END_TEST

#define STOPS(domain)                                                                                \
    "thread(b); @5 shutdown(l, SHUT_WR) = 0; @6 shutdown(l, SHUT_RDWR) = 0; accept(l) = -1 EINVAL\n" \
    "connect(socket(" domain "), \"host:1\") = -1 ECONNREFUSED; join(b)"

START_TEST(shutdown_ends_the_listening) /* SO-020 */
{
    run_on("AF_UNIX", STOPS("AF_UNIX"), "process b { @0..6 accept(l) = -1 EINVAL }\n");
    run_on("AF_INET", STOPS("AF_INET"), "process b { @0..6 accept(l) = -1 EINVAL }\n");
}
END_TEST

START_TEST(a_call_keeps_the_listening_socket_open) /* SO-021 */
{
    comes_true(
        "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 5); thread(b); @1 close(l)\n"
        "  @2 connect(socket(AF_INET), \"x\") = 0; yield(); connect(socket(AF_INET), \"x\") = -1 ECONNREFUSED; join(b) }\n"
        "process b { @0..2 accept(l) = ? }\n");
}
END_TEST

/* -- signals ---------------------------------------------------------------------------------------- */

#define HANDLER "def h() { n = n + 1 }\n"

START_TEST(a_signal_ends_accept_or_starts_it_again)
{
    comes_true(
        HANDLER
        "process a { n = 0; sigaction(SIGUSR1, h); l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 5)\n"
        "  @0..2 accept(l) = -1 EINTR; sigaction(SIGUSR1, h, SA_RESTART); @2..4 accept(l) = 4; assert(n == 2) }\n"
        "process k { @2 kill(a, SIGUSR1); @3 kill(a, SIGUSR1); @4 connect(socket(AF_UNIX), \"x\") }\n");
}
END_TEST

START_TEST(a_signal_ends_connect_or_starts_it_again) /* SO-052 */
{
    comes_true(
        HANDLER
        "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 0); @5..? accept(l); sleep(9) }\n"
        "process b { @1 connect(socket(AF_INET), \"x\"); sleep(9) }\n"
        "process c { n = 0; sigaction(SIGUSR1, h); s = socket(AF_INET)\n"
        "  @2..3 connect(s, \"x\") = -1 EINTR; sigaction(SIGUSR1, h, SA_RESTART); @3..5 connect(s, \"x\") = 0\n"
        "  assert(n == 2) }\n"
        "process k { @3 kill(c, SIGUSR1); @4 kill(c, SIGUSR1) }\n");
}
END_TEST

START_TEST(a_connection_comes_before_a_signal) /* else nobody would be woken for it */
{
    comes_true(
        HANDLER
        "process a { n = 0; sigaction(SIGUSR1, h); l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 5)\n"
        "  @0..2 accept(l) = 4; assert(n == 1) }\n"
        "process k { @2 connect(socket(AF_UNIX), \"x\"); kill(a, SIGUSR1) }\n");
}
END_TEST

START_TEST(a_signal_ends_a_read_of_a_socket)
{
    with_others(
        "n = 0; sigaction(SIGUSR1, h); @0..2 read(c, 1) = -1 EINTR; write(s, \"ab\"); @2..3 recv(c, 4, MSG_WAITALL) = \"ab\"",
        HANDLER "process k { @2 kill(a, SIGUSR1); @3 kill(a, SIGUSR1) }\n");
}
END_TEST

/* -- a stream in each direction ---------------------------------------------------------------------- */

START_TEST(bytes_have_no_boundaries) /* SO-023 */
{
    on_both(
        "write(c, \"ab\") = 2; write(c, \"cde\") = 3; read(s, 4) = \"abcd\"; read(s, 4) = \"e\"\n"
        "recv(s, 4, MSG_DONTWAIT) = -1 EAGAIN");
}
END_TEST

START_TEST(the_directions_do_not_disturb_each_other)
{
    on_both(FULL
            "write(s, \"87654321\") = 8; read(c, 9) = \"87654321\"; read(s, 9) = \"12345678\"");
}
END_TEST

START_TEST(zero_bytes_are_nothing) /* SO-024 */
{
    on_both(
        "read(s, 0) = 0; write(c, \"\") = 0; recv(s, 1, MSG_DONTWAIT) = -1 EAGAIN; n = socket(AF_UNIX); read(n, 0) = 0");
    on_unix("close(s); write(c, \"\") = killed SIGPIPE");
    on_inet("close(s); write(c, \"\") = 0; write(c, \"x\") = 1");
}
END_TEST

START_TEST(a_full_buffer_puts_the_writer_to_sleep) /* SO-044, SO-045 */
{
    with_others(
        FULL "send(c, \"x\", MSG_DONTWAIT) = -1 EAGAIN\n" POLLS(
            "c", "0") "thread(b); @0..3 write(c, \"abcdefghijk\") = 11; read(s, 99) = ?; join(b)",
        "process b { @3 read(s, 99) = \"12345678\"; read(s, 3) = \"abc\" }\n");
}
END_TEST

START_TEST(without_sleeping_what_fits_goes_in) /* SO-045 */
{
    on_both(
        "fcntl(c, F_SETFL, O_NONBLOCK); write(c, \"123456\") = 6; write(c, \"abcdef\") = 2; write(c, \"x\") = -1 EAGAIN\n"
        "read(s, 9) = \"123456ab\"; read(c, 1) = -1 EAGAIN; fcntl(s, F_GETFL) = 2");
}
END_TEST

START_TEST(flags_are_for_one_call) /* SO-046 */
{
    on_both(
        "recv(c, 1, MSG_DONTWAIT) = -1 EAGAIN; write(s, \"ab\"); recv(c, 3, MSG_WAITALL | MSG_DONTWAIT) = \"ab\"\n"
        "write(s, \"ef\"); close(s); recv(c, 3, MSG_WAITALL) = \"ef\"");
}
END_TEST

START_TEST(a_peek_leaves_the_bytes_there) /* SO-054 */
{
    with_others(
        "recv(s, 4, MSG_PEEK | MSG_DONTWAIT) = -1 EAGAIN; thread(b); @0..3 recv(s, 4, MSG_PEEK) = \"ab\"\n"
        "recv(s, 1, MSG_PEEK) = \"a\"\n" POLLS(
            "s",
            "POLLIN | POLLOUT") "ioctl(s, FIONREAD) = 2; recv(s, 0, MSG_PEEK) = 0; recv(s, 4) = \"ab\"\n"
                                "recv(s, 4, MSG_PEEK | MSG_DONTWAIT) = -1 EAGAIN",
        "process b { @3 write(c, \"ab\") = 2 }\nend a.to.reads == 1, a.to.used == 0\n");
}
END_TEST

START_TEST(a_peek_does_not_wait_for_more) /* SO-055, on AF_UNIX */
{
    on_both("write(c, \"ab\"); recv(s, 3, MSG_PEEK | MSG_WAITALL) = \"ab\"");
}
END_TEST

START_TEST(a_peek_finds_the_end_and_leaves_it) /* SO-056 */
{
    on_both("write(c, \"rest\"); close(c); recv(s, 2, MSG_PEEK) = \"re\"; recv(s, 9) = \"rest\"\n"
            "recv(s, 1, MSG_PEEK) = EOF; recv(s, 1, MSG_PEEK) = EOF; recv(s, 1) = EOF");
}
END_TEST

START_TEST(a_peek_takes_the_error_of_a_reset) /* SO-057 */
{
    on_both("write(s, \"rest\"); write(c, \"unread\"); close(s)\n"
            "recv(c, 9, MSG_PEEK) = \"rest\"; recv(c, 9) = \"rest\"\n"
            "recv(c, 9, MSG_PEEK) = -1 ECONNRESET; recv(c, 9, MSG_PEEK) = EOF; recv(c, 9) = EOF");
}
END_TEST

START_TEST(two_peeks_get_the_same_byte) /* SO-058: the first one hands the wake-up on */
{
    with_others(
        "thread(b); thread(d); @3 write(c, \"x\") = 1; join(b); join(d); recv(s, 4) = \"x\"",
        "process b { @..3 recv(s, 9, MSG_PEEK) = \"x\" }\n"
        "process d { @..3 recv(s, 9, MSG_PEEK) = \"x\" }\n");
}
END_TEST

START_TEST(a_peek_wakes_no_writer) /* SO-059 */
{
    with_others(FULL "thread(b); @0..3 write(c, \"x\") = 1; join(b)",
                "process b { @1 recv(s, 9, MSG_PEEK) = \"12345678\"; @3 recv(s, 1) = \"1\" }\n");
}
END_TEST

START_TEST(a_peek_after_shutdown_does_not_sleep)
{
    on_both(
        "write(c, \"x\"); shutdown(s, SHUT_RD); recv(s, 9, MSG_PEEK) = \"x\"; recv(s, 9) = \"x\"\n"
        "recv(s, 9, MSG_PEEK) = EOF");
}
END_TEST

START_TEST(waitall_sleeps_until_all_are_there) /* SO-046 */
{
    with_others("thread(b); write(s, \"ab\"); @0..4 recv(c, 4, MSG_WAITALL) = \"abcd\"",
                "process b { @2 write(s, \"c\"); @4 write(s, \"de\") }\n");
}
END_TEST

START_TEST(bytes_in_the_queue_are_counted) /* SO-050 */
{
    on_both(
        "write(c, \"abc\"); ioctl(s, FIONREAD) = 3; ioctl(c, FIONREAD) = 0; ioctl(l, FIONREAD) = -1 EINVAL\n"
        "fcntl(c, F_GETPIPE_SZ) = -1 EBADF");
}
END_TEST

START_TEST(a_pair_is_connected) /* SO-053 */
{
    comes_true(
        "process a { socketpair(s); getpeername(s[0]) = \"\"; write(s[0], \"x\") = 1; read(s[1], 1) = \"x\"\n"
        "  write(s[1], \"y\") = 1; read(s[0], 1) = \"y\" }\n"
        "end s.to.stream == \"x\", s.back.stream == \"y\", s.to.capacity == 212992\n");
}
END_TEST

/* -- the other side leaves ---------------------------------------------------------------------------- */

START_TEST(what_is_there_is_read_then_it_ends) /* SO-025 */
{
    on_unix("write(s, \"rest\"); close(s)\n" POLLS(
        "c",
        "POLLIN | POLLOUT | POLLHUP") "read(c, 9) = \"rest\"; read(c, 9) = EOF; read(c, 9) = EOF");
    on_inet("write(s, \"rest\"); close(s)\n" POLLS(
        "c", "POLLIN | POLLOUT") "read(c, 9) = \"rest\"; read(c, 9) = EOF; read(c, 9) = EOF");
}
END_TEST

START_TEST(tcp_swallows_one_write_to_a_peer_that_is_gone) /* SO-026, SO-027 */
{
    on_unix(NO_SIGPIPE "write(s, \"rest\"); close(s); write(c, \"x\") = -1 EPIPE\n" POLLS(
        "c",
        "POLLIN | POLLOUT | POLLHUP") "write(c, \"x\") = -1 EPIPE; read(c, 9) = \"rest\"; read(c, 9) = EOF");
    on_inet(NO_SIGPIPE "write(s, \"rest\"); close(s); write(c, \"x\") = 1\n" POLLS(
        "c",
        "POLLIN | POLLOUT | POLLERR | POLLHUP") "write(c, \"x\") = -1 EPIPE; read(c, 9) = \"rest\"; read(c, 9) = EOF; write(c, \"x\") = -1 EPIPE");
    on_inet("close(s); write(c, \"x\") = 1; write(c, \"x\") = killed SIGPIPE");
}
END_TEST

START_TEST(a_new_socket_is_not_taken_for_the_peer_that_is_gone)
{
    on_inet("close(s); n = socket(AF_INET); m = socket(AF_INET); write(c, \"x\") = 1");
    on_inet(
        "write(s, \"x\"); close(s); socketpair(p); socketpair(q); close(c)\n"
        "recv(p[0], 1, MSG_DONTWAIT) = -1 EAGAIN; write(p[0], \"x\") = 1; write(q[1], \"x\") = 1\n" POLLS(
            "p[0]", "POLLOUT"));
}
END_TEST

START_TEST(leaving_bytes_unread_resets_the_connection) /* SO-028 */
{
    on_both(
        NO_SIGPIPE
        "write(s, \"rest\"); write(c, \"unread\"); close(s)\n" POLLS("c", "POLLIN | POLLOUT | POLLERR | POLLHUP") "read(c, 9) = \"rest\"; read(c, 9) = -1 ECONNRESET\n" POLLS(
            "c", "POLLIN | POLLOUT | POLLHUP") "read(c, 9) = EOF; write(c, \"x\") = -1 EPIPE");
}
END_TEST

START_TEST(after_a_reset_tcp_says_so_to_the_first_who_asks) /* SO-029 */
{
    on_unix(
        NO_SIGPIPE
        "write(s, \"rest\"); write(c, \"unread\"); close(s); write(c, \"x\") = -1 EPIPE; write(c, \"x\") = -1 EPIPE\n"
        "read(c, 9) = \"rest\"; read(c, 9) = -1 ECONNRESET");
    on_inet(
        NO_SIGPIPE
        "write(s, \"rest\"); write(c, \"unread\"); close(s); write(c, \"x\") = -1 ECONNRESET; write(c, \"x\") = -1 EPIPE\n"
        "read(c, 9) = \"rest\"; read(c, 9) = EOF");
}
END_TEST

START_TEST(a_reset_wakes_the_reader) /* SO-030 */
{
    with_others(
        "write(c, \"unread\"); thread(b); @0..3 read(c, 9) = -1 ECONNRESET; read(c, 9) = EOF",
        "process b { @3 close(s) }\n");
}
END_TEST

START_TEST(a_reset_wakes_the_writer) /* SO-042 */
{
    with_others(FULL COUNT_SIGPIPE
                "thread(b); @0..3 write(c, \"x\") = -1 ECONNRESET; assert(n == 0)\n"
                "write(c, \"x\") = -1 EPIPE; assert(n == 1); read(c, 9) = EOF",
                BROKEN "process b { @3 close(s) }\n");
}
END_TEST

START_TEST(a_write_that_is_cut_short_raises_no_signal) /* SO-043 */
{
    run_on(
        "AF_UNIX",
        COUNT_SIGPIPE
        "thread(b); @0..3 write(c, \"123456789\") = 8; assert(n == 0); write(c, \"x\") = -1 EPIPE\n"
        "write(c, \"x\") = -1 EPIPE; assert(n == 2)",
        BROKEN "process b { @3 close(s) }\n");
    run_on(
        "AF_INET",
        COUNT_SIGPIPE
        "thread(b); @0..3 write(c, \"123456789\") = 8; assert(n == 0); write(c, \"x\") = -1 ECONNRESET\n"
        "write(c, \"x\") = -1 EPIPE; assert(n == 1)",
        BROKEN "process b { @3 close(s) }\n");
}
END_TEST

START_TEST(the_signal_can_be_left_out) /* SO-047 */
{
    on_unix("close(s); send(c, \"x\", MSG_NOSIGNAL) = -1 EPIPE; send(c, \"x\") = killed SIGPIPE");
    on_inet(
        "close(s); send(c, \"x\", MSG_NOSIGNAL) = 1; send(c, \"x\", MSG_NOSIGNAL) = -1 EPIPE; write(c, \"x\") = killed SIGPIPE");
}
END_TEST

START_TEST(dying_closes) /* SO-049 */
{
    with_others("fork(b); close(c); @0..3 read(s, 9) = \"half\"; @3..5 read(s, 9) = EOF",
                "process b { @3 write(c, \"half\"); @5 raise(SIGKILL) = killed SIGKILL }\n");
}
END_TEST

/* -- half close --------------------------------------------------------------------------------------- */

START_TEST(a_half_closed_connection_goes_on_the_other_way) /* SO-031 */
{
    on_both("write(c, \"rest\"); shutdown(c, SHUT_WR) = 0\n" POLLS("c", "POLLOUT") POLLS(
        "s",
        "POLLIN | POLLOUT") "read(s, 9) = \"rest\"; read(s, 9) = EOF; write(s, \"answer\") = 6; read(c, 9) = \"answer\"; write(c, \"x\") = killed SIGPIPE");
}
END_TEST

START_TEST(both_halves_make_a_whole) /* SO-032 */
{
    on_unix("shutdown(c, SHUT_WR); shutdown(s, SHUT_WR)\n" POLLS(
        "c", "POLLIN | POLLOUT | POLLHUP") "read(c, 1) = EOF; shutdown(c, SHUT_WR) = 0");
    on_inet("shutdown(c, SHUT_WR); shutdown(s, SHUT_WR)\n" POLLS(
        "c", "POLLIN | POLLOUT | POLLHUP") "read(c, 1) = EOF; shutdown(c, SHUT_WR) = -1 ENOTCONN");
}
END_TEST

START_TEST(who_reads_no_more_reads_what_was_there) /* SO-033 */
{
    on_unix(NO_SIGPIPE "write(s, \"early\"); shutdown(c, SHUT_RD)\n" POLLS("c", "POLLIN | POLLOUT") POLLS(
        "s",
        "POLLOUT") "read(c, 9) = \"early\"; read(c, 9) = EOF; write(s, \"late\") = -1 EPIPE; read(c, 9) = EOF; write(c, \"x\") = 1");
    on_inet("write(s, \"early\"); shutdown(c, SHUT_RD)\n" POLLS("c", "POLLIN | POLLOUT") POLLS(
        "s",
        "POLLOUT") "read(c, 9) = \"early\"; read(c, 9) = EOF; write(s, \"late\") = 4; read(c, 9) = \"late\"; read(c, 9) = EOF; write(c, \"x\") = 1");
}
END_TEST

START_TEST(shutting_both_ways) /* SO-034 */
{
    on_unix("write(s, \"early\"); shutdown(c, SHUT_RDWR)\n" POLLS("c", "POLLIN | POLLOUT | POLLHUP") POLLS(
        "s",
        "POLLIN | POLLOUT | POLLHUP") "read(s, 9) = EOF; read(c, 9) = \"early\"; read(c, 9) = EOF; write(c, \"x\") = killed SIGPIPE");
    on_inet("write(s, \"early\"); shutdown(c, SHUT_RDWR)\n" POLLS("c", "POLLIN | POLLOUT | POLLHUP") POLLS(
        "s",
        "POLLIN | POLLOUT") "read(s, 9) = EOF; read(c, 9) = \"early\"; read(c, 9) = EOF; write(c, \"x\") = killed SIGPIPE");
}
END_TEST

START_TEST(shutting_again_is_no_mistake_while_the_connection_lasts) /* SO-035, SO-036 */
{
    on_both("shutdown(c, SHUT_WR) = 0; shutdown(c, SHUT_WR) = 0; shutdown(c, 3) = -1 EINVAL");
    on_unix("shutdown(c, SHUT_WR); close(s); shutdown(c, SHUT_RD) = 0");
    on_inet("shutdown(c, SHUT_WR); close(s); shutdown(c, SHUT_RD) = -1 ENOTCONN");
    on_inet("close(s); shutdown(c, SHUT_WR) = 0; shutdown(c, SHUT_RD) = -1 ENOTCONN");
}
END_TEST

START_TEST(shutdown_wakes_the_own_reader) /* SO-037 */
{
    with_others("thread(b); @3 shutdown(c, SHUT_RD) = 0; join(b)",
                "process b { @0..3 read(c, 9) = EOF }\n");
    with_others("thread(b); @3 shutdown(c, SHUT_RD) = 0; join(b); shutdown(c, SHUT_WR) = 0",
                "process b { @0..3 recv(c, 9, MSG_WAITALL) = EOF; write(c, \"x\") = 1 }\n");
}
END_TEST

START_TEST(shutdown_wakes_the_own_writer) /* SO-038 */
{
    run_on("AF_UNIX",
           COUNT_SIGPIPE FULL
           "thread(b); @3 shutdown(c, SHUT_WR) = 0; join(b); read(s, 9) = \"12345678\"",
           BROKEN "process b { n = 0; @0..3 write(c, \"x\") = -1 EPIPE; assert(n == 0) }\n");
    run_on("AF_INET", COUNT_SIGPIPE FULL "thread(b); @3 shutdown(c, SHUT_WR) = 0; join(b)",
           BROKEN "process b { n = 0; @0..3 write(c, \"x\") = -1 EPIPE; assert(n == 1) }\n");
}
END_TEST

START_TEST(shutdown_for_reading_wakes_the_writer_on_the_other_side) /* SO-039 */
{
    run_on("AF_UNIX", COUNT_SIGPIPE FULL "thread(b); @3 shutdown(s, SHUT_RD) = 0; join(b)",
           BROKEN "process b { n = 0; @0..3 write(c, \"x\") = -1 EPIPE; assert(n == 0) }\n");
    run_on("AF_INET", FULL "thread(b); @3 shutdown(s, SHUT_RD) = 0; @5 read(s, 1) = \"1\"; join(b)",
           "process b { @0..5 write(c, \"x\") = 1 }\n");
}
END_TEST

START_TEST(shutdown_wakes_the_own_poller) /* SO-040 */
{
    with_others("thread(b); @3 shutdown(c, SHUT_RD) = 0; join(b)",
                "process b { @0..3 poll(c, POLLIN, -1) = 1 }\n");
}
END_TEST

/* -- sharing ------------------------------------------------------------------------------------------ */

START_TEST(a_call_keeps_the_connection_open) /* SO-041 */
{
    with_others("thread(b); @3 close(c); @4 write(s, \"abc\") = 3; join(b); read(s, 1) = EOF",
                "process b { @0..4 read(c, 9) = \"abc\" }\n");
}
END_TEST

START_TEST(the_last_descriptor_closes_but_any_shuts_down) /* SO-048 */
{
    on_both(
        "d = dup(c); close(c); recv(s, 1, MSG_DONTWAIT) = -1 EAGAIN; shutdown(d, SHUT_WR); read(s, 1) = EOF");
    on_both("d = dup2(c, 20); close(c); close(20); read(s, 1) = EOF");
}
END_TEST

START_TEST(a_forgotten_descriptor_keeps_the_connection_open) /* SO-049 */
{
    comes_true("process a { socketpair(s); fork(b); close(s[0]); @0..never read(s[1], 1) }\n"
               "process b { close(s[1]); @0..never pause() }\n");
}
END_TEST

START_TEST(a_deadlock_names_who_holds_the_other_end)
{
    ends_as("process a { socketpair(s); read(s[1], 1) }\n", VERDICT_STUCK,
            "the write end of s.to is held by a (descriptor 3, from socketpair(s) on line 1)");
    ends_as(
        "process a { socketpair(s); fork(b); close(s[0]); recv(s[1], 1) }\nprocess b { close(s[1]); pause() }\n",
        VERDICT_STUCK,
        "the write end of s.to is held by b (descriptor 3, a copy made by fork(b) on line 1)");
}
END_TEST

START_TEST(a_deadlock_names_who_could_accept)
{
    ends_as("process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 0); fork(b); wait(b) }\n"
            "process b { connect(socket(AF_UNIX), \"x\"); connect(socket(AF_UNIX), \"x\") }\n",
            VERDICT_STUCK,
            "b waits to connect to \"x\": the queue of the listening socket is full (1 waits to be "
            "accepted; its backlog is 0)");
    ends_as(
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 0); fork(b); wait(b) }\n"
        "process b { close(l); connect(socket(AF_UNIX), \"x\"); connect(socket(AF_UNIX), \"x\") }\n",
        VERDICT_STUCK, "each waits for the next: a -(exit of)-> b -(accept by)-> a");
    ends_as("process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 0); accept(l) }\n",
            VERDICT_STUCK, "a waits until somebody connects to \"x\"");
}
END_TEST

START_TEST(a_deadlock_knows_a_connection_that_nobody_has_accepted)
{
    ends_as(
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 0); fork(b); wait(b) }\n"
        "process b { close(l); c = socket(AF_UNIX); connect(c, \"x\"); read(c, 1) }\n",
        VERDICT_STUCK,
        "the write end of b.back belongs to a connection that nobody has accepted: a (descriptor "
        "3, from socket(AF_UNIX) on line 1)");
}
END_TEST

START_TEST(both_write_first_and_wait_for_each_other)
{
    ends_as(
        "set socket_buffer = 4\n"
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 1); c = accept(l); write(c, \"12345\"); read(c, 9) }\n"
        "process b { sleep(1); c = socket(AF_UNIX); connect(c, \"x\"); write(c, \"12345\"); read(c, 9) }\n",
        VERDICT_STUCK, "each waits for the next: a -(room in b.back)-> b -(room in b.to)-> a");
}
END_TEST

START_TEST(threads_may_share_a_socket)
{
    with_others(
        "thread(b); thread(d); join(b); join(d); read(c, 9) = \"xyxyxyxy\"",
        "process b { repeat 4 { write(s, \"x\"); sleep(2) } }\nprocess d { sleep(1); repeat 4 { write(s, \"y\"); sleep(2) } }\n");
}
END_TEST

/* -- poll --------------------------------------------------------------------------------------------- */

START_TEST(poll_knows_what_a_socket_is_ready_for) /* SO-051 */
{
    on_both(
        POLLS("c", "POLLOUT") "write(s, \"x\")\n" POLLS("c", "POLLIN | POLLOUT")
            POLLS("l", "0") "connect(socket(AF_UNIX), \"host:1\") = ?; connect(socket(AF_INET), \"host:1\") = ?\n" POLLS(
                "l", "POLLIN"));
}
END_TEST

START_TEST(poll_sleeps_until_a_socket_is_ready)
{
    with_others(
        "thread(b); @0..2 poll(l, POLLIN, c, POLLIN, -1) = 1; assert(revents(c) == POLLIN); read(c, 9)\n"
        "@2..4 poll(l, POLLIN, c, POLLIN, -1) = 1; assert(revents(l) == POLLIN); accept(l)\n" FULL
        "@4..5 poll(c, POLLOUT, -1) = 1; @5..6 poll(c, POLLIN, -1) = 1; read(c, 1) = EOF\n",
        "process b { @2 write(s, \"x\"); @4 connect(socket(AF_UNIX), \"host:1\") = ?; connect(socket(AF_INET), \"host:1\") = ?\n"
        "  @5 read(s, 9); @6 shutdown(s, SHUT_WR) }\n");
}
END_TEST

/* -- names, limits ------------------------------------------------------------------------------------- */

START_TEST(queues_are_named_after_who_connects)
{
    comes_true(
        "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 9); repeat 3 { c = accept(l); write(c, \"hi\") } }\n"
        "process b * 2 { sleep(1); d = socket(AF_INET); connect(d, \"x\"); write(d, \"one\"); sleep(3) }\n"
        "process e { thread(t); join(t); sleep(9) }\n"
        "process t { sleep(1); d = socket(AF_INET); connect(d, \"x\"); write(d, \"t\"); read(d, 9) = ? }\n"
        "end b.to.stream == \"one\", b.2.back.stream == \"hi\", t.to.stream == \"t\"\n");
    comes_true(
        "process a { repeat 2 { socketpair(s); write(s[0], \"x\") } }\nend s.2.to.stream == \"x\", s.to.used == 1\n");
    comes_true(
        "set socket_buffer = 3\nprocess b { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 9)\n"
        "  connect(socket(AF_UNIX), \"x\"); d = socket(AF_UNIX); connect(d, \"x\"); write(d, \"two\"); sleep(1) }\n"
        "end b.to.stream == \"\", b.to.2.stream == \"two\", b.back.2.writers == 0\nalways b.to.2.used <= 3\n"
        "expect at 0: b.to.2.free == 0\n");
}
END_TEST

START_TEST(what_a_shut_socket_still_reads_is_not_lost)
{
    comes_true(
        "process a { socketpair(s); write(s[0], \"abc\"); shutdown(s[1], SHUT_RD); read(s[1], 2) = \"ab\" }\nend s.to.lost == 1\n");
}
END_TEST

START_TEST(too_little_memory_is_a_limit)
{
    ends_as(
        "set max_memory = 1\n"
        "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 99999); loop { connect(socket(AF_UNIX), \"x\") } }\n",
        VERDICT_LIMIT, "max_memory");
    ends_as("set max_memory = 1, max_files = 100000\nprocess a { loop { socket(AF_UNIX) } }\n",
            VERDICT_LIMIT, "max_memory");
    ends_as("set max_memory = 1, max_files = 100000\nprocess a { loop { socketpair(s) } }\n",
            VERDICT_LIMIT, "max_memory");
}
END_TEST

/* -- any sequence of calls ------------------------------------------------------------------------------ */

/* What a connection is, once more, for calls that never sleep: two strings and who still wants them.
 * Side 0 has socket c, side 1 socket s. */
enum { ROOM = 8, SEQUENCES = 150, CALLS = 40 };

struct side {
    bool closed, shut_read, shut_write, dead;
    int error;
    char sent[ROOM + 1]; /* not yet read by the other side */
};

struct twin {
    bool inet;
    struct side side[2];
    uint64_t seed;
    char next; /* byte to be written */
    struct strbuf script;
};

static unsigned draw(struct twin *t, unsigned n)
{
    t->seed = t->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(t->seed >> 33) % n;
}

static const char *const socket_names[] = {"c", "s"};

static void expects(struct twin *t, const char *error)
{
    strbuf_addf(&t->script, " = -1 %s\n", error);
}

/* May a write go into the queue? If not, its result is in the script. */
static bool goes_in(struct twin *t, int i, size_t n)
{
    struct side *me = &t->side[i], *other = &t->side[1 - i];
    int error = me->error;
    bool refused = me->shut_write || (!t->inet && (other->closed || other->shut_read));
    if (!refused && (!t->inet || (!other->closed && !me->dead)))
        return true;
    if (!refused)
        me->error = 0;
    if (refused || (me->dead && error != ECONNRESET)) {
        expects(t, "EPIPE");
    } else if (error == ECONNRESET) {
        expects(t, "ECONNRESET");
    } else {
        me->dead = true;
        me->error = EPIPE;
        strbuf_addf(&t->script, " = %zu\n", n);
    }
    return false;
}

static void twin_writes(struct twin *t, int i)
{
    char bytes[ROOM + 1] = "";
    struct side *me = &t->side[i];
    size_t n = 1 + draw(t, ROOM), used = strlen(me->sent), room = ROOM - used;
    for (size_t k = 0; k < n; k++)
        bytes[k] = (char)('a' + (t->next++ & 15));
    strbuf_addf(&t->script, "write(%s, \"%s\")", socket_names[i], bytes);
    if (!goes_in(t, i, n))
        return;
    size_t put = n < room ? n : room;
    if (put == 0) {
        expects(t, "EAGAIN");
        return;
    }
    memcpy(me->sent + used, bytes, put);
    me->sent[used + put] = '\0';
    strbuf_addf(&t->script, " = %zu\n", put);
}

static void twin_reads(struct twin *t, int i)
{
    struct side *me = &t->side[i], *other = &t->side[1 - i];
    size_t n = 1 + draw(t, ROOM), used = strlen(other->sent), got = n < used ? n : used;
    strbuf_addf(&t->script, "read(%s, %zu)", socket_names[i], n);
    if (got > 0) {
        strbuf_addf(&t->script, " = \"%.*s\"\n", (int)got, other->sent);
        memmove(other->sent, other->sent + got, used - got + 1);
    } else if (!me->shut_read && !other->closed && !other->shut_write) {
        expects(t, "EAGAIN");
    } else if (me->error == ECONNRESET) {
        me->error = 0;
        expects(t, "ECONNRESET");
    } else {
        strbuf_add(&t->script, " = EOF\n");
    }
}

static void twin_shuts(struct twin *t, int i)
{
    static const char *const ways[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};
    struct side *me = &t->side[i], *other = &t->side[1 - i];
    unsigned how = draw(t, 3);
    strbuf_addf(&t->script, "shutdown(%s, %s)", socket_names[i], ways[how]);
    if (t->inet && (me->dead || (me->shut_write && (other->closed || other->shut_write)))) {
        expects(t, "ENOTCONN");
        return;
    }
    strbuf_add(&t->script, " = 0\n");
    me->shut_read |= how != 1;
    me->shut_write |= how != 0;
}

static void twin_closes(struct twin *t, int i)
{
    struct side *me = &t->side[i], *other = &t->side[1 - i];
    strbuf_addf(&t->script, "close(%s) = 0\n", socket_names[i]);
    me->closed = true;
    if (other->sent[0] != '\0') {
        other->error = ECONNRESET;
        other->dead = true;
    }
}

static void twin_polls(struct twin *t, int i)
{
    struct side *me = &t->side[i], *other = &t->side[1 - i];
    bool refuses = other->closed || (!t->inet && other->shut_read);
    bool in_ended = me->shut_read || other->closed || other->shut_write;
    bool out_ended = me->shut_write || me->dead || (!t->inet && refuses);
    strbuf_addf(
        &t->script, "poll(%s, POLLIN | POLLOUT, 0) = ?; assert(revents(%s) == (0%s%s%s%s))\n",
        socket_names[i], socket_names[i], in_ended || other->sent[0] != '\0' ? " | POLLIN" : "",
        strlen(me->sent) < ROOM || refuses ? " | POLLOUT" : "",
        in_ended && out_ended ? " | POLLHUP" : "", me->error != 0 ? " | POLLERR" : "");
}

static void twin_calls(struct twin *t)
{
    int i = (int)draw(t, 2);
    if (t->side[i].closed)
        return;
    switch (draw(t, 24)) {
    case 0: twin_shuts(t, i); break;
    case 1:
        if (!t->side[1 - i].closed)
            twin_closes(t, i);
        break;
    case 2:
    case 3:
    case 4:
    case 5: twin_polls(t, i); break;
    default:
        if (draw(t, 2))
            twin_writes(t, i);
        else
            twin_reads(t, i);
    }
}

START_TEST(any_sequence_of_calls_does_what_two_strings_would)
{
    for (uint64_t seed = 0; seed < SEQUENCES; seed++) {
        struct twin t = {.inet = _i, .seed = seed};
        strbuf_add(&t.script,
                   NO_SIGPIPE "fcntl(c, F_SETFL, O_NONBLOCK); fcntl(s, F_SETFL, O_NONBLOCK)\n");
        for (int k = 0; k < CALLS; k++)
            twin_calls(&t);
        run_on(t.inet ? "AF_INET" : "AF_UNIX", strbuf_text(&t.script), "");
        strbuf_free(&t.script);
    }
}
END_TEST

/* -- in any order of steps ------------------------------------------------------------------------------ */

/* Closing, shutting, connecting and accepting while others are in the midst of calls on the same
 * sockets. What comes of it depends on the schedule; that it ends, and nobody sleeps on, does not. */
static const char *const meetings[] = {
    "process a { socketpair(s); fork(b); close(s[1]); write(s[0], \"123456\") = ?; read(s[0], 9) = ?; close(s[0]) }\n"
    "process b { signal(SIGPIPE, IGN); close(s[0]); write(s[1], \"1234\") = ?; close(s[1]) }\n",

    "process a { socketpair(s); thread(b); thread(d); shutdown(s[0], SHUT_RDWR); close(s[0]) = ?; close(s[1]) = ? }\n"
    "process b { signal(SIGPIPE, IGN); read(s[0], 9) = ?; read(s[1], 9) = ?; close(s[1]) = ? }\n"
    "process d { signal(SIGPIPE, IGN); write(s[0], \"123456\") = ?; poll(s[1], POLLIN, 3) = ?; close(s[0]) = ? }\n",

    "process a { l = socket(AF_UNIX); bind(l, \"x\"); listen(l, 0); fork(b); fork(d); c = accept(l)\n"
    "  write(c, \"12345\") = ?; close(l); close(c) }\n"
    "process b { signal(SIGPIPE, IGN); close(l); c = socket(AF_UNIX); if ((connect(c, \"x\") = ?) == 0) { read(c, 9) = ?; write(c, \"1\") = ? } }\n"
    "process d { signal(SIGPIPE, IGN); close(l); c = socket(AF_UNIX); if ((connect(c, \"x\") = ?) == 0) { write(c, \"1\") = ?; read(c, 9) = ? } }\n",

    "process a { l = socket(AF_INET); bind(l, \"x\"); listen(l, 0); thread(b); thread(d); thread(e); shutdown(l, SHUT_RDWR) = ?; close(l) = ? }\n"
    "process b { c = accept(l) = ?; if (c != -1) { close(c) } }\n"
    "process d { c = socket(AF_INET); if ((connect(c, \"x\") = ?) == 0) { read(c, 9) = ? }; close(c) = ? }\n"
    "process e { c = socket(AF_INET); if ((connect(c, \"x\") = ?) == 0) { read(c, 9) = ? }; close(l) = ? }\n",

    "process a { socketpair(s); thread(b); fork(d); read(s[0], 9) = ?; close(s[0]) = ?; close(s[1]) = ? }\n"
    "process b { close(s[0]) = ?; close(s[1]) = ? }\nprocess d { raise(SIGKILL) = ? }\n",

    /* what poll has found must be there */
    "process a { socketpair(s); fork(b); close(s[1]); poll(s[0], POLLIN, -1) = 1\n"
    "  recv(s[0], 9, MSG_DONTWAIT) = EOF }\n"
    "process b { close(s[0]); close(s[1]) }\n",

    "process a { socketpair(s); fork(b); write(s[0], \"x\"); close(s[1]); poll(s[0], POLLIN, -1) = 1\n"
    "  recv(s[0], 9, MSG_DONTWAIT) = -1 ECONNRESET }\n"
    "process b { close(s[0]); poll(s[1], POLLIN, -1); close(s[1]) }\n",
};

enum { RANDOM_RUNS = 100 };

START_TEST(sockets_may_go_while_they_are_used)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "set socket_buffer = 4\n%send nobody asleep, no descriptor open\n",
                meetings[_i]);
    for (uint64_t seed = 0; seed < RANDOM_RUNS; seed++) {
        struct script_options options = {.run = {.policy = POLICY_RANDOM, .seed = seed}};
        options.run.freedom.grain = seed % 2 == 0 ? GRAIN_LOCKS : GRAIN_CALLS;
        comes_true_with(strbuf_text(&text), &options);
    }
    strbuf_free(&text);
}
END_TEST

START_TEST(sockets_may_go_while_real_threads_use_them)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "set socket_buffer = 4\n%send nobody asleep, no descriptor open\n",
                meetings[_i]);
    for (int i = 0; i < 10; i++) {
        struct script_options options = {.run = {.mode = SCHED_THREADS}};
        comes_true_with(strbuf_text(&text), &options);
    }
    strbuf_free(&text);
}
END_TEST

Suite *sockets_suite(void)
{
    Suite *suite = suite_create("sockets");
    TCase *setup = tcase_create("setup");
    tcase_add_test(setup, a_new_socket_can_neither_read_nor_write);
    tcase_add_test(setup, a_new_socket_has_no_peer);
    tcase_add_test(setup, a_pipe_is_no_socket);
    tcase_add_test(setup, every_call_knows_a_closed_descriptor);
    tcase_add_test(setup, there_are_two_families_and_one_type);
    tcase_add_test(setup, an_address_belongs_to_one_socket);
    tcase_add_test(setup, an_address_is_free_again_when_its_socket_is_closed);
    tcase_add_test(setup, listening_needs_an_address_and_no_connection);
    tcase_add_test(setup, who_connects_to_nobody_is_refused_and_can_try_again);
    tcase_add_test(setup, a_socket_connects_once);
    tcase_add_test(setup, addresses_are_known_on_both_sides);
    suite_add_tcase(suite, setup);

    TCase *accepting = tcase_create("accepting");
    tcase_add_test(accepting, one_more_than_the_backlog_find_room);
    tcase_add_test(accepting, without_sleeping_a_full_queue_is_eagain);
    tcase_add_test(accepting, a_longer_backlog_lets_more_in);
    tcase_add_test(accepting, who_sleeps_to_connect_is_refused_when_nobody_listens_any_more);
    tcase_add_test(accepting, a_connection_is_there_before_it_is_accepted);
    tcase_add_test(accepting, who_came_first_is_accepted_first);
    tcase_add_test(accepting, closing_the_listening_socket_resets_who_waits);
    tcase_add_test(accepting, accept_sleeps_until_somebody_connects);
    tcase_add_test(accepting, one_connection_wakes_one_of_those_who_accept);
    tcase_add_test(accepting, the_flag_of_the_listening_socket_is_not_inherited);
    tcase_add_test(accepting, accept_needs_a_descriptor_and_leaves_the_connection_where_it_is);
    tcase_add_test(accepting, shutdown_ends_the_listening);
    tcase_add_test(accepting, a_call_keeps_the_listening_socket_open);
    suite_add_tcase(suite, accepting);

    TCase *signals = tcase_create("signals");
    tcase_add_test(signals, a_signal_ends_accept_or_starts_it_again);
    tcase_add_test(signals, a_signal_ends_connect_or_starts_it_again);
    tcase_add_test(signals, a_connection_comes_before_a_signal);
    tcase_add_test(signals, a_signal_ends_a_read_of_a_socket);
    suite_add_tcase(suite, signals);

    TCase *stream = tcase_create("stream");
    tcase_add_test(stream, bytes_have_no_boundaries);
    tcase_add_test(stream, the_directions_do_not_disturb_each_other);
    tcase_add_test(stream, zero_bytes_are_nothing);
    tcase_add_test(stream, a_full_buffer_puts_the_writer_to_sleep);
    tcase_add_test(stream, without_sleeping_what_fits_goes_in);
    tcase_add_test(stream, flags_are_for_one_call);
    tcase_add_test(stream, a_peek_leaves_the_bytes_there);
    tcase_add_test(stream, a_peek_does_not_wait_for_more);
    tcase_add_test(stream, a_peek_finds_the_end_and_leaves_it);
    tcase_add_test(stream, a_peek_takes_the_error_of_a_reset);
    tcase_add_test(stream, two_peeks_get_the_same_byte);
    tcase_add_test(stream, a_peek_wakes_no_writer);
    tcase_add_test(stream, a_peek_after_shutdown_does_not_sleep);
    tcase_add_test(stream, waitall_sleeps_until_all_are_there);
    tcase_add_test(stream, bytes_in_the_queue_are_counted);
    tcase_add_test(stream, a_pair_is_connected);
    suite_add_tcase(suite, stream);

    TCase *leaving = tcase_create("leaving");
    tcase_add_test(leaving, what_is_there_is_read_then_it_ends);
    tcase_add_test(leaving, tcp_swallows_one_write_to_a_peer_that_is_gone);
    tcase_add_test(leaving, a_new_socket_is_not_taken_for_the_peer_that_is_gone);
    tcase_add_test(leaving, leaving_bytes_unread_resets_the_connection);
    tcase_add_test(leaving, after_a_reset_tcp_says_so_to_the_first_who_asks);
    tcase_add_test(leaving, a_reset_wakes_the_reader);
    tcase_add_test(leaving, a_reset_wakes_the_writer);
    tcase_add_test(leaving, a_write_that_is_cut_short_raises_no_signal);
    tcase_add_test(leaving, the_signal_can_be_left_out);
    tcase_add_test(leaving, dying_closes);
    suite_add_tcase(suite, leaving);

    TCase *half = tcase_create("half");
    tcase_add_test(half, a_half_closed_connection_goes_on_the_other_way);
    tcase_add_test(half, both_halves_make_a_whole);
    tcase_add_test(half, who_reads_no_more_reads_what_was_there);
    tcase_add_test(half, shutting_both_ways);
    tcase_add_test(half, shutting_again_is_no_mistake_while_the_connection_lasts);
    tcase_add_test(half, shutdown_wakes_the_own_reader);
    tcase_add_test(half, shutdown_wakes_the_own_writer);
    tcase_add_test(half, shutdown_for_reading_wakes_the_writer_on_the_other_side);
    tcase_add_test(half, shutdown_wakes_the_own_poller);
    suite_add_tcase(suite, half);

    TCase *sharing = tcase_create("sharing");
    tcase_add_test(sharing, a_call_keeps_the_connection_open);
    tcase_add_test(sharing, the_last_descriptor_closes_but_any_shuts_down);
    tcase_add_test(sharing, a_forgotten_descriptor_keeps_the_connection_open);
    tcase_add_test(sharing, a_deadlock_names_who_holds_the_other_end);
    tcase_add_test(sharing, a_deadlock_names_who_could_accept);
    tcase_add_test(sharing, a_deadlock_knows_a_connection_that_nobody_has_accepted);
    tcase_add_test(sharing, both_write_first_and_wait_for_each_other);
    tcase_add_test(sharing, threads_may_share_a_socket);
    suite_add_tcase(suite, sharing);

    TCase *polling = tcase_create("polling");
    tcase_add_test(polling, poll_knows_what_a_socket_is_ready_for);
    tcase_add_test(polling, poll_sleeps_until_a_socket_is_ready);
    suite_add_tcase(suite, polling);

    TCase *names = tcase_create("names");
    tcase_add_test(names, queues_are_named_after_who_connects);
    tcase_add_test(names, what_a_shut_socket_still_reads_is_not_lost);
    tcase_add_test(names, too_little_memory_is_a_limit);
    suite_add_tcase(suite, names);

    TCase *any = tcase_create("any");
    tcase_add_loop_test(any, any_sequence_of_calls_does_what_two_strings_would, 0, 2);
    tcase_add_loop_test(any, sockets_may_go_while_they_are_used, 0,
                        sizeof meetings / sizeof *meetings);
    tcase_add_loop_test(any, sockets_may_go_while_real_threads_use_them, 0,
                        sizeof meetings / sizeof *meetings);
    suite_add_tcase(suite, any);
    return suite;
}
