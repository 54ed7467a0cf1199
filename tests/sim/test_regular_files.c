/* test_regular_files.c - files: bytes that stay, and the offsets of those who have them open. FO-nnn are
 * facts of the host's kernel, listed in docs/files.md; tests/host/files.c is where they were found. */
#include "tests/sim/scripted.h"
#include "tests/suites.h"

static void on_file(const char *content, const char *statements, const char *claims)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "file f = \"%s\"\nprocess a {\n%s }\n%s", content, statements, claims);
    comes_true(strbuf_text(&text));
    strbuf_free(&text);
}

/* -- making ------------------------------------------------------------------------------------------ */

START_TEST(a_file_is_made_by_open_if_that_is_wanted) /* FO-015, FO-001 */
{
    comes_true(
        "process a { open(\"f\", O_WRONLY) = -1 ENOENT; open(\"f\", O_WRONLY | O_CREAT) = 3\n"
        "  open(\"f\", O_WRONLY | O_CREAT) = 4; open(\"f\", O_WRONLY | O_CREAT | O_EXCL) = -1 EEXIST\n"
        "  mkfifo(\"f\") = -1 EEXIST; open(\"\", O_CREAT | O_WRONLY) = -1 ENOENT }\n"
        "end f.size == 0, f.writes == 0\n");
}
END_TEST

START_TEST(each_way_is_for_itself) /* FO-016 */
{
    on_file("abc",
            "r = open(\"f\", O_RDONLY); w = open(\"f\", O_WRONLY); read(w, 1) = -1 EBADF\n"
            "write(r, \"x\") = -1 EBADF; fcntl(w, F_GETFL) = 1",
            "end f.content == \"abc\"\n");
}
END_TEST

START_TEST(emptying_leaves_the_offsets_of_others) /* FO-021 */
{
    on_file("abcdef",
            "f = open(\"f\", O_RDWR); read(f, 3) = \"abc\"; g = open(\"f\", O_RDONLY | O_TRUNC)\n"
            "read(f, 9) = EOF; write(f, \"x\") = 1; read(g, 9) = \"\\0\\0\\0x\"",
            "end f.size == 4, f.content == \"\\0\\0\\0x\"\n");
}
END_TEST

START_TEST(what_is_unlinked_stays_for_those_who_have_it) /* FO-024 */
{
    on_file(
        "abc",
        "f = open(\"f\", O_RDWR); unlink(\"f\") = 0; unlink(\"f\") = -1 ENOENT; read(f, 9) = \"abc\"\n"
        "open(\"f\") = -1 ENOENT; g = open(\"f\", O_RDWR | O_CREAT); read(g, 9) = EOF\n"
        "write(g, \"new\"); write(f, \"d\")",
        "end f.content == \"abcd\", f.2.content == \"new\"\n");
}
END_TEST

/* -- offsets ----------------------------------------------------------------------------------------- */

START_TEST(a_file_never_makes_anyone_sleep) /* FO-017 */
{
    on_file("",
            "f = open(\"f\", O_RDWR); g = open(\"f\", O_RDONLY | O_NONBLOCK); @0 read(f, 9) = EOF\n"
            "@0 poll(f, POLLIN | POLLOUT, -1) = 1; assert(revents(f) == (POLLIN | POLLOUT))\n"
            "write(f, \"abc\") = 3; @0 read(f, 9) = EOF; read(g, 9) = \"abc\"; read(g, 9) = EOF",
            "end a.sleeps == 0, f.reads == 1, f.writes == 1\n");
}
END_TEST

START_TEST(an_offset_is_shared_by_copies_and_not_by_opens) /* FO-018 */
{
    on_file(
        "abcdef",
        "f = open(\"f\"); g = open(\"f\"); h = dup(f); read(f, 2) = \"ab\"; read(g, 3) = \"abc\"\n"
        "read(h, 2) = \"cd\"; fork(c); wait(c); read(f, 9) = \"f\"",
        "process c { read(f, 1) = \"e\" }\n");
}
END_TEST

START_TEST(append_writes_at_the_end) /* FO-019 */
{
    on_file(
        "abc",
        "f = open(\"f\", O_RDWR | O_APPEND); g = open(\"f\", O_WRONLY | O_APPEND)\n"
        "write(f, \"d\"); write(g, \"e\"); lseek(f, 0, SEEK_SET) = 0; write(f, \"f\")\n"
        "lseek(f, 0, SEEK_CUR) = 6; lseek(f, 0, SEEK_SET); read(f, 9) = \"abcdef\"\n"
        "h = open(\"f\", O_RDWR); fcntl(h, F_SETFL, O_APPEND); write(h, \"g\"); lseek(h, 0, SEEK_CUR) = 7",
        "end f.content == \"abcdefg\"\n");
}
END_TEST

START_TEST(two_that_seek_the_end_write_in_the_same_place) /* FO-020 */
{
    on_file(
        "",
        "f = open(\"f\", O_WRONLY); g = open(\"f\", O_WRONLY); lseek(f, 0, SEEK_END); lseek(g, 0, SEEK_END)\n"
        "write(f, \"one\") = 3; write(g, \"two\") = 3",
        "end f.content == \"two\", f.writes == 2\n");
}
END_TEST

