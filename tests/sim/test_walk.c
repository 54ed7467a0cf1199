/* test_walk.c - a walk is at every position where the run was, however one gets there. */
#include "tests/suites.h"

#include "sim/run/vocabulary.h"
#include "sim/step/panes.h"
#include "sim/step/stepper.h"
#include "tests/sim/scripted.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* -- what a moment looks like ------------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 29;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        hash = mix(hash, (unsigned char)*text);
    return mix(hash, 1);
}

static uint64_t mix_actor(uint64_t hash, const struct view_actor *a)
{
    const int64_t words[] = {a->pid,   a->state,     a->sleep_on, a->pipe,  a->need,
                             a->since, a->waits_for, a->woken_by, a->asked, a->in_call,
                             a->slept, a->call_tick, a->moved,    a->line,  a->status,
                             a->calls, a->sleeps};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        hash = mix(hash, (uint64_t)words[i]);
    hash = mix_text(hash, a->name);
    return a->sleep_on == ON_CONDITION ? mix_text(hash, a->condition) : hash;
}

static uint64_t mix_pipe(uint64_t hash, const struct view_pipe *p)
{
    const int64_t words[] = {
        p->capacity, p->atomic,     p->used, p->readers,          p->writers,       p->reads,
        p->writes,   p->lock_owner, p->lost, (int64_t)p->written, (int64_t)p->taken};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        hash = mix(hash, (uint64_t)words[i]);
    for (size_t i = 0; i < VIEW_CELLS; i++)
        hash = mix(hash, (unsigned char)p->cells[i]);
    return mix_text(hash, p->name);
}

/* All that can be seen from outside. */
static uint64_t digest(const struct view *v)
{
    uint64_t hash = mix(mix(1, (uint64_t)v->tick), (uint64_t)v->open_ends);
    for (size_t i = 0; i < v->actor_count; i++)
        hash = mix_actor(hash, &v->actors[i]);
    for (size_t i = 0; i < v->pipe_count; i++)
        hash = mix_pipe(hash, &v->pipes[i]);
    return hash;
}

/* -- a run, recorded without a walk ------------------------------------------------------------ */

struct recording {
    uint64_t *digests; /* of event n at n - 1 */
    size_t count, room;
};

static void record(void *ctx, const struct event *e, const struct view *after)
{
    struct recording *r = ctx;
    if (r->count == r->room) {
        r->room = r->room == 0 ? 1024 : r->room * 2;
        r->digests = realloc(r->digests, r->room * sizeof *r->digests);
        ck_assert_ptr_nonnull(r->digests);
    }
    ck_assert_uint_eq(e->seq, r->count + 1);
    r->digests[r->count++] = digest(after);
}

static struct program *parse(const char *text, size_t size, struct source *source)
{
    struct diag_list diags = {0};
    *source = (struct source){"test.pipe", text, size};
    struct program *program = script_parse(source, vocabulary(), &diags);
    ck_assert_msg(program != NULL, "this is no scenario:\n%s", text);
    diag_list_free(&diags);
    return program;
}

static struct recording record_run(const struct program *program, enum grain grain)
{
    struct recording recording = {0};
    struct trace_sink sink = {record, &recording, SINK_ALL};
    struct run_options options = {.freedom.grain = grain, .sinks = &sink, .sink_count = 1};
    struct diag_list diags = {0};
    struct run *run = run_begin(program, &options, &diags);
    ck_assert_ptr_nonnull(run);
    run_judge(run, run_go(run, UINT64_MAX));
    run_free(run);
    diag_list_free(&diags);
    return recording;
}

static struct walk *walk_over(struct program *program, enum grain grain, enum trace_depth depth)
{
    struct run_options options = {.freedom.grain = grain};
    struct diag_list diags = {0};
    struct walk *w = walk_new(program, &options, depth, &diags);
    ck_assert_ptr_nonnull(w);
    diag_list_free(&diags);
    return w;
}

/* -- every position ---------------------------------------------------------------------------- */

