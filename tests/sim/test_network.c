/* test_network.c - connections between hosts: segments, windows, loss, and how they end. SO-nnn are facts
 * of the host's kernel, listed in docs/sockets.md; tests/host/sockets.c is where they were found. */
#include "sim/explore/explore.h"
#include "sim/run/vocabulary.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

/* -- what a test says ---------------------------------------------------------------------------- */

/* Two hosts; at tick 0 the server listens as s, and then each of them does what is said. */
#define LINK_OF(settings, server, client)                                                          \
    "set " settings "\n"                                                                           \
    "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 5)\n" server " }\n"    \
    "process client { signal(SIGPIPE, IGN); c = socket(AF_INET)\n" client " }\n"
#define LINK(settings, server, client)                                                             \
    LINK_OF("latency = 2, socket_buffer = 8" settings, server, client)
#define NARROW(settings, server, client)                                                           \
    LINK_OF("latency = 2, socket_buffer = 4" settings, server, client)
#define ACCEPTS  "c = accept(s)\n"
#define CONNECTS "connect(c, \"server:7\")\n"
#define IMPATIENT                                                                                  \
    "d = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK)\n"                                           \
    "connect(d, \"server:7\") = -1 EINPROGRESS\n"
#define POLLS(fd, found)                                                                           \
    "poll(" fd ", POLLIN | POLLOUT, 0) = ?; assert(revents(" fd ") == (" found "))\n"

static void shows_at(enum trace_depth depth, const char *text, const char *fragment)
{
    struct script_options options = {.depth = depth};
    struct scripted *s = run_text(text, &options);
    ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
    text_contains(strbuf_text(&s->text), fragment);
    script_free(s);
}

static void shows(const char *text, const char *fragment)
{
    shows_at(DEPTH_CALLS, text, fragment);
}

static struct exploration *look(const char *text, enum reduction reduction, enum grain grain)
{
    struct source source = {"test.pipe", text, strlen(text)};
    struct diag_list diags = {0};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    ck_assert_ptr_nonnull(program);
    struct run_options run = {.freedom.grain = grain, .outcome = OUTCOME_RESULTS};
    struct explore_options options = {
        .run = &run, .reduction = reduction, .bounds.preemptions = -1};
    struct exploration *found = explore(program, &options, &diags);
    ck_assert_ptr_nonnull(found);
    ck_assert_int_eq(found->end, SEARCH_COMPLETE);
    program_free(program);
    diag_list_free(&diags);
    return found;
}

static void has_outcomes(const char *text, enum reduction reduction, enum grain grain,
                         size_t outcomes)
{
    struct exploration *found = look(text, reduction, grain);
    ck_assert_uint_eq(found->outcome_count, outcomes);
    ck_assert_uint_eq(found->failure_count, 0);
    exploration_free(found);
}

/* -- hosts ----------------------------------------------------------------------------------------- */

START_TEST(without_a_link_all_is_as_before)
{
    comes_true(
        "set socket_buffer = 8\n"
        "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 1)\n"
        "  @0..0 c = accept(s); read(c, 1) = \"x\" }\n"
        "process client { c = socket(AF_INET); @0 connect(c, \"server:7\"); @0 write(c, \"x\") }\n"
        "end client.to.stream == \"x\"\n");
}
END_TEST

START_TEST(each_setting_makes_a_link)
{
    static const char *const settings[] = {"latency = 1", "bandwidth = 1", "loss = 100"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct strbuf text = {0};
        strbuf_addf(
            &text,
            "set %s\n"
            "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 1)\n"
            "  c = accept(s); read(c, 1) = \"x\" }\n"
            "process client { c = socket(AF_INET); connect(c, \"server:7\"); write(c, \"x\") }\n"
            "end client.to.far.stream == \"x\", nobody asleep\n",
            settings[i]);
        comes_true(strbuf_text(&text));
        strbuf_free(&text);
    }
}
END_TEST

START_TEST(processes_of_one_host_need_no_link)
{
    comes_true(
        "set latency = 9\n"
        "process server on h { s = socket(AF_INET); bind(s, \"h:7\"); listen(s, 1); accept(s) }\n"
        "process client on h { c = socket(AF_INET); @0 connect(c, \"h:7\")\n"
        "  write(c, \"x\"); assert(getpeername(c) == \"h:7\") }\n"
        "end client.to.stream == \"x\", client.to.in_flight == 0\n");
}
END_TEST

START_TEST(a_child_is_on_the_host_of_its_parent)
{
    comes_true("set latency = 9\n"
               "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 1)\n"
               "  fork(child); accept(s) }\n"
               "process child { c = socket(AF_INET); @0 connect(c, \"server:7\") }\n");
}
END_TEST

START_TEST(unix_sockets_and_pairs_know_no_hosts)
{
    comes_true("set latency = 9\n"
               "process a { s = socket(AF_UNIX); bind(s, \"/x\"); listen(s, 1); socketpair(p)\n"
               "  @0 write(p[0], \"x\"); @0 read(p[1], 1) = \"x\"; sleep(2) }\n"
               "process b { c = socket(AF_UNIX); @1 connect(c, \"/x\") }\n");
}
END_TEST

