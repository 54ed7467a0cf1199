/* test_story.c - failing executions as they are told: who slept on what, which signal went where, and
 * what would have woken those who sleep for ever. */
#include "sim/explore/explore.h"
#include "sim/explore/story.h"
#include "sim/run/vocabulary.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <stdlib.h>

/* A scenario on a schedule, as a headline and a story. */
struct told {
    char *headline, *text; /* owned */
};

static struct told tell(const char *script, const char *schedule, const char *bug)
{
    struct source source = {"x.pipe", script, strlen(script)};
    struct diag_list diags = {0}, messages = {0};
    struct setting_override override = {.setting = -1, .pipe = bug};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    ck_assert_ptr_nonnull(program);
    struct run_options options = {.overrides = &override, .override_count = bug != NULL};
    struct story *story = story_new(program);
    struct trace_sink sink = story_sink(story);
    enum verdict verdict = explore_again(program, &options, schedule, &sink, 1, &messages, NULL);
    struct told told = {story_headline(story, verdict, &messages), story_text(story)};
    story_free(story);
    diag_list_free(&messages);
    diag_list_free(&diags);
    program_free(program);
    return told;
}

static void is_told(const char *script, const char *schedule, const char *bug, const char *headline,
                    const char *text)
{
    struct told told = tell(script, schedule, bug);
    ck_assert_str_eq(told.headline, headline);
    ck_assert_str_eq(told.text, text);
    free(told.headline);
    free(told.text);
}

/* -- what happens --------------------------------------------------------------------------------- */

START_TEST(each_stretch_of_a_process_is_a_sentence)
{
    is_told(
        "pipe p(capacity = 2)\n"
        "process w > p { write(p, \"abc\"); @5 write(p, \"d\") }\n"
        "process r < p { read(p, 2); read(p, 2); read(p, 2) = \"x\"; read(p, 2); print(\"so\") }\n",
        "calls:", NULL, "failed: line 3: wanted \"x\", got \"d\"",
        "  1. w writes \"ab\" to p (2 of its 3 bytes are in), and finds p full and sleeps on p.not_full.\n"
        "  2. r reads \"ab\" from p, wakes w, and finds p empty and sleeps on p.not_empty.\n"
        "  3. w wakes up, writes \"c\" to p, and wakes r.\n"
        "  4. r wakes up, reads \"c\" from p, and finds p empty and sleeps on p.not_empty.\n"
        "  5. (tick 5) w writes \"d\" to p, wakes r, closes the last write end of p, and exits.\n"
        "  6. r wakes up, reads \"d\" from p (not as line 3 says), gets EOF from read, prints "
        "\"so\\n\", and\n"
        "     exits.\n");
}
END_TEST

START_TEST(repeated_deeds_are_counted_and_long_stories_are_cut)
{
    struct told told = tell("pipe p(capacity = 1)\n"
                            "process w > p { repeat 20 { write(p, \"a\") } }\n"
                            "process r < p { repeat 20 { read(p, 1) }; assert(0) }\n",
                            "calls:", NULL);
    text_contains(told.text, "  3. ");
    text_lacks(told.text, "  4. ");
    text_contains(told.text, "     ... and so on, up to\n");
    ck_assert_uint_eq(occurrences(told.text, ".\n"), 14);
    free(told.headline);
    free(told.text);
    told =
        tell("pipe p\nprocess r < p { fcntl(p, F_SETFL, O_NONBLOCK); repeat 3 { read(p, 1) = -1 } "
             "}\nprocess w > p { sleep(1); exit(1) }\nend w exited with 0\n",
             "calls:r*9", NULL);
    text_contains(told.text, "r gets -1 EAGAIN from read (3 times)");
    free(told.headline);
    free(told.text);
}
END_TEST

/* -- who sleeps for ever --------------------------------------------------------------------------- */

START_TEST(a_deadlock_names_all_who_sleep)
{
    is_told("pipe p\npipe q\n"
            "process a < p > q { read(p, 1) }\nprocess b < q > p { read(q, 1) }\n",
            "calls:", NULL, "deadlock: a and b sleep for ever",
            "  1. a finds p empty and sleeps on p.not_empty.\n"
            "  2. b finds q empty and sleeps on q.not_empty.\n");
}
END_TEST

#define LATE                                                                                       \
    "pipe p(capacity = 4)\nprocess reader < p > p { read(p[0], 1) = \"a\" }\n"                     \
    "process writer > p { write(p, \"a\") = 1 }\n"