static void is_as_recorded(struct walk *w, const struct recording *r, uint64_t position)
{
    walk_goto(w, position);
    ck_assert_uint_eq(walk_position(w), position);
    if (position > 0)
        ck_assert_msg(digest(walk_view(w)) == r->digests[position - 1], "%s differs at event %zu",
                      walk_program(w)->title, (size_t)position);
}

static void walk_everywhere(struct walk *w, const struct recording *r)
{
    uint64_t start = walk_start(w), length = walk_length(w), random = 1;
    ck_assert_uint_eq(length, r->count);
    for (uint64_t n = start; n <= length; n++)
        is_as_recorded(w, r, n);
    for (uint64_t n = length + 1; n-- > start;)
        is_as_recorded(w, r, n);
    for (int i = 0; i < 300; i++) {
        random = mix(random, (uint64_t)i);
        is_as_recorded(w, r, start + random % (length - start + 1));
    }
}

static char *contents(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s cannot be read: tests run in the top folder", path);
    char *text = calloc(1, 65536);
    *size = fread(text, 1, 65535, f);
    fclose(f);
    return text;
}

static const char *const scenarios[] = {
    "scenarios/basics/eof_after_last_write_end.pipe",
    "scenarios/basics/terminal.pipe",
    "scenarios/blocking/producer_outruns_consumer.pipe",
    "scenarios/blocking/growing_the_pipe_wakes_the_writer.pipe",
    "scenarios/atomic/small_writes_stay_whole.pipe",
    "scenarios/close/last_close_wakes_every_reader.pipe",
    "scenarios/deadlock/both_pipes_full.pipe",
    "scenarios/nonblocking/write_all_with_poll.pipe",
    "scenarios/pipelines/sieve_of_primes.pipe",
    "scenarios/poll/two_pipes.pipe",
    "scenarios/processes/threads_share_descriptors.pipe",
    "scenarios/protocols/ping_pong.pipe",
    "scenarios/signals/self_pipe_trick.pipe",
    "scenarios/signals/restarted_read.pipe",
};
enum { SCENARIO_COUNT = sizeof scenarios / sizeof *scenarios };

static void each_position_is_as_recorded(int scenario, enum grain grain)
{
    size_t size;
    char *text = contents(scenarios[scenario], &size);
    struct source source;
    struct program *program = parse(text, size, &source);
    struct recording recording = record_run(program, grain);
    struct walk *w = walk_over(program, grain, DEPTH_LOCKS);
    walk_everywhere(w, &recording);
    walk_free(w);
    free(recording.digests);
    program_free(program);
    free(text);
}

START_TEST(every_position_is_as_the_run_was_between_calls)
{
    each_position_is_as_recorded(_i, GRAIN_CALLS);
}
END_TEST

START_TEST(every_position_is_as_the_run_was_between_locks)
{
    each_position_is_as_recorded(_i, GRAIN_LOCKS);
}
END_TEST

/* -- one walk for a test ----------------------------------------------------------------------- */

static const char two_writers[] = "scenario \"two\"\n"
                                  "set capacity = 4\n"
                                  "pipe p\n"
                                  "process a > p { repeat 3 { write(p, \"aa\") } }\n"
                                  "process b > p { repeat 3 { write(p, \"bb\") } }\n"
                                  "process r < p { while (x = read(p, 3)) { } }\n";

struct fixture {
    struct source source;
    struct program *program;
    struct walk *walk;
    struct stepper *stepper;
    struct strbuf out;
};

static struct fixture begin(const char *text)
{
    struct fixture f = {.stepper = NULL};
    f.program = parse(text, strlen(text), &f.source);
    f.walk = walk_over(f.program, GRAIN_CALLS, DEPTH_CALLS);
    f.stepper = stepper_new(f.walk);
    return f;
}

static void end(struct fixture *f)
{
    strbuf_free(&f->out);
    stepper_free(f->stepper);
    walk_free(f->walk);
    program_free(f->program);
}

static const char *say(struct fixture *f, const char *command)
{
    strbuf_clear(&f->out);
    stepper_execute(f->stepper, command, &f->out);
    return strbuf_text(&f->out);
}