START_TEST(an_address_of_another_host_cannot_be_had) /* SO-060 */
{
    comes_true("process a on near { s = socket(AF_INET); bind(s, \"far:7\") = -1 EADDRNOTAVAIL\n"
               "  bind(s, \"near:7\") }\n"
               "process b on far { }\n");
}
END_TEST

/* -- the handshake --------------------------------------------------------------------------------- */

START_TEST(three_segments_make_a_connection)
{
    const char *text =
        LINK_OF("latency = 5, socket_buffer = 8", "@0..15 c = accept(s)", "@0..10 " CONNECTS);
    shows(text, "    5  network  SYN client > server               left at tick 0\n"
                "   10  network  SYN-ACK server > client           left at tick 5\n");
    shows(text,
          "   15  network  ACK client > server               left at tick 10, wakes server\n");
}
END_TEST

START_TEST(nobody_listens) /* SO-011, SO-012 */
{
    const char *text =
        LINK("", "sleep(20)",
             "@0..4 connect(c, \"server:8\") = -1 ECONNREFUSED\n"
             "@4..8 connect(c, \"nobody:1\") = -1 ECONNREFUSED; connect(c, \"server:7\") = 0");
    shows(text, "RST server > client");
    shows(text, "RST nobody > client");
}
END_TEST

START_TEST(a_socket_that_is_connecting) /* SO-061, SO-062 */
{
    comes_true(LINK(
        "", "sleep(9)",
        IMPATIENT
        "connect(d, \"server:7\") = -1 EALREADY; bind(d, \"client:1\") = -1 EINVAL\n"
        "listen(d, 1) = -1 EINVAL; accept(d) = -1 EINVAL; getpeername(d) = -1 ENOTCONN\n" POLLS(
            "d",
            "0") "@0..4 poll(d, POLLIN | POLLOUT, -1) = 1; assert(revents(d) == POLLOUT)\n"
                 "connect(d, \"server:7\") = 0; connect(d, \"server:7\") = -1 EISCONN")); /* SO-066 */
}
END_TEST

#define REFUSED "close(s)"

START_TEST(a_socket_that_is_connecting_cannot_listen) /* SO-061 */
{
    comes_true(LINK("", "sleep(9)",
                    "d = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK); bind(d, \"client:1\")\n"
                    "connect(d, \"server:7\") = -1 EINPROGRESS; listen(d, 1) = -1 EINVAL"));
}
END_TEST

START_TEST(connect_tells_late_that_it_was_refused) /* SO-063 */
{
    comes_true(LINK(
        "", REFUSED,
        IMPATIENT
        "@0..4 poll(d, POLLIN, -1) = 1\n" POLLS("d", "POLLIN | POLLOUT | POLLERR | POLLHUP") "connect(d, \"server:7\") = -1 ECONNREFUSED\n" POLLS(
            "d", "POLLOUT | POLLHUP") "connect(d, \"server:7\") = -1 EINPROGRESS"));
}
END_TEST

START_TEST(read_and_write_tell_that_it_was_refused) /* SO-064, SO-065 */
{
    comes_true(LINK(
        "", REFUSED,
        IMPATIENT "sleep(9); read(d, 1) = -1 ECONNREFUSED\n" POLLS(
            "d", "POLLIN | POLLOUT | POLLHUP") "read(d, 1) = EOF; write(d, \"x\") = -1 EPIPE"));
    comes_true(LINK("", REFUSED,
                    IMPATIENT
                    "sleep(9); write(d, \"x\") = -1 ECONNREFUSED; write(d, \"x\") = -1 EPIPE\n"
                    "read(d, 1) = EOF; connect(d, \"server:7\") = -1 ECONNABORTED\n"
                    "connect(d, \"server:7\") = -1 EINPROGRESS"));
}
END_TEST

START_TEST(read_and_write_wait_for_the_answer) /* SO-067 */
{
    const char *waits =
        "read(d, 1) = -1 EAGAIN; write(d, \"x\") = -1 EAGAIN; fcntl(d, F_SETFL, 0)\n";
    struct strbuf text = {0};
    strbuf_addf(&text, LINK("", ACCEPTS "write(c, \"y\"); read(c, 1) = \"x\"", IMPATIENT "%s%s"),
                waits, "@0..4 write(d, \"x\") = 1");
    comes_true(strbuf_text(&text));
    strbuf_clear(&text);
    strbuf_addf(&text, LINK("", ACCEPTS "write(c, \"y\")", IMPATIENT "%s%s"), waits,
                "@0..8 read(d, 1) = \"y\"");
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}
END_TEST

START_TEST(shutdown_ends_connecting) /* SO-068 */
{
    comes_true(LINK(
        "", "alarm(50); accept(s) = killed SIGALRM",
        IMPATIENT
        "shutdown(d, SHUT_RD) = 0\n" POLLS("d", "POLLOUT | POLLERR | POLLHUP") "connect(d, \"server:7\") = -1 EINPROGRESS; shutdown(d, SHUT_WR) = 0\n" POLLS(
            "d", "POLLOUT | POLLERR | POLLHUP")));
    comes_true(LINK(
        "", "sleep(9)",
        "thread(t); @0..1 connect(c, \"server:7\") = -1 ECONNRESET") "process t { @1 shutdown(c, SHUT_WR) = 0 }\n");
}
END_TEST

