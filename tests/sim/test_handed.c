/* test_handed.c - files that were handed in. */
#include "sim/own/handed.h"
#include "sim/own/scratch.h"
#include "tests/suites.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SCRATCH_PATH_MOST];
static struct strbuf text, why;

static void init(void)
{
    ck_assert_int_eq(scratch_make(folder, NULL, &why), 0);
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("theirs", 0777), 0);
    ck_assert_int_eq(mkdir("others", 0777), 0);
}

static void fini(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    scratch_remove(folder);
    ck_assert_int_ne(access(folder, F_OK), 0);
    strbuf_free(&text);
    strbuf_free(&why);
}

static void write_file(const char *path, const char *content)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(content, f);
    fclose(f);
}

static void is_refused(const char *path, const char *fragment)
{
    strbuf_clear(&why);
    ck_assert(!handed_read(path, &text, &why));
    ck_assert_ptr_nonnull(strstr(strbuf_text(&why), fragment));
}

START_TEST(a_file_is_read_whole)
{
    write_file("theirs/a.c", "int a;\n");
    ck_assert(handed_read("theirs/a.c", &text, &why));
    ck_assert_str_eq(strbuf_text(&text), "int a;\n");
}
END_TEST

START_TEST(a_link_within_the_folder_is_one)
{
    write_file("theirs/a.c", "int a;\n");
    ck_assert_int_eq(symlink("a.c", "theirs/b.c"), 0);
    ck_assert(handed_read("theirs/b.c", &text, &why));
    ck_assert_str_eq(strbuf_text(&text), "int a;\n");
}
END_TEST

START_TEST(a_link_out_of_the_folder_is_none)
{
    write_file("others/a.c", "int a;\n");
    ck_assert_int_eq(symlink("../others/a.c", "theirs/a.c"), 0);
    is_refused("theirs/a.c", "leads out of its folder");
    ck_assert(file_read("theirs/a.c", &text, &why)); /* who is trusted may have it */
}
END_TEST

START_TEST(nor_is_one_to_a_folder_whose_name_begins_alike)
{
    ck_assert_int_eq(mkdir("theirs2", 0777), 0);
    write_file("theirs2/a.c", "int a;\n");
    ck_assert_int_eq(symlink("../theirs2/a.c", "theirs/a.c"), 0);
    is_refused("theirs/a.c", "leads out of its folder");
}
END_TEST

START_TEST(what_is_no_file_is_not_waited_for)
{
    ck_assert_int_eq(mkfifo("theirs/a.c", 0666), 0);
    is_refused("theirs/a.c", "is no file");
    is_refused("theirs", "is no file");
    is_refused("theirs/none.c", "No such file");
}
END_TEST

START_TEST(a_large_one_is_not_read)
{
    write_file("theirs/a.c", "");
    ck_assert_int_eq(truncate("theirs/a.c", HANDED_MOST), 0);
    ck_assert(handed_read("theirs/a.c", &text, &why));
    ck_assert_int_eq(truncate("theirs/a.c", HANDED_MOST + 1), 0);
    is_refused("theirs/a.c", "larger than 1 MiB");
}
END_TEST

Suite *handed_suite(void)
{
    Suite *s = suite_create("handed");
    TCase *read = tcase_create("read");
    tcase_add_checked_fixture(read, init, fini);
    tcase_add_test(read, a_file_is_read_whole);
    tcase_add_test(read, a_link_within_the_folder_is_one);
    tcase_add_test(read, a_link_out_of_the_folder_is_none);
    tcase_add_test(read, nor_is_one_to_a_folder_whose_name_begins_alike);
    tcase_add_test(read, what_is_no_file_is_not_waited_for);
    tcase_add_test(read, a_large_one_is_not_read);
    suite_add_tcase(s, read);
    return s;
}