/* -- strides ----------------------------------------------------------------------------------- */

static void strides_lead_back(struct fixture *f, enum stride stride)
{
    uint64_t stops[1000];
    size_t count = 0;
    do {
        stops[count++] = walk_position(f->walk);
        walk_goto(f->walk, walk_after(f->walk, stride));
    } while (walk_position(f->walk) < walk_length(f->walk) && count < 1000);
    ck_assert_uint_gt(count, 3);
    while (count > 0) {
        walk_goto(f->walk, walk_before(f->walk, stride));
        ck_assert_uint_eq(walk_position(f->walk), stops[--count]);
    }
}

START_TEST(strides_back_stop_where_strides_forward_did)
{
    struct fixture f = begin(two_writers);
    strides_lead_back(&f, (enum stride)_i);
    end(&f);
}
END_TEST

/* The text of a call lies outside the arena, and may have moved when one comes back to a snapshot
 * that was taken at that call. AddressSanitizer sees who reads it then. */
START_TEST(coming_back_reads_no_text_of_a_call_again)
{
    static const char *const texts[] = {
        "process a { repeat 40 { getpid() }; close(9) = -1 EBADF }\n",
        "process a { repeat 40 { getpid() }; close(9) = -1 EBADF }\nprocess b { }\n",
    };
    struct fixture f = begin(texts[_i]);
    for (uint64_t n = walk_length(f.walk); n > walk_start(f.walk); n--) {
        walk_goto(f.walk, walk_length(f.walk));
        walk_goto(f.walk, n);
        ck_assert_uint_eq(walk_position(f.walk), n);
    }
    end(&f);
}
END_TEST

/* -- choosing ---------------------------------------------------------------------------------- */

static uint64_t digest_at(struct walk *w, uint64_t position)
{
    walk_goto(w, position);
    return digest(walk_view(w));
}

START_TEST(choosing_makes_another_run_and_undo_takes_it_back)
{
    struct fixture f = begin(two_writers);
    uint64_t before = digest_at(f.walk, walk_length(f.walk)), length = walk_length(f.walk);
    walk_goto(f.walk, walk_start(f.walk));
    ck_assert_int_eq(walk_choose(f.walk, "b"), 0);
    ck_assert_uint_eq(walk_branches(f.walk), 1);
    ck_assert_uint_eq(walk_position(f.walk), walk_start(f.walk));
    walk_goto(f.walk, walk_start(f.walk) + 1);
    ck_assert_int_eq(walk_note(f.walk, walk_position(f.walk))->actor, 1);
    ck_assert_int_eq(walk_take_branch(f.walk, 0), 0);
    ck_assert_uint_eq(walk_length(f.walk), length);
    ck_assert_uint_eq(digest_at(f.walk, length), before);
    end(&f);
}
END_TEST

START_TEST(chosen_run_is_the_same_as_its_schedule_makes)
{
    struct fixture f = begin(two_writers);
    walk_goto(f.walk, walk_start(f.walk) + 9);
    ck_assert_int_eq(walk_choose(f.walk, "r"), 0);
    char *schedule = walk_schedule(f.walk);
    struct strbuf walked = {0};
    for (size_t i = 0; i < walk_line_count(f.walk); i++)
        strbuf_addf(&walked, "%s\n", walk_line(f.walk, i));
    end(&f); /* there is one run at a time */
    struct scripted *again = replay(two_writers, schedule, DEPTH_CALLS);
    text_contains(strbuf_text(&again->text), strbuf_text(&walked));
    script_free(again);
    strbuf_free(&walked);
    free(schedule);
}
END_TEST

START_TEST(choosing_who_cannot_run_changes_nothing)
{
    struct fixture f = begin(two_writers);
    uint64_t position = walk_length(f.walk), before = digest_at(f.walk, position);
    ck_assert_int_eq(walk_choose(f.walk, "a"), -ESRCH);
    ck_assert_int_eq(walk_choose(f.walk, "nobody"), -ESRCH);
    ck_assert_uint_eq(walk_branches(f.walk), 0);
    ck_assert_uint_eq(digest_at(f.walk, position), before);
    end(&f);
}
END_TEST