START_TEST(a_signal_in_connect_does_not_end_connecting) /* SO-069 */
{
    comes_true("def h() { }\n" LINK("", ACCEPTS "sleep(9)",
                                    "sigaction(SIGALRM, h); alarm(1)\n"
                                    "@0..1 connect(c, \"server:7\") = -1 EINTR\n" POLLS(
                                        "c", "0") "@1..4 connect(c, \"server:7\") = 0\n"
                                                  "connect(c, \"server:7\") = -1 EISCONN"));
    comes_true("def h() { }\n" LINK("", ACCEPTS "sleep(9)",
                                    "sigaction(SIGALRM, h, SA_RESTART); alarm(1)\n"
                                    "@0..4 connect(c, \"server:7\") = 0"));
}
END_TEST

START_TEST(two_threads_wait_for_one_answer)
{
    comes_true(
        LINK("", ACCEPTS "sleep(9)",
             "thread(t); @0..4 " CONNECTS) "process t { @1..4 connect(c, \"server:7\") = 0 }\n");
    comes_true(LINK(
        "", REFUSED,
        "thread(t); @0..4 connect(c, \"server:7\") = -1 ECONNREFUSED\n") "process t { @1..4 connect(c, \"server:7\") = -1 ECONNABORTED }\n");
}
END_TEST

START_TEST(no_answer_ever) /* SO-070 */
{
    const char *text =
        LINK(", loss = 1", "",
             "@0..1016 connect(c, \"server:7\") = -1 ETIMEDOUT\n" POLLS("c", "POLLOUT | POLLHUP"));
    struct scripted *s = run_text(text, NULL);
    ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
    ck_assert_uint_eq(occurrences(strbuf_text(&s->text), "lost\n"), 7);
    script_free(s);
}
END_TEST

START_TEST(who_closes_while_connecting_is_not_accepted)
{
    shows(LINK("", "alarm(50); accept(s) = killed SIGALRM", IMPATIENT "close(d); sleep(9)"),
          "RST client > server");
    shows(LINK("", "alarm(50); accept(s) = killed SIGALRM",
               "alarm(1); connect(c, \"server:7\") = killed SIGALRM"),
          "RST client > server");
}
END_TEST

/* -- the listening socket -------------------------------------------------------------------------- */

START_TEST(a_full_queue_drops_syn)
{
    const char *text = "set latency = 2\n"
                       "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 0)\n"
                       "  @7 accept(s); @7..14 accept(s) }\n"
                       "process a { c = socket(AF_INET); @0..4 connect(c, \"server:7\") }\n"
                       "process b { c = socket(AF_INET); @0..12 connect(c, \"server:7\") }\n";
    shows(text, "    2  network  SYN b > server                    dropped: the queue of the "
                "listening socket is full\n");
}
END_TEST

START_TEST(who_has_given_up_leaves_its_place)
{
    comes_true("set latency = 2\n"
               "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 0)\n"
               "  @..? accept(s) }\n"
               "process a { c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK)\n"
               "  connect(c, \"server:7\") = -1 EINPROGRESS; close(c) }\n"
               "process b { c = socket(AF_INET); @7..11 connect(c, \"server:7\") = 0 }\n");
}
END_TEST

START_TEST(closing_the_listening_socket_resets_who_waits) /* SO-016, SO-017 */
{
    const char *reads = CONNECTS "write(c, \"x\"); read(c, 1) = -1 ECONNRESET; read(c, 1) = EOF";
    struct strbuf text = {0};
    strbuf_addf(&text, LINK("", "@9 close(s); sleep(50)", "%s"), reads); /* in the queue */
    comes_true(strbuf_text(&text));
    strbuf_clear(&text);
    strbuf_addf(&text, LINK("", "@3 close(s); sleep(50)", "%s"), reads); /* half open */
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}
END_TEST

START_TEST(closing_the_listening_socket_refuses_whose_answer_was_lost)
{
    comes_true(LINK(", loss = 2", "@3 close(s); sleep(50)",
                    "@0..12 connect(c, \"server:7\") = -1 ECONNREFUSED"));
}
END_TEST

/* -- bytes ----------------------------------------------------------------------------------------- */

START_TEST(bytes_are_in_flight)
{
    comes_true(LINK_OF(
        "latency = 5, socket_buffer = 8", ACCEPTS "@15 read(c, 8) = \"abc\"",
        CONNECTS
        "@10 write(c, \"abc\") = 3") "expect at 12: client.to.used == 0, client.to.in_flight == 3, client.to.far.used == 0\n"
                                     "end client.to.in_flight == 0, client.to.far.stream == \"abc\"\n");
}
END_TEST

