/* test_fifos.c - FIFOs: opening, the end of the file and its end, and that no rendezvous is lost. PS-nnn
 * are facts of the pipe semantics, section L; tests/host/files.c sees them on the host's kernel. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#define POLLS(fd, found)                                                                           \
    "poll(" fd ", POLLIN | POLLOUT, 0) = ?; assert(revents(" fd ") == (" found "))\n"
#define NB_READER "r = open(\"f\", O_RDONLY | O_NONBLOCK)\n"
#define NB_WRITER "w = open(\"f\", O_WRONLY | O_NONBLOCK)\n"

static void on_fifo(const char *statements, const char *others)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "fifo f\nprocess a {\n%s }\n%s", statements, others);
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}

/* -- paths ------------------------------------------------------------------------------------------- */

START_TEST(a_path_names_one_thing)
{
    on_fifo(
        "mkfifo(\"f\") = -1 EEXIST; mkfifo(\"/tmp/g\") = 0; mkfifo(\"/tmp/g\") = -1 EEXIST\n"
        "open(\"none\") = -1 ENOENT; open(\"\") = -1 ENOENT; mkfifo(\"\") = -1 ENOENT\n"
        "open(\"f\", O_RDWR | O_CREAT | O_EXCL) = -1 EEXIST; unlink(\"none\") = -1 ENOENT\n"
        "unlink(\"/tmp/g\") = 0; open(\"/tmp/g\", O_RDWR) = -1 ENOENT; open(\"f\", 3) = -1 EINVAL",
        "");
}
END_TEST

START_TEST(without_a_free_descriptor_nothing_is_opened)
{
    comes_true("set max_files = 3\nfifo f\nprocess a { @0 open(\"f\", O_RDONLY) = -1 EMFILE }\n");
}
END_TEST

START_TEST(a_name_can_be_declared_only_once)
{
    is_wrong("pipe f\nfifo f\nprocess a { }\n", "2:6", "already");
    is_wrong("fifo f, f\nprocess a { }\n", "1:9", "already");
    is_wrong("process a { open(\"x/y\") }\nend x.used == 0\n", "2:5", "no pipe is named 'x'");
}
END_TEST

/* -- opening ----------------------------------------------------------------------------------------- */

START_TEST(a_reader_waits_for_a_writer_and_a_writer_for_a_reader) /* PS-190, PS-191 */
{
    on_fifo(
        "@0..2 r = open(\"f\", O_RDONLY) = 3; close(r); @4 r = open(\"f\", O_RDONLY) = 3\n",
        "process b { @2 w = open(\"f\", O_WRONLY) = 3; close(w); @3..4 open(\"f\", O_WRONLY) = 3 }\n"
        "expect at 1: a asleep on open\nexpect at 3: b asleep on open\n");
}
END_TEST

START_TEST(without_sleeping_a_reader_is_let_in_and_a_writer_is_not) /* PS-187, PS-191 */
{
    on_fifo("open(\"f\", O_WRONLY | O_NONBLOCK) = -1 ENXIO\n" NB_READER NB_WRITER
            "write(w, \"x\"); read(r, 9) = \"x\"; close(r)\n"
            "open(\"f\", O_WRONLY | O_NONBLOCK) = -1 ENXIO",
            "");
}
END_TEST

START_TEST(both_ways_never_sleeps_and_sees_no_end) /* PS-192 */
{
    on_fifo(
        "@0 b = open(\"f\", O_RDWR) = 3; fcntl(b, F_GETFL) = 2\n" POLLS("b", "POLLOUT") "write(b, \"ab\") = 2\n" POLLS(
            "b",
            "POLLIN | POLLOUT") "@0 r = open(\"f\", O_RDONLY); @0 w = open(\"f\", O_WRONLY); close(r); close(w)\n"
                                "read(b, 9) = \"ab\"; c = dup(b); close(b); fcntl(c, F_SETFL, O_NONBLOCK)\n"
                                "read(c, 1) = -1 EAGAIN; write(c, \"c\") = 1; fcntl(c, F_GETFL) = O_RDWR | O_NONBLOCK",
        "end f.readers == 0, f.writers == 0, no descriptor open\n");
}
END_TEST

START_TEST(a_signal_withdraws_an_open) /* PS-193 */
{
    on_fifo("sigaction(SIGALRM, h); alarm(2); @0..2 open(\"f\", O_RDONLY) = -1 EINTR\n"
            "open(\"f\", O_WRONLY | O_NONBLOCK) = -1 ENXIO",
            "def h() { }\n");
}
END_TEST

START_TEST(an_open_that_may_be_restarted_goes_on_waiting) /* PS-193 */
{
    on_fifo("signal(SIGALRM, h); alarm(1); @0..3 open(\"f\", O_RDONLY) = 3",
            "def h() { }\nprocess b { @3 open(\"f\", O_WRONLY) = 3 }\n");
}
END_TEST