START_TEST(choosing_who_goes_on_anyway_makes_no_branch)
{
    struct fixture f = begin(two_writers);
    ck_assert_int_eq(walk_choose(f.walk, "a"), -EALREADY);
    ck_assert_uint_eq(walk_branches(f.walk), 0);
    end(&f);
}
END_TEST

START_TEST(branches_are_kept_and_gone_back_to)
{
    struct fixture f = begin(two_writers);
    uint64_t start = walk_start(f.walk), first = digest_at(f.walk, start + 12);
    walk_goto(f.walk, start + 4);
    ck_assert_int_eq(walk_choose(f.walk, "r"), 0);
    uint64_t second = digest_at(f.walk, start + 12);
    ck_assert_uint_ne(first, second);
    ck_assert_int_eq(walk_take_branch(f.walk, 0), 0);
    ck_assert_uint_eq(walk_position(f.walk), start + 4);
    ck_assert_uint_eq(digest_at(f.walk, start + 12), first);
    ck_assert_int_eq(walk_take_branch(f.walk, 0), 0);
    ck_assert_uint_eq(digest_at(f.walk, start + 12), second);
    ck_assert_uint_eq(walk_branches(f.walk), 1);
    end(&f);
}
END_TEST

START_TEST(undo_takes_back_one_choice_after_another)
{
    struct fixture f = begin(two_writers);
    uint64_t start = walk_start(f.walk), first = digest_at(f.walk, start + 8);
    walk_goto(f.walk, start);
    ck_assert_int_eq(walk_choose(f.walk, "b"), 0);
    uint64_t second = digest_at(f.walk, start + 8);
    ck_assert_int_eq(walk_choose(f.walk, "r"), 0);
    ck_assert_int_eq(walk_undo(f.walk), 0);
    ck_assert_uint_eq(digest_at(f.walk, start + 8), second);
    ck_assert_int_eq(walk_undo(f.walk), 0);
    ck_assert_uint_eq(walk_position(f.walk), start);
    ck_assert_uint_eq(digest_at(f.walk, start + 8), first);
    ck_assert_int_eq(walk_undo(f.walk), -ENOENT);
    ck_assert_uint_eq(walk_branches(f.walk), 2);
    end(&f);
}
END_TEST

/* -- commands ---------------------------------------------------------------------------------- */

START_TEST(breakpoints_stop_both_ways)
{
    struct fixture f = begin(two_writers);
    text_contains(say(&f, "break p full"), "when p becomes full");
    say(&f, "continue");
    ck_assert_int_eq(walk_view(f.walk)->pipes[0].used, 4);
    uint64_t first = walk_position(f.walk);
    say(&f, "c");
    uint64_t second = walk_position(f.walk);
    ck_assert_uint_gt(second, first);
    say(&f, "C");
    ck_assert_uint_eq(walk_position(f.walk), first);
    say(&f, "delete");
    text_contains(say(&f, "info breaks"), "no breakpoints");
    end(&f);
}
END_TEST

START_TEST(breakpoints_may_name_who_comes_later)
{
    struct fixture f = begin("process parent { fork(child)\nsleep(1) }\n"
                             "process child { sleep(2) }\n");
    text_contains(say(&f, "break child asleep"), "when child falls asleep");
    say(&f, "c");
    const struct note *n = walk_note(f.walk, walk_position(f.walk));
    ck_assert_int_eq(n->kind, EV_SLEEP);
    ck_assert_int_eq(n->actor, 1);
    text_contains(say(&f, "break nobody asleep"), "break LINE");
    end(&f);
}
END_TEST

START_TEST(tbreak_stops_once)
{
    struct fixture f = begin(two_writers);
    say(&f, "tbreak b");
    say(&f, "c");
    const struct note *n = walk_note(f.walk, walk_position(f.walk));
    ck_assert_int_eq(n->kind, EV_CALL);
    ck_assert_int_eq(n->actor, 1);
    text_contains(say(&f, "info breaks"), "no breakpoints");
    end(&f);
}
END_TEST