START_TEST(a_write_is_cut_into_segments)
{
    const char *text =
        LINK(", segment = 3", ACCEPTS "sleep(9)", CONNECTS "write(c, \"abcdefgh\") = 8");
    shows(text, "DATA 1-3 client > server          client.to.far[abc     ] left at tick 4\n");
    shows(text, "DATA 4-6 client");
    shows(text, "DATA 7-8 client");
}
END_TEST

START_TEST(bandwidth_spaces_segments)
{
    comes_true(LINK(
        ", segment = 2, bandwidth = 1",
        ACCEPTS "@6..8 read(c, 8) = \"ab\"; @8..10 read(c, 8) = \"cd\"; @10..11 read(c, 8) = \"e\"",
        CONNECTS "@4 write(c, \"abcde\") = 5"));
    comes_true(LINK(", segment = 2, bandwidth = 2", /* a small segment takes a tick, too */
                    ACCEPTS "@6..7 read(c, 8) = \"a\"; @7..10 read(c, 8) = \"b\"",
                    CONNECTS "@4 write(c, \"a\") = 1; @7 write(c, \"b\")"));
}
END_TEST

START_TEST(bandwidth_is_of_each_direction_and_acknowledgements_need_none)
{
    comes_true(NARROW(", bandwidth = 1",
                      ACCEPTS "@6 write(c, \"abcd\"); @6..10 recv(c, 4, MSG_WAITALL) = \"1234\"",
                      CONNECTS "@4 write(c, \"1234\"); @4..12 recv(c, 4, MSG_WAITALL) = \"abcd\""));
}
END_TEST

START_TEST(acknowledgements_do_not_wait_for_data)
{
    comes_true(NARROW(
        ", bandwidth = 1",
        ACCEPTS "@7 write(c, \"abcd\"); @7..10 recv(c, 4, MSG_WAITALL); sleep(9)",
        CONNECTS "@4 write(c, \"1234\"); @5 write(c, \"5678\"); @6..12 write(c, \"9\"); sleep(9)"));
}
END_TEST

START_TEST(a_slow_reader_makes_the_writer_sleep)
{
    comes_true(NARROW(
        "", ACCEPTS "@30 read(c, 4) = \"abcd\"; @50 read(c, 4) = \"efgh\"",
        CONNECTS
        "@4 write(c, \"abcd\"); @5 write(c, \"efgh\"); @6..32 write(c, \"i\")") "expect at 20: client.to.used == 4, client.to.far.used == 4, client asleep on client.to.not_full\n"
                                                                                "always client.to.in_flight + client.to.far.used <= 4\n");
}
END_TEST

START_TEST(the_window_is_told)
{
    const char *text =
        NARROW("", ACCEPTS "@30 read(c, 4); sleep(9)", CONNECTS "@4 write(c, \"abc\"); sleep(50)");
    shows(text, "    8  network  ACK 3 server > client             left at tick 6, window 1\n");
    shows(text, "   32  network  ACK 3 server > client             left at tick 30, window 4\n");
}
END_TEST

START_TEST(the_window_opens_for_half_of_the_buffer) /* RFC 9293, 3.8.6.2.2 */
{
    comes_true(NARROW(
        "", ACCEPTS "sleep(20); @26 read(c, 1) = \"a\"; sleep(4); @30 read(c, 1) = \"b\"; sleep(9)",
        CONNECTS
        "write(c, \"abcdefgh\"); @9..32 write(c, \"i\")") "expect at 29: client.to.used == 4, client.to.far.used == 3\n"
                                                          "expect at 33: client.to.in_flight == 2\n");
}
END_TEST

START_TEST(the_window_opens_for_a_segment)
{
    comes_true(LINK(", segment = 2", ACCEPTS "sleep(20); @26 read(c, 2) = \"01\"; sleep(9)",
                    CONNECTS "write(c, \"0123456789abcdef\"); @9..28 write(c, \"g\")"));
}
END_TEST

/* -- loss ------------------------------------------------------------------------------------------ */

#define TALK(settings)                                                                             \
    LINK(settings,                                                                                 \
         ACCEPTS "recv(c, 8, MSG_WAITALL) = \"abcdefgh\"; read(c, 1) = EOF; write(c, \"ok\")",     \
         CONNECTS                                                                                  \
         "write(c, \"abcdefgh\"); shutdown(c, SHUT_WR); read(c, 8) = \"ok\"; read(c, 8) = EOF")

START_TEST(a_lost_segment_is_sent_again)
{
    static const char *const lost[] = {
        NULL,
        NULL,
        "SYN-ACK server > client           lost",
        "DATA 1-4 client > server          client.to[        ] lost",
        "DATA 5-8 client > server          client.to[        ] lost",
        "FIN client > server               client.to[        ] lost"};
    ck_assert_int_lt(_i, (int)(sizeof lost / sizeof *lost));
    struct strbuf text = {0};
    strbuf_addf(&text, TALK(", segment = 4, loss = %d"), _i);
    shows(strbuf_text(&text), lost[_i]);
    strbuf_free(&text);
}
END_TEST