START_TEST(a_sleeper_who_looked_too_early_is_told_of)
{
    is_told(
        LATE, "locks:reader,writer*9", "lost-wakeup",
        "lost wake-up: reader sleeps for ever, although p holds 1 byte",
        "  1. reader begins read(p[0], 1), finds p empty, and is stopped before it sleeps.\n"
        "  2. writer writes \"a\" to p and exits.\n"
        "  3. reader sleeps on p.not_empty, although there is something to read.\n"
        "In the end reader sleeps on p.not_empty, although p holds 1 byte. It looked before (2) and\n"
        "went to sleep after it, and no other signal came.\n");
}
END_TEST

START_TEST(a_signal_that_was_sent_too_early_is_told_of)
{
    struct told told = tell(LATE, "locks:writer*2,reader*9", "signal-before-change");
    text_contains(told.text, "writer signals p.not_empty, where nobody sleeps, and is stopped");
    text_contains(told.text, "The signal for (3) was sent\nin (1), too early");
    free(told.headline);
    free(told.text);
}
END_TEST

START_TEST(a_signal_that_woke_another_is_told_of)
{
    struct told told =
        tell("pipe p(capacity = 1)\n"
             "process one < p { read(p, 1) = ? }\nprocess other < p { read(p, 1) = ? }\n"
             "process writer > p { write(p, \"a\"); write(p, \"b\") }\n",
             "locks:", "one-condition");
    ck_assert_str_eq(told.headline,
                     "lost wake-up: writer sleeps for ever, although p has 1 byte free");
    text_contains(told.text, "The signal that it needed\nafter (4) woke other instead.");
    free(told.headline);
    free(told.text);
}
END_TEST

START_TEST(a_signal_that_was_never_sent_is_told_of)
{
    struct told told =
        tell("pipe p\nprocess reader < p { read(p, 1) = EOF }\nprocess writer > p { }\n",
             "locks:reader*9", "silent-close");
    ck_assert_str_eq(
        told.headline,
        "lost wake-up: reader sleeps for ever, although the last write end of p is closed");
    text_contains(told.text, "In (2) a\nsignal on p.not_empty would have woken it: none was sent.");
    free(told.headline);
    free(told.text);
}
END_TEST

START_TEST(who_holds_a_lock_is_told)
{
    struct told told = tell("pipe p(capacity = 4)\n"
                            "process writer > p { write(p, \"a\"); write(p, \"b\") }\n"
                            "process reader < p { read(p, 1); read(p, 1) }\n",
                            "locks:writer*7,reader*9", "lock-order");
    text_contains(told.text, "In the end writer waits for a lock that reader holds.\n");
    free(told.headline);
    free(told.text);
}
END_TEST

/* -- headlines ------------------------------------------------------------------------------------ */

START_TEST(a_headline_says_what_went_wrong)
{
    is_told("process a { }\nend a exited with 1\n", "calls:", NULL,
            "failed: line 2: a exited with 1 does not hold", "  1. a exits.\n");
    is_told("pipe p\nprocess a > p { }\nnever p.writers == 0\n", "calls:", NULL,
            "failed: line 3: p.writers == 0 holds", "  1. a exits.\n");
    is_told("set max_calls = 3\nprocess a { loop { getpid() } }\n", "calls:", NULL,
            "limit: line 2: the limit max_calls = 3 is reached here", "");
}
END_TEST

Suite *story_suite(void)
{
    Suite *s = suite_create("story");
    TCase *told = tcase_create("told");
    tcase_add_test(told, each_stretch_of_a_process_is_a_sentence);
    tcase_add_test(told, repeated_deeds_are_counted_and_long_stories_are_cut);
    suite_add_tcase(s, told);
    TCase *asleep = tcase_create("asleep");
    tcase_add_test(asleep, a_deadlock_names_all_who_sleep);
    tcase_add_test(asleep, a_sleeper_who_looked_too_early_is_told_of);
    tcase_add_test(asleep, a_signal_that_was_sent_too_early_is_told_of);
    tcase_add_test(asleep, a_signal_that_woke_another_is_told_of);
    tcase_add_test(asleep, a_signal_that_was_never_sent_is_told_of);
    tcase_add_test(asleep, who_holds_a_lock_is_told);
    suite_add_tcase(s, asleep);
    TCase *headline = tcase_create("headline");
    tcase_add_test(headline, a_headline_says_what_went_wrong);
    suite_add_tcase(s, headline);
    return s;
}