START_TEST(mistakes_get_a_helpful_line)
{
    struct fixture f = begin(two_writers);
    text_contains(say(&f, "fly"), "there is no command 'fly'");
    text_contains(say(&f, "re"), "may be");
    text_contains(say(&f, "break nowhere full"), "break LINE");
    text_contains(say(&f, "goto"), "goto N");
    text_contains(say(&f, "run nobody"), "cannot go on");
    text_contains(say(&f, "undo"), "no choice to be undone");
    text_contains(say(&f, "next 0"), "'0' is no number from 1");
    text_contains(say(&f, "next twice"), "'twice' is no number from 1");
    text_contains(say(&f, "branches 7"), "there is no branch '7'");
    text_contains(say(&f, "break 99"), "line 99 makes no call");
    text_contains(say(&f, "info p"), "info processes, pipes");
    text_contains(say(&f, "info f"), "write end");
    text_contains(say(&f, "until"), "until COND");
    text_contains(say(&f, "save /nonexistent/x"), "cannot be written: ");
    text_contains(say(&f, "until now == 99"), "now == 99: not once from there to the end");
    text_contains(say(&f, "watch p.capacity"), ", up to the end");
    end(&f);
}
END_TEST

START_TEST(words_are_shortened_as_in_gdb)
{
    static const char *const same[][2] = {
        {"co", "continue"},     {"cont", "continue"},   {"rc", "reverse-continue"},
        {"rn", "reverse-next"}, {"rs", "reverse-step"}, {"ne", "next"},
        {"unt 1", "until 1"},
    };
    struct fixture f = begin(two_writers);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        say(&f, "goto 20");
        say(&f, same[i][1]);
        uint64_t there = walk_position(f.walk);
        say(&f, "goto 20");
        text_lacks(say(&f, same[i][0]), "may be");
        ck_assert_uint_eq(walk_position(f.walk), there);
        ck_assert_uint_ne(there, walk_start(f.walk) + 20);
    }
    end(&f);
}
END_TEST

/* -- panes ------------------------------------------------------------------------------------- */

typedef void pane(struct panes *p, struct pane_size size, struct sheet *out);

static void pipes_folded(struct panes *p, struct pane_size size, struct sheet *out)
{
    pane_pipes(p, size, ENDS_FOLDED, out);
}

static void sheet_is_whole(struct panes *p, pane *say_it, struct pane_size size)
{
    struct sheet sheet = {.line_count = 0};
    say_it(p, size, &sheet);
    ck_assert_uint_eq(sheet.text.length, sheet.tones.length);
    ck_assert_uint_eq(sheet.text.length, sheet.line_start);
    for (size_t i = 0; i < sheet.line_count; i++) {
        struct sheet_line line = sheet_line(&sheet, i);
        if (say_it != pane_trace && say_it != pane_source)
            ck_assert_msg(text_columns(line.text, line.length) <= size.width,
                          "wider than %zu:\n%.*s", size.width, (int)line.length, line.text);
    }
    sheet_free(&sheet);
}

START_TEST(panes_keep_to_their_width_at_every_event)
{
    static pane *const all[] = {pane_processes, pipes_folded, pane_descriptors,
                                pane_trace,     pane_source,  pane_why};
    size_t size;
    char *text = contents(scenarios[_i], &size);
    struct source source;
    struct program *program = parse(text, size, &source);
    struct walk *w = walk_over(program, GRAIN_CALLS, DEPTH_LOCKS);
    struct panes *panes = panes_new(w);
    for (uint64_t n = walk_start(w); n <= walk_length(w); n++) {
        panes_remember(panes);
        walk_goto(w, n);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            sheet_is_whole(panes, all[i], (struct pane_size){38, 7, GLYPHS_ASCII});
    }
    panes_free(panes);
    walk_free(w);
    program_free(program);
    free(text);
}
END_TEST