START_TEST(a_lost_syn_is_sent_again) /* the third segment is that of the second who connects */
{
    const char *text =
        "set latency = 2, loss = 3\n"
        "process server { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 5); sleep(50) }\n"
        "process a * 3 { c = socket(AF_INET); connect(c, \"server:7\") }\n";
    shows(text, "SYN a.3 > server                  lost\n");
    shows(text, "   10  network  SYN a.3 > server                  left at tick 8\n");
}
END_TEST

START_TEST(what_comes_before_its_turn_is_thrown_away)
{
    shows(TALK(", segment = 4, loss = 3"), "thrown away: bytes before it are missing\n");
}
END_TEST

/* The patience of a sender is that with its first unacknowledged byte. */
START_TEST(later_writes_do_not_put_off_what_is_sent_again)
{
    comes_true(LINK(", loss = 3", ACCEPTS "@6..14 read(c, 1) = \"a\"; sleep(50)",
                    CONNECTS
                    "@4 write(c, \"a\"); sleep(2); write(c, \"b\"); sleep(2); write(c, \"c\")\n"
                    "sleep(2); write(c, \"d\"); sleep(30)"));
}
END_TEST

START_TEST(what_is_not_lost_is_sent_once) /* also when its last bit leaves late */
{
    struct scripted *s = run_text(
        LINK_OF("latency = 2, socket_buffer = 32, segment = 16, bandwidth = 1, loss = 1000",
                ACCEPTS "recv(c, 32, MSG_WAITALL) = \"0123456789abcdef\" * 2",
                CONNECTS "write(c, \"0123456789abcdef\" * 2); sleep(90)"),
        NULL);
    ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
    ck_assert_uint_eq(occurrences(strbuf_text(&s->text), "  DATA"), 2);
    script_free(s);
}
END_TEST

START_TEST(
    no_segment_is_lost_for_ever) /* it was: the same one each time, and the reader saw end of file */
{
    comes_true(LINK(", segment = 1, loss = 3",
                    ACCEPTS "recv(c, 2, MSG_WAITALL) = \"ab\"; read(c, 1) = EOF",
                    CONNECTS "write(c, \"ab\"); close(c)"));
}
END_TEST

/* -- the end --------------------------------------------------------------------------------------- */

START_TEST(half_close_leaves_the_other_direction) /* SO-031 */
{
    const char *text =
        LINK("", ACCEPTS "read(c, 8) = \"ask\"; read(c, 8) = EOF; @..? write(c, \"tell\") = 4",
             CONNECTS "write(c, \"ask\"); shutdown(c, SHUT_WR); read(c, 8) = \"tell\"\n"
                      "read(c, 8) = EOF; write(c, \"x\") = -1 EPIPE");
    shows(text, "FIN client > server");
    shows(text, "FIN server > client");
    shows(text, "ACK 4 server > client");
}
END_TEST

START_TEST(who_writes_to_a_closed_socket_is_reset) /* SO-026 */
{
    shows(LINK("", ACCEPTS "close(c); sleep(50)",
               CONNECTS
               "read(c, 1) = EOF; @..? write(c, \"a\") = 1; sleep(9); write(c, \"b\") = -1 EPIPE"),
          "RST server > client");
}
END_TEST

START_TEST(closing_with_bytes_unread_resets) /* SO-028, SO-030 */
{
    comes_true(LINK("", ACCEPTS "read(c, 1); close(c); sleep(50)",
                    CONNECTS "write(c, \"abc\"); read(c, 8) = -1 ECONNRESET; read(c, 8) = EOF\n"
                             "write(c, \"x\") = -1 EPIPE"));
}
END_TEST

START_TEST(what_was_written_before_a_reset_is_read) /* SO-028 */
{
    comes_true(LINK(", segment = 2", ACCEPTS "read(c, 1); write(c, \"rest\"); close(c); sleep(50)",
                    CONNECTS "write(c, \"abc\"); recv(c, 4, MSG_WAITALL) = \"rest\"\n"
                             "read(c, 8) = -1 ECONNRESET; read(c, 8) = EOF"));
    comes_true(LINK(", bandwidth = 1",
                    ACCEPTS "read(c, 1); write(c, \"rest\"); close(c); sleep(50)",
                    CONNECTS "write(c, \"abc\"); recv(c, 4, MSG_WAITALL) = \"rest\"\n"
                             "read(c, 8) = -1 ECONNRESET"));
}
END_TEST

START_TEST(a_reset_wakes_a_writer_that_sleeps) /* SO-042, SO-043 */
{
    comes_true(NARROW("", ACCEPTS "sleep(9); exit(0)",
                      CONNECTS "write(c, \"0123456789\") = 8; write(c, \"x\") = -1 ECONNRESET\n"
                               "write(c, \"x\") = -1 EPIPE; shutdown(c, SHUT_WR) = -1 ENOTCONN"));
}
END_TEST