START_TEST(lseek_goes_anywhere_but_before_the_beginning) /* FO-022, PS-016 */
{
    on_file(
        "abcdef",
        "f = open(\"f\", O_RDWR); lseek(f, 2, SEEK_SET) = 2; lseek(f, 2, SEEK_CUR) = 4\n"
        "lseek(f, -1, SEEK_END) = 5; lseek(f, -9, SEEK_CUR) = -1 EINVAL; lseek(f, 0, 9) = -1 EINVAL\n"
        "lseek(9, 0, SEEK_SET) = -1 EBADF; pipe(p); lseek(p[0], 0, SEEK_SET) = -1 ESPIPE\n"
        "socketpair(s); lseek(s[0], 0, SEEK_CUR) = -1 ESPIPE; lseek(0, 0, SEEK_CUR) = -1 ESPIPE\n"
        "lseek(f, 9223372036854775807, SEEK_CUR) = -1 EINVAL; read(f, 9) = \"f\"",
        "");
}
END_TEST

START_TEST(what_nobody_wrote_is_zero) /* FO-023 */
{
    on_file("ab",
            "f = open(\"f\", O_RDWR); lseek(f, 4, SEEK_SET); read(f, 9) = EOF; write(f, \"\") = 0\n"
            "lseek(f, 0, SEEK_END) = 2; lseek(f, 4, SEEK_SET); write(f, \"!\") = 1",
            "end f.content == \"ab\\0\\0!\"\n");
}
END_TEST

START_TEST(other_calls_know_it_is_a_file) /* FO-025 */
{
    on_file(
        "abcdef",
        "f = open(\"f\"); read(f, 2); ioctl(f, FIONREAD) = 4; fcntl(f, F_GETPIPE_SZ) = -1 EBADF\n"
        "recv(f, 1) = -1 ENOTSOCK; readv(f, 1, 2) = 3; assert(iov(1) == \"de\"); close(f) = 0",
        "");
}
END_TEST

START_TEST(a_file_has_a_limit) /* FO-026 */
{
    comes_true(
        "set max_bytes = 8\nfile f\nprocess a { f = open(\"f\", O_WRONLY); write(f, \"abcdef\") = 6\n"
        "  write(f, \"abcdef\") = 2; write(f, \"x\") = -1 EFBIG }\nend f.size == 8\n");
}
END_TEST

/* -- claims, and what is shown ----------------------------------------------------------------------- */

START_TEST(claims_see_files)
{
    ends_as("file f = \"ab\"\nprocess a { }\nend f.content == \"abc\"\n", VERDICT_FAILED,
            "f.content is \"ab\"");
    ends_as("process a { open(\"f\") = -1 ENOENT }\nend f.size == 0\n", VERDICT_FAILED,
            "f has not been made");
    is_wrong("process a { }\nend f.size == 0\n", "2:5", "no file is named 'f'");
    is_wrong("file f = 3\nprocess a { }\n", "1:10", "the bytes of the file");
}
END_TEST

START_TEST(traces_show_what_is_done_in_a_file)
{
    struct scripted *s =
        run_text("file f = \"ab\"\nprocess a { f = open(\"f\", O_RDWR | O_APPEND)\n"
                 "  read(f, 1); write(f, \"c\"); lseek(f, 0, SEEK_SET) }\n",
                 NULL);
    text_contains(strbuf_text(&s->text), "open(\"f\", O_RDWR|O_APPEND) = 3");
    text_contains(strbuf_text(&s->text), "f: 1 byte at 0 of 2");
    text_contains(strbuf_text(&s->text), "f: 1 byte at 2 of 3");
    text_contains(strbuf_text(&s->text), "lseek(3<f>, 0, SEEK_SET) = 0");
    text_contains(strbuf_text(&s->json), "\"event\":\"file-written\"");
    text_contains(strbuf_text(&s->json), "\"file\":{\"name\":\"f\",\"size\":3}");
    script_free(s);
}
END_TEST

Suite *regular_files_suite(void)
{
    Suite *s = suite_create("regular_files");
    TCase *making = tcase_create("making"), *offset = tcase_create("offset"),
          *shown = tcase_create("shown");
    tcase_add_test(making, a_file_is_made_by_open_if_that_is_wanted);
    tcase_add_test(making, each_way_is_for_itself);
    tcase_add_test(making, emptying_leaves_the_offsets_of_others);
    tcase_add_test(making, what_is_unlinked_stays_for_those_who_have_it);
    tcase_add_test(offset, a_file_never_makes_anyone_sleep);
    tcase_add_test(offset, an_offset_is_shared_by_copies_and_not_by_opens);
    tcase_add_test(offset, append_writes_at_the_end);
    tcase_add_test(offset, two_that_seek_the_end_write_in_the_same_place);
    tcase_add_test(offset, lseek_goes_anywhere_but_before_the_beginning);
    tcase_add_test(offset, what_nobody_wrote_is_zero);
    tcase_add_test(offset, other_calls_know_it_is_a_file);
    tcase_add_test(offset, a_file_has_a_limit);
    tcase_add_test(shown, claims_see_files);
    tcase_add_test(shown, traces_show_what_is_done_in_a_file);
    suite_add_tcase(s, making);
    suite_add_tcase(s, offset);
    suite_add_tcase(s, shown);
    return s;
}