START_TEST(no_rendezvous_is_lost) /* PS-194 */
{
    on_fifo("@0..2 r = open(\"f\", O_RDONLY) = 3\n" POLLS("r", "POLLHUP") "@2 read(r, 1) = EOF",
            "process b { @2 w = open(\"f\", O_WRONLY) = 3; close(w); }\n");
}
END_TEST

START_TEST(one_writer_lets_all_readers_in) /* PS-195 */
{
    on_fifo("@2 open(\"f\", O_WRONLY) = 3", "process r * 2 { @0..2 open(\"f\", O_RDONLY) = 3 }\n");
}
END_TEST

START_TEST(who_waits_in_open_counts) /* PS-196 */
{
    on_fifo("@2 open(\"f\", O_WRONLY | O_NONBLOCK) = 3",
            "process r { @0..2 open(\"f\", O_RDONLY) = 3 }\nexpect at 1: f.readers == 1\n");
}
END_TEST

START_TEST(a_process_that_is_killed_in_open_leaves_nothing_behind)
{
    on_fifo("@2 kill(r, SIGKILL); yield(); open(\"f\", O_WRONLY | O_NONBLOCK) = -1 ENXIO",
            "process r { @0..2 open(\"f\", O_RDONLY) = killed SIGKILL }\n"
            "end f.readers == 0, f.writers == 0\n");
}
END_TEST

/* -- the end, and its end ---------------------------------------------------------------------------- */

START_TEST(before_the_first_writer_there_is_an_end_but_no_hang_up) /* PS-187 */
{
    on_fifo(NB_READER POLLS("r", "0") "read(r, 1) = EOF\n", "");
}
END_TEST

START_TEST(the_end_is_over_when_a_writer_opens_again) /* PS-188, PS-189 */
{
    on_fifo(
        NB_READER NB_WRITER
        "write(w, \"abc\"); close(w)\n" POLLS("r", "POLLIN | POLLHUP") "read(r, 9) = \"abc\"\n" POLLS(
            "r", "POLLHUP") "read(r, 9) = EOF\n" NB_WRITER POLLS("r",
                                                                 "0") "read(r, 10) = -1 EAGAIN",
        "");
}
END_TEST

START_TEST(a_second_reader_does_not_see_the_first_writers_hang_up)
{
    on_fifo(NB_READER NB_WRITER
            "close(w); q = open(\"f\", O_RDONLY | O_NONBLOCK)\n" POLLS("r", "POLLHUP")
                POLLS("q", "0"),
            "");
}
END_TEST

START_TEST(a_reader_asleep_sleeps_on_when_a_writer_opens)
{
    on_fifo(
        "b = open(\"f\", O_RDWR); fork(c); sleep(2); open(\"f\", O_WRONLY); close(b); sleep(1)\n",
        "process c { r = open(\"f\", O_RDONLY); close(b); @..3 read(r, 9) = EOF }\n");
}
END_TEST

START_TEST(a_poll_is_told_of_a_writer_that_has_come_and_gone)
{
    on_fifo(NB_READER "@0..3 poll(r, POLLIN, 9) = 1; assert(revents(r) == POLLHUP)",
            "process b { @2 w = open(\"f\", O_WRONLY); @3 close(w) }\n");
}
END_TEST

/* -- what is in it ----------------------------------------------------------------------------------- */

START_TEST(bytes_stay_as_long_as_anybody_has_it_open) /* PS-197 */
{
    on_fifo("b = open(\"f\", O_RDWR); write(b, \"seven..\"); w = open(\"f\", O_WRONLY); close(b)\n"
            "signal(SIGPIPE, IGN); write(w, \"x\") = -1 EPIPE; r = open(\"f\", O_RDONLY)\n"
            "read(r, 99) = \"seven..\"",
            "end f.stream == \"seven..\", f.lost == 0\n");
}
END_TEST

START_TEST(with_the_last_one_the_bytes_are_gone_and_so_is_the_capacity) /* PS-198 */
{
    on_fifo(
        "b = open(\"f\", O_RDWR); write(b, \"gone\"); fcntl(b, F_SETPIPE_SZ, 99) = 99; close(b)\n"
        "b = open(\"f\", O_RDWR); ioctl(b, FIONREAD) = 0; fcntl(b, F_GETPIPE_SZ) = 65536\n"
        "write(b, \"new\"); read(b, 9) = \"new\"",
        "end f.stream == \"gonenew\", f.lost == 4, f.used == 0\n");
}
END_TEST