START_TEST(a_killed_process_closes) /* the same with bytes unread, above */
{
    comes_true(LINK("", ACCEPTS "alarm(3); read(c, 1) = killed SIGALRM",
                    CONNECTS "@4..11 read(c, 1) = EOF"));
    comes_true(LINK("", ACCEPTS "@6..9 read(c, 1) = EOF",
                    CONNECTS "alarm(3); read(c, 1) = killed SIGALRM"));
    comes_true(LINK_OF("latency = 2, socket_buffer = 2",
                       ACCEPTS "sleep(20); recv(c, 9, MSG_WAITALL) = \"0123\"",
                       CONNECTS "alarm(3); write(c, \"0123456789\") = killed SIGALRM"));
}
END_TEST

START_TEST(what_is_in_the_send_buffer_outlives_its_writer)
{
    comes_true(NARROW(
        "", ACCEPTS "sleep(50); read(c, 8) = \"0123\"; read(c, 8) = \"4567\"; read(c, 8) = EOF",
        CONNECTS "write(c, \"01234567\") = 8; exit(0)") "end nobody asleep, no descriptor open\n");
}
END_TEST

START_TEST(children_and_threads_share_a_connection)
{
    comes_true(LINK(
        "", ACCEPTS "fork(child); close(c); wait()", /* SO-049 */
        CONNECTS
        "thread(t); write(c, \"ask\"); read(c, 8) = \"ASK\"; shutdown(c, SHUT_WR)") "process child { @..? read(c, 8) = \"ask\"; write(c, \"ASK\"); read(c, 8) = EOF }\n"
                                                                                    "process t { sleep(90) }\n"
                                                                                    "end nobody asleep\n");
}
END_TEST

/* -- what is said of it ---------------------------------------------------------------------------- */

#define BOTH_WRITE                                                                                 \
    NARROW("", ACCEPTS "write(c, \"0123456789\"); read(c, 1)",                                     \
           CONNECTS "write(c, \"abcdefghij\"); read(c, 1)")

START_TEST(a_deadlock_says_who_must_read_and_that_the_far_end_is_full)
{
    ends_as(
        BOTH_WRITE, VERDICT_STUCK,
        "client waits for room: client.to is full (4 of 4 bytes), and 8 bytes of this write are in; "
        "they arrive in client.to.far, which has 4 of 4 bytes");
    ends_as(BOTH_WRITE, VERDICT_STUCK, "the read end of client.to is held by server");
    ends_as(
        BOTH_WRITE, VERDICT_STUCK,
        "each waits for the next: server -(room in client.back)-> client -(room in client.to)-> server");
}
END_TEST

START_TEST(a_connection_that_nobody_accepts_is_named)
{
    const char *text = LINK("", "pipe(p); read(p[0], 1)", CONNECTS "write(c, \"x\"); read(c, 1)");
    ends_as(
        text, VERDICT_STUCK,
        "the write end of client.back.far belongs to a connection that nobody has accepted: server");
    ends_as(LINK("", "pipe(p); read(p[0], 1)", CONNECTS "write(c, \"0123456789abcdefXYZ\")"),
            VERDICT_STUCK,
            "the read end of client.to belongs to a connection that nobody has accepted: server");
}
END_TEST

START_TEST(a_process_may_be_called_network)
{
    struct script_options options = {.run.policy = POLICY_RANDOM, .run.seed = 1};
    const char *text =
        "set latency = 2\n"
        "process network { s = socket(AF_INET); bind(s, \"network:7\"); listen(s, 1)\n"
        "  c = accept(s); read(c, 5) = \"hi\" }\n"
        "process client { sleep(1); c = socket(AF_INET); connect(c, \"network:7\"); write(c, \"hi\") }\n"
        "end network exited\n";
    for (options.run.seed = 1; options.run.seed < 9; options.run.seed++) {
        struct scripted *s = run_text(text, &options);
        ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
        char *schedule = run_schedule(s->run);
        script_free(s);
        s = replay(text, schedule, DEPTH_CALLS);
        ck_assert_int_eq(s->verdict, VERDICT_AS_EXPECTED);
        script_free(s);
        free(schedule);
    }
}
END_TEST

START_TEST(json_has_the_segments)
{
    struct scripted *s = run_text(TALK(", segment = 4, loss = 3"), NULL);
    text_contains(strbuf_text(&s->json), "\"event\":\"sent\",\"process\":\"network\",\"value\":2,"
                                         "\"value2\":-1,\"text\":\"SYN client > server\"");
    text_contains(strbuf_text(&s->json), "\"event\":\"arrived\"");
    text_contains(strbuf_text(&s->json), "\"event\":\"lost\"");
    text_contains(strbuf_text(&s->json), "\"event\":\"link\"");
    script_free(s);
}
END_TEST

START_TEST(with_threads_all_comes_true)
{
    struct script_options options = {.run.mode = SCHED_THREADS};
    comes_true_with(
        "set latency = 2, loss = 3, segment = 4\npipe go\n"
        "process server > go { s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 5)\n"
        "  write(go, \"x\"); c = accept(s); recv(c, 8, MSG_WAITALL) = \"abcdefgh\"\n"
        "  read(c, 1) = EOF; write(c, \"ok\") }\n"
        "process client < go { read(go, 1); c = socket(AF_INET); connect(c, \"server:7\")\n"
        "  write(c, \"abcdefgh\"); shutdown(c, SHUT_WR); read(c, 8) = \"ok\"; read(c, 8) = EOF }\n"
        "end nobody asleep\n",
        &options);
}
END_TEST

