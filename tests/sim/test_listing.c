/* test_listing.c - the pipe's own source, where a run passes through it. */
#include "sim/own/listing.h"
#include "tests/sim/scripted.h"
#include "tests/sim/stepped.h"
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Line by line, quotes and backslashes included. */
START_TEST(the_listing_of_a_source_is_its_text)
{
    char *text = calloc(1, 65536);
    FILE *f = fopen("ringbuf/pipe.c", "r");
    ck_assert_msg(f != NULL, "tests run in the top folder");
    ck_assert_uint_lt(fread(text, 1, 65535, f), 65535);
    fclose(f);
    struct strbuf listed = {0};
    const struct listing *listing = listing_of("ringbuf/pipe.c", 14);
    ck_assert_ptr_nonnull(listing);
    for (size_t i = 0; i < listing->line_count; i++)
        strbuf_addf(&listed, "%s\n", listing->lines[i]);
    ck_assert_str_eq(strbuf_text(&listed), text);
    strbuf_free(&listed);
    free(text);
}
END_TEST

START_TEST(a_place_that_no_listing_has_is_none)
{
    ck_assert_ptr_null(listing_place("ringbuf/pip.c:3 f()").listing);
    ck_assert_ptr_null(listing_place("ringbuf/pipe.c").listing);
    ck_assert_ptr_null(listing_place("ringbuf/pipe.c:0 f()").listing);
    ck_assert_ptr_null(listing_place("ringbuf/pipe.c:99999 f()").listing);
    ck_assert_ptr_nonnull(listing_place("ringbuf/pipe.c:12 f()").listing);
    ck_assert_uint_eq(listing_place("ringbuf/pipe.c:12 f()").line, 12);
}
END_TEST

static const char full[] = "scenario \"full\"\n"
                           "set capacity = 4\n"
                           "pipe p\n"
                           "process a > p { repeat 3 { write(p, \"aa\") } }\n"
                           "process r < p { while (x = read(p, 3)) { } }\n";

START_TEST(list_source_shows_the_code_around_a_lock)
{
    struct stepped s = step_into(full);
    step_say(&s, "continue"); /* to a sleep */
    const char *text = step_say(&s, "list source");
    text_contains(text, ">1     4  process a > p { repeat 3 { write(p, \"aa\") } }\n"
                        "          in ringbuf/pipe.c:\n");
    ck_assert_uint_eq(occurrences(text, " | "), 5);
    ck_assert_uint_eq(occurrences(text, "\n>   "), 1);
    const char *wait = " |         pthread_cond_wait(&p->not_full, &p->lock);\n";
    ck_assert_int_eq(strncmp(strstr(strstr(text, "\n>   "), " |"), wait, strlen(wait)), 0);
    step_end(&s);
}
END_TEST

START_TEST(list_source_begins_with_the_script)
{
    struct stepped s = step_into(full);
    const char *text = step_say(&s, "list source");
    text_contains(text, "       1  scenario \"full\"\n");
    text_lacks(text, "ringbuf/pipe.c");
    step_end(&s);
}
END_TEST

Suite *listing_suite(void)
{
    Suite *suite = suite_create("listing");
    TCase *text = tcase_create("text");
    tcase_add_test(text, the_listing_of_a_source_is_its_text);
    tcase_add_test(text, a_place_that_no_listing_has_is_none);
    suite_add_tcase(suite, text);

    TCase *command = tcase_create("command");
    tcase_add_test(command, list_source_shows_the_code_around_a_lock);
    tcase_add_test(command, list_source_begins_with_the_script);
    suite_add_tcase(suite, command);
    return suite;
}