static char *pane_text(struct fixture *f, pane *say_it)
{
    struct sheet sheet = {.line_count = 0};
    struct panes *panes = panes_new(f->walk);
    say_it(panes, (struct pane_size){76, 20, GLYPHS_ASCII}, &sheet);
    char *text = strdup(strbuf_text(&sheet.text));
    sheet_free(&sheet);
    panes_free(panes);
    return text;
}

static void pane_says(struct fixture *f, pane *say_it, const char *fragment)
{
    char *text = pane_text(f, say_it);
    text_contains(text, fragment);
    free(text);
}

static void pane_lacks(struct fixture *f, pane *say_it, const char *fragment)
{
    char *text = pane_text(f, say_it);
    text_lacks(text, fragment);
    free(text);
}

START_TEST(a_claim_that_fails_is_stopped_at)
{
    struct fixture f = begin("set capacity = 4\n"
                             "pipe p\n"
                             "process w > p { repeat 3 { write(p, \"abc\") } }\n"
                             "process r < p { sleep(1); while (x = read(p, 4)) { sleep(1) } }\n"
                             "always p.used < 3\n"
                             "expect at 2: p.used == 0\n");
    say(&f, "break claim fails");
    text_contains(say(&f, "continue"), "p[abc ]");
    ck_assert_int_eq(walk_view(f.walk)->pipes[0].used, 3);
    pane_says(&f, pane_why, "line 5 fails: this does not hold at tick 0\n    p.used is 3");
    pane_lacks(&f, pane_why, "expect");
    say(&f, "continue");
    pane_says(&f, pane_why, "line 6 fails: this does not hold at tick 2");
    ck_assert_int_eq(walk_view(f.walk)->tick, 2);
    uint64_t second = walk_position(f.walk);
    text_contains(say(&f, "continue"), "this does not hold at tick 2"); /* at the end */
    say(&f, "reverse-continue");
    ck_assert_uint_eq(walk_position(f.walk), second);
    end(&f);
}
END_TEST

START_TEST(panes_answer_the_five_questions)
{
    struct fixture f = begin("set capacity = 4, atomic = 4\n"
                             "pipe p\n"
                             "process w > p { write(p, \"abc\")\nwrite(p, \"def\") }\n"
                             "process r < p { sleep(3)\nread(p, 2)\nread(p, 4)\nread(p, 4) }\n");
    say(&f, "break w asleep");
    say(&f, "c");
    pane_says(&f, pane_processes, "asleep on p.not_full");
    pane_says(&f, pipes_folded, "| a | b | c |   |");
    pane_says(&f, pipes_folded, "3 of 4 used, 1 free");
    pane_says(&f, pipes_folded, "atomic 4: up to 1 goes in whole");
    pane_says(&f, pipes_folded, "read: r 0   write: w 1");
    pane_says(&f, pipes_folded, "on not_full: w");
    pane_says(&f, pane_descriptors, "w     -      1");
    pane_says(&f, pane_trace, ">");
    pane_says(&f, pane_why, "3 bytes must go in together");
    end(&f);
}
END_TEST

START_TEST(deadlock_shows_its_cycle)
{
    static const char words[] = "a waits for b to write to p; b waits for a to write to q.",
                      ring[] = "+-> a --(bytes in p)--> b --(bytes in q)--+";
    struct fixture f = begin("set capacity = 4\npipe p, q\n"
                             "process a < p > q { read(p, 1) }\n"
                             "process b < q > p { read(q, 1) }\nend deadlock\n");
    text_contains(say(&f, "goto end"), words);
    text_contains(say(&f, "goto end"), ring);
    pane_says(&f, pane_why, "a waits for b to write\n    to p; b waits for a to write to q.");
    pane_says(&f, pane_why, ring);
    pane_says(&f, pane_why, "ends in a deadlock, as the scenario says");
    text_lacks(say(&f, "reverse-next"), words);
    pane_lacks(&f, pane_why, ring);
    end(&f);
}
END_TEST