/* -- in every schedule ----------------------------------------------------------------------------- */

START_TEST(every_engine_finds_the_same)
{
    const char *text = LINK("", "@3 close(s)", "connect(c, \"server:7\") = ?; read(c, 1) = ?");
    for (int reduction = REDUCTION_STATES; reduction <= REDUCTION_NONE; reduction++) {
        has_outcomes(text, (enum reduction)reduction, GRAIN_CALLS, 1);
        has_outcomes(LINK("", "@2 close(s)", "connect(c, \"server:7\") = ?"),
                     (enum reduction)reduction, GRAIN_CALLS, 2);
    }
}
END_TEST

/* Which bytes are to be sent again is part of the state, also when no buffer remembers them. */
START_TEST(bytes_to_be_sent_again_are_told_apart)
{
    has_outcomes(
        LINK_OF(
            "latency = 2, socket_buffer = 2, segment = 1, loss = 3",
            ACCEPTS "print(recv(c, 4, MSG_WAITALL))",
            CONNECTS
            "thread(t); write(c, \"a\"); join(t); write(c, \"zz\")") "process t { write(c, \"b\") }\n",
        REDUCTION_STATES, GRAIN_CALLS, 2);
}
END_TEST

/* -- whatever happens, no byte is changed ---------------------------------------------------------- */

static unsigned drawn;

static int draw(int least, int most)
{
    drawn = drawn * 1103515245u + 12345u;
    return least + (int)(drawn >> 16) % (most - least + 1);
}

static void add_settings(struct strbuf *text)
{
    static const int losses[] = {0, 0, 2, 3, 4, 5, 7, 11};
    strbuf_addf(text,
                "set latency = %d, bandwidth = %d, loss = %d, segment = %d, socket_buffer = %d\n",
                draw(1, 9), draw(0, 3), losses[draw(0, 7)], draw(1, 6), draw(1, 9));
}

/* What a side writes, and how it ends: in order, or by leaving at some time. */
struct side {
    const char *name, *reader, *letters, *connects;
    struct strbuf all, writes;
    bool leaves;
};

static void draw_writes(struct side *side)
{
    for (int i = draw(1, 5); i > 0; i--) {
        int from = draw(0, 9), length = draw(1, 15);
        strbuf_addf(&side->writes, "  write(c, \"%.*s\") = ?\n", length, side->letters + from);
        strbuf_addf(&side->all, "%.*s", length, side->letters + from);
        if (draw(0, 2) == 0)
            strbuf_addf(&side->writes, "  sleep(%d)\n", draw(1, 30));
    }
}

/* Its second thread reads what the other one writes; what it has is the beginning of that. */
static void add_side(struct strbuf *text, const struct side *side, const struct side *other)
{
    strbuf_addf(text, "process %s { signal(SIGPIPE, IGN)\n  %s\n  thread(%s)\n%s", side->name,
                side->connects, side->reader, strbuf_text(&side->writes));
    strbuf_addf(text, side->leaves ? "  exit(0) }\n" : "  shutdown(c, SHUT_WR) = ?; join(%s) }\n",
                side->reader);
    strbuf_addf(
        text,
        "process %s {\n  all = \"%s\"; got = \"\"\n  while ((x = read(c, %d) = ?) != EOF) {\n",
        side->reader, strbuf_text(&other->all), draw(1, 9));
    strbuf_addf(text,
                "    if (x == -1) { break }\n    got = got + x; assert(got == all[..len(got)])\n");
    if (draw(0, 1))
        strbuf_addf(text, "    sleep(%d)\n", draw(1, 12));
    strbuf_addf(text, "  }\n%s}\n", side->leaves || other->leaves ? "" : "  assert(got == all)\n");
}

static void draw_scenario(struct strbuf *text)
{
    struct side server = {
        .name = "server",
        .reader = "hears",
        .letters = "0123456789ABCDEFGHIJKLMN",
        .connects = "s = socket(AF_INET); bind(s, \"server:7\"); listen(s, 1); c = accept(s)"};
    struct side client = {.name = "client",
                          .reader = "sees",
                          .letters = "abcdefghijklmnopqrstuvwxyz",
                          .connects = "c = socket(AF_INET); connect(c, \"server:7\")"};
    server.leaves = draw(0, 3) == 0;
    client.leaves = draw(0, 3) == 0;
    add_settings(text);
    draw_writes(&server);
    draw_writes(&client);
    add_side(text, &server, &client);
    add_side(text, &client, &server);
    strbuf_add(text, "end nobody asleep, no descriptor open\n"
                     "always client.to.in_flight >= 0, client.back.in_flight >= 0\n");
    strbuf_free(&server.all);
    strbuf_free(&server.writes);
    strbuf_free(&client.all);
    strbuf_free(&client.writes);
}