START_TEST(with_page_slots_it_begins_anew_too)
{
    comes_true(
        "set pipe = linux\nfifo f\nprocess a { b = open(\"f\", O_RDWR); write(b, \"gone\"); close(b)\n"
        "  b = open(\"f\", O_RDWR); write(b, \"new\") = 3; read(b, 9) = \"new\" }\n"
        "end f.slots_used == 0, f.used == 0\n");
}
END_TEST

START_TEST(what_is_unlinked_goes_on_as_long_as_it_is_open) /* PS-199, PS-200 */
{
    on_fifo("b = open(\"f\", O_RDWR | O_TRUNC | O_APPEND); unlink(\"f\") = 0; write(b, \"x\") = 1\n"
            "open(\"f\", O_RDWR) = -1 ENOENT; mkfifo(\"f\") = 0; c = open(\"f\", O_RDWR)\n"
            "fcntl(c, F_SETFL, O_NONBLOCK); read(c, 1) = -1 EAGAIN; read(b, 1) = \"x\"",
            "end f.stream == \"x\", f.2.stream == \"\"\n");
}
END_TEST

/* -- how it is told ---------------------------------------------------------------------------------- */

START_TEST(why_an_open_sleeps_is_said)
{
    ends_as("fifo f\nprocess a { open(\"f\", O_RDONLY) }\n", VERDICT_STUCK,
            "a waits in open until somebody opens the FIFO f for writing");
    ends_as("fifo f\nprocess a { open(\"f\", O_WRONLY) }\n", VERDICT_STUCK,
            "a waits in open until somebody opens the FIFO f for reading");
}
END_TEST

START_TEST(the_trace_shows_its_name)
{
    struct scripted *s =
        run_text("fifo f\nprocess a { @0..1 r = open(\"f\", O_RDONLY) = 3; read(r, 9) }\n"
                 "process b { @1 w = open(\"f\", O_WRONLY); write(w, \"x\") }\n",
                 NULL);
    text_contains(strbuf_text(&s->text), "open(\"f\", O_RDONLY) ...");
    text_contains(strbuf_text(&s->text), "asleep: nobody has opened the other side");
    text_contains(strbuf_text(&s->text), "write(3<f>, \"x\") = 1");
    text_contains(strbuf_text(&s->json), "\"event\":\"fifo\"");
    text_contains(strbuf_text(&s->json), "\"on\":\"open\"");
    script_free(s);
}
END_TEST

Suite *fifos_suite(void)
{
    Suite *s = suite_create("fifos");
    TCase *path = tcase_create("path"), *open = tcase_create("open"), *end = tcase_create("end");
    TCase *bytes = tcase_create("bytes"), *told = tcase_create("told");
    tcase_add_test(path, a_path_names_one_thing);
    tcase_add_test(path, without_a_free_descriptor_nothing_is_opened);
    tcase_add_test(path, a_name_can_be_declared_only_once);
    tcase_add_test(open, a_reader_waits_for_a_writer_and_a_writer_for_a_reader);
    tcase_add_test(open, without_sleeping_a_reader_is_let_in_and_a_writer_is_not);
    tcase_add_test(open, both_ways_never_sleeps_and_sees_no_end);
    tcase_add_test(open, a_signal_withdraws_an_open);
    tcase_add_test(open, an_open_that_may_be_restarted_goes_on_waiting);
    tcase_add_test(open, no_rendezvous_is_lost);
    tcase_add_test(open, one_writer_lets_all_readers_in);
    tcase_add_test(open, who_waits_in_open_counts);
    tcase_add_test(open, a_process_that_is_killed_in_open_leaves_nothing_behind);
    tcase_add_test(end, before_the_first_writer_there_is_an_end_but_no_hang_up);
    tcase_add_test(end, the_end_is_over_when_a_writer_opens_again);
    tcase_add_test(end, a_second_reader_does_not_see_the_first_writers_hang_up);
    tcase_add_test(end, a_reader_asleep_sleeps_on_when_a_writer_opens);
    tcase_add_test(end, a_poll_is_told_of_a_writer_that_has_come_and_gone);
    tcase_add_test(bytes, bytes_stay_as_long_as_anybody_has_it_open);
    tcase_add_test(bytes, with_the_last_one_the_bytes_are_gone_and_so_is_the_capacity);
    tcase_add_test(bytes, with_page_slots_it_begins_anew_too);
    tcase_add_test(bytes, what_is_unlinked_goes_on_as_long_as_it_is_open);
    tcase_add_test(told, why_an_open_sleeps_is_said);
    tcase_add_test(told, the_trace_shows_its_name);
    suite_add_tcase(s, path);
    suite_add_tcase(s, open);
    suite_add_tcase(s, end);
    suite_add_tcase(s, bytes);
    suite_add_tcase(s, told);
    return s;
}