START_TEST(who_sleeps_for_the_same_is_named_and_not_explained_again)
{
    struct fixture f = begin("pipe p\n"
                             "process r * 3 < p { while (x = read(p, 1)) { } }\n"
                             "process w > p { @1 write(p, \"a\") }\n");
    say(&f, "until r.3 asleep");
    pane_says(&f, pane_why, "  r.3 waits for bytes: p is empty");
    pane_says(&f, pane_why, "  r, r.2 sleep on p.not_empty, too.");
    pane_lacks(&f, pane_why, "r.2 waits for bytes");
    say(&f, "until p.used == 1");
    say(&f, "next");
    pane_says(&f, pane_why,
              "r.2 sleeps on, although 1 byte is in p: r has been woken for that, and\n"
              "    goes first.");
    pane_says(&f, pane_why, "r.3 sleeps on p.not_empty, too.");
    end(&f);
}
END_TEST

START_TEST(long_names_hide_nothing)
{
    struct fixture f = begin("set capacity = 4\n"
                             "pipe the_queue_of_all_requests_made\n"
                             "process a_reader_with_a_very_long_name < "
                             "the_queue_of_all_requests_made {\n"
                             "read(the_queue_of_all_requests_made, 1) }\n"
                             "process a_writer_with_a_very_long_name > "
                             "the_queue_of_all_requests_made { pause() }\n");
    say(&f, "next");
    pane_says(&f, pane_processes, "1 a_reader_with_a_..ong_name  asleep on the...not_empty");
    pane_says(&f, pipes_folded, "0 of 4 used, 4 free: empty");
    end(&f);
}
END_TEST

START_TEST(reasons_are_the_true_ones)
{
    struct fixture f = begin("set capacity = 4\n"
                             "pipe p\n"
                             "def h(s) { }\n"
                             "process r < p {\n"
                             "  sigaction(SIGUSR1, h)\n"
                             "  read(p, 4) = -1 EINTR\n"
                             "  read(p, 3) = \"abc\"\n"
                             "}\n"
                             "process w > p { kill(r, SIGUSR1); @1 write(p, \"abc\") }\n");
    say(&f, "until w.calls == 0 and not r asleep and r.sleeps == 1"); /* woken by the signal */
    pane_says(&f, pane_why, "w wakes r by a signal; r goes on");
    pane_lacks(&f, pane_why, "bytes in p");
    say(&f, "until p.used == 3");
    say(&f, "next");
    pane_says(&f, pane_why, "w's write(p, \"abc\") gave 3; it has woken r.");
    say(&f, "next 2");
    pane_says(&f, pane_why, "r's read(p, 3) gave \"abc\".");
    end(&f);
}
END_TEST

START_TEST(a_write_that_nobody_can_read_sends_its_own_signal)
{
    struct fixture f = begin("pipe p\n"
                             "process r < p { }\n"
                             "process w > p { write(p, \"a\") = killed SIGPIPE }\n");
    say(&f, "until r exited");
    say(&f, "continue");
    pane_says(&f, pane_why, "SIGPIPE was sent to w: it wrote to a pipe that has no read end.");
    end(&f);
}
END_TEST

START_TEST(a_signal_that_came_before_pause_is_a_lost_wakeup)
{
    struct fixture f = begin("def h(s) { }\n"
                             "process a { signal(SIGUSR1, h); yield(); pause() }\n"
                             "process b { kill(a, SIGUSR1) }\n");
    say(&f, "goto end");
    pane_says(&f, pane_why, "SIGUSR1 from b came at event");
    pane_says(&f, pane_why, "before it\n    slept, and does not wake it: a lost wakeup");
    end(&f);
}
END_TEST

/* -- a long run -------------------------------------------------------------------------------- */

static const char long_run[] = "set capacity = 8, max_calls = 10000000\n"
                               "pipe p\n"
                               "process w > p { repeat 100000 { write(p, \"abc\") } }\n"
                               "process r < p { while (x = read(p, 5)) { } }\n";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum { BACK_STEPS = 1000 };