START_TEST(what_is_read_is_what_was_written)
{
    struct script_options options = {.run.policy = POLICY_RANDOM};
    for (int i = 0; i < 100; i++) {
        struct strbuf text = {0};
        drawn = (unsigned)(_i * 100 + i);
        options.run.seed = drawn;
        draw_scenario(&text);
        comes_true_with(strbuf_text(&text), &options);
        strbuf_free(&text);
    }
}
END_TEST

/* -- the suite ------------------------------------------------------------------------------------- */

static TCase *add_case(Suite *suite, const char *name)
{
    TCase *made = tcase_create(name);
    suite_add_tcase(suite, made);
    return made;
}

Suite *network_suite(void)
{
    Suite *suite = suite_create("network");
    TCase *hosts = add_case(suite, "hosts");
    tcase_add_test(hosts, without_a_link_all_is_as_before);
    tcase_add_test(hosts, each_setting_makes_a_link);
    tcase_add_test(hosts, processes_of_one_host_need_no_link);
    tcase_add_test(hosts, a_child_is_on_the_host_of_its_parent);
    tcase_add_test(hosts, unix_sockets_and_pairs_know_no_hosts);
    tcase_add_test(hosts, an_address_of_another_host_cannot_be_had);
    TCase *handshake = add_case(suite, "handshake");
    tcase_add_test(handshake, three_segments_make_a_connection);
    tcase_add_test(handshake, nobody_listens);
    tcase_add_test(handshake, a_socket_that_is_connecting);
    tcase_add_test(handshake, a_socket_that_is_connecting_cannot_listen);
    tcase_add_test(handshake, connect_tells_late_that_it_was_refused);
    tcase_add_test(handshake, read_and_write_tell_that_it_was_refused);
    tcase_add_test(handshake, read_and_write_wait_for_the_answer);
    tcase_add_test(handshake, shutdown_ends_connecting);
    tcase_add_test(handshake, a_signal_in_connect_does_not_end_connecting);
    tcase_add_test(handshake, two_threads_wait_for_one_answer);
    tcase_add_test(handshake, no_answer_ever);
    tcase_add_test(handshake, who_closes_while_connecting_is_not_accepted);
    TCase *listening = add_case(suite, "listening");
    tcase_add_test(listening, a_full_queue_drops_syn);
    tcase_add_test(listening, who_has_given_up_leaves_its_place);
    tcase_add_test(listening, closing_the_listening_socket_resets_who_waits);
    tcase_add_test(listening, closing_the_listening_socket_refuses_whose_answer_was_lost);
    TCase *bytes = add_case(suite, "bytes");
    tcase_add_test(bytes, bytes_are_in_flight);
    tcase_add_test(bytes, a_write_is_cut_into_segments);
    tcase_add_test(bytes, bandwidth_spaces_segments);
    tcase_add_test(bytes, bandwidth_is_of_each_direction_and_acknowledgements_need_none);
    tcase_add_test(bytes, acknowledgements_do_not_wait_for_data);
    tcase_add_test(bytes, the_window_opens_for_a_segment);
    tcase_add_test(bytes, a_slow_reader_makes_the_writer_sleep);
    tcase_add_test(bytes, the_window_is_told);
    tcase_add_test(bytes, the_window_opens_for_half_of_the_buffer);
    TCase *loss = add_case(suite, "loss");
    tcase_add_loop_test(loss, a_lost_segment_is_sent_again, 2, 6);
    tcase_add_test(loss, a_lost_syn_is_sent_again);
    tcase_add_test(loss, what_comes_before_its_turn_is_thrown_away);
    tcase_add_test(loss, later_writes_do_not_put_off_what_is_sent_again);
    tcase_add_test(loss, what_is_not_lost_is_sent_once);
    tcase_add_test(loss, no_segment_is_lost_for_ever);
    TCase *end = add_case(suite, "end");
    tcase_add_test(end, half_close_leaves_the_other_direction);
    tcase_add_test(end, who_writes_to_a_closed_socket_is_reset);
    tcase_add_test(end, closing_with_bytes_unread_resets);
    tcase_add_test(end, what_was_written_before_a_reset_is_read);
    tcase_add_test(end, a_reset_wakes_a_writer_that_sleeps);
    tcase_add_test(end, a_killed_process_closes);
    tcase_add_test(end, what_is_in_the_send_buffer_outlives_its_writer);
    tcase_add_test(end, children_and_threads_share_a_connection);
    TCase *said = add_case(suite, "said");
    tcase_add_test(said, a_deadlock_says_who_must_read_and_that_the_far_end_is_full);
    tcase_add_test(said, a_connection_that_nobody_accepts_is_named);
    tcase_add_test(said, a_process_may_be_called_network);
    tcase_add_test(said, json_has_the_segments);
    tcase_add_test(said, with_threads_all_comes_true);
    TCase *schedules = add_case(suite, "schedules");
    tcase_add_test(schedules, every_engine_finds_the_same);
    tcase_add_test(schedules, bytes_to_be_sent_again_are_told_apart);
    TCase *conservation = add_case(suite, "conservation");
    tcase_add_loop_test(conservation, what_is_read_is_what_was_written, 0, 5);
    return suite;
}