START_TEST(a_million_events_are_walked_back_and_forth)
{
    struct source source;
    struct program *program = parse(long_run, strlen(long_run), &source);
    struct recording recording = record_run(program, GRAIN_CALLS);
    program_free(program);
    struct fixture f = begin(long_run);
    uint64_t length = walk_length(f.walk), random = 7;
    static double taken[BACK_STEPS];
    ck_assert_uint_gt(length, 1000000);
    ck_assert_uint_eq(recording.count, length);
    for (int i = 0; i < BACK_STEPS; i++) {
        if (i % 10 == 0) {
            random = mix(random, (uint64_t)i);
            walk_goto(f.walk, 2000 + random % (length - 2000));
        }
        uint64_t position = walk_position(f.walk) - 1;
        double begun = seconds();
        walk_goto(f.walk, position);
        taken[i] = seconds() - begun;
        ck_assert_uint_eq(digest(walk_view(f.walk)), recording.digests[position - 1]);
    }
    qsort(taken, BACK_STEPS, sizeof *taken, by_size);
    printf("walk: %zu events; a step back takes %.2f ms (median), %.2f ms (worst of %d)\n",
           (size_t)length, taken[BACK_STEPS / 2] * 1e3, taken[BACK_STEPS - 1] * 1e3, BACK_STEPS);
    free(recording.digests);
    end(&f);
}
END_TEST

Suite *walk_suite(void)
{
    Suite *suite = suite_create("walk");
    TCase *position = tcase_create("position");
    tcase_set_timeout(position, 60);
    tcase_add_loop_test(position, every_position_is_as_the_run_was_between_calls, 0,
                        SCENARIO_COUNT);
    tcase_add_loop_test(position, every_position_is_as_the_run_was_between_locks, 0,
                        SCENARIO_COUNT);
    tcase_add_loop_test(position, coming_back_reads_no_text_of_a_call_again, 0, 2);
    tcase_add_loop_test(position, strides_back_stop_where_strides_forward_did, STRIDE_EVENT,
                        STRIDE_SLEEP_OR_WAKE + 1);
    suite_add_tcase(suite, position);

    TCase *choice = tcase_create("choice");
    tcase_add_test(choice, choosing_makes_another_run_and_undo_takes_it_back);
    tcase_add_test(choice, chosen_run_is_the_same_as_its_schedule_makes);
    tcase_add_test(choice, choosing_who_cannot_run_changes_nothing);
    tcase_add_test(choice, choosing_who_goes_on_anyway_makes_no_branch);
    tcase_add_test(choice, undo_takes_back_one_choice_after_another);
    tcase_add_test(choice, branches_are_kept_and_gone_back_to);
    suite_add_tcase(suite, choice);

    TCase *command = tcase_create("command");
    tcase_add_test(command, breakpoints_stop_both_ways);
    tcase_add_test(command, breakpoints_may_name_who_comes_later);
    tcase_add_test(command, tbreak_stops_once);
    tcase_add_test(command, a_claim_that_fails_is_stopped_at);
    tcase_add_test(command, mistakes_get_a_helpful_line);
    tcase_add_test(command, words_are_shortened_as_in_gdb);
    suite_add_tcase(suite, command);

    TCase *panes = tcase_create("panes");
    tcase_set_timeout(panes, 60);
    tcase_add_loop_test(panes, panes_keep_to_their_width_at_every_event, 0, SCENARIO_COUNT);
    tcase_add_test(panes, panes_answer_the_five_questions);
    tcase_add_test(panes, deadlock_shows_its_cycle);
    tcase_add_test(panes, reasons_are_the_true_ones);
    tcase_add_test(panes, a_write_that_nobody_can_read_sends_its_own_signal);
    tcase_add_test(panes, a_signal_that_came_before_pause_is_a_lost_wakeup);
    tcase_add_test(panes, who_sleeps_for_the_same_is_named_and_not_explained_again);
    tcase_add_test(panes, long_names_hide_nothing);
    suite_add_tcase(suite, panes);

    TCase *length = tcase_create("length");
    tcase_set_timeout(length, 300);
    tcase_add_test(length, a_million_events_are_walked_back_and_forth);
    suite_add_tcase(suite, length);
    return suite;
}
