/* test_verify.c - the built-in pipe, verified: a family of small scenarios, each explored through all its
 * schedules, with the pipe's invariant (pipe.h, I1..I4) looked at in every state; and the same family
 * finds every pipe with a bug.
 *
 * PIPESIM_VERIFY=all takes larger members too (make verify), few only small ones, none none. */
#include "sim/explore/explore.h"
#include "sim/kernel/bugs.h"
#include "sim/run/vocabulary.h"
#include "tests/suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct freedom freedom = {.grain = GRAIN_LOCKS};
static const char *bug; /* the pipe is this one, or NULL: the right one */
static bool everybody;  /* the pipe is xv6: it wakes all */
static int
    page; /* not 0: the pipe is linux, with slots of so many bytes; capacities are in slots */

/* -- one member of the family --------------------------------------------------------------------- */

enum { MOST = 3 }; /* readers, and writers */

/* What else happens, in a process of its own. */
enum stir {
    STIR_NONE,
    STIR_LATE,           /* the first writer comes a tick later: time passes only when all sleep */
    STIR_SIGNAL_READER,  /* a signal with a handler: its call ends with EINTR */
    STIR_RESTART_READER, /* with SA_RESTART */
    STIR_SIGNAL_WRITER,
    STIR_RESTART_WRITER,
    STIR_KILL_READER, /* a signal without a handler */
    STIR_KILL_WRITER,
    STIR_GROW,   /* F_SETPIPE_SZ to one byte more */
    STIR_SHRINK, /* to one byte less, if they fit */
    STIR_DUP,    /* opens further ends, and closes them */
    STIR_POLL,   /* asks what is ready */
    STIRS
};

struct member {
    int readers, writers;
    int capacity, atomic;
    int bytes[MOST]; /* that each writer writes at once */
    int asks[MOST];  /* that each reader asks for at once */
    int writes;      /* calls of each writer */
    bool leaves;     /* the first reader reads once, and goes */
    bool ignores;    /* writers ignore SIGPIPE */
    bool nonblock;   /* the first reader and the first writer do not sleep */
    bool packets;    /* the first writer has O_DIRECT; with page slots */
    enum stir stir;
};

static bool has_signal(const struct member *m)
{
    return m->stir >= STIR_SIGNAL_READER && m->stir <= STIR_KILL_WRITER;
}

/* Handlers must be there before a signal comes; after that tick everything is open. */
static void add_start(struct strbuf *s, const struct member *m, bool handles, bool restarts)
{
    if (handles || restarts)
        strbuf_addf(s, "    sigaction(SIGUSR1, handler%s)\n", restarts ? ", SA_RESTART" : "");
    if (has_signal(m))
        strbuf_add(s, "    sleep(1)\n");
}

static void add_writer(struct strbuf *s, const struct member *m, int i)
{
    strbuf_addf(s, "process w%d > p {\n", i);
    if (m->ignores)
        strbuf_add(s, "    signal(SIGPIPE, IGN)\n");
    if (i == 0 && m->nonblock)
        strbuf_add(s, "    fcntl(p, F_SETFL, O_NONBLOCK)\n");
    if (i == 0 && m->packets)
        strbuf_add(s, "    fcntl(p, F_SETFL, O_DIRECT)\n");
    add_start(s, m, i == 0 && m->stir == STIR_SIGNAL_WRITER,
              i == 0 && m->stir == STIR_RESTART_WRITER);
    if (i == 0 && m->stir == STIR_LATE)
        strbuf_add(s, "    sleep(1)\n");
    for (int n = 0; n < m->writes; n++)
        strbuf_addf(s, "    write(p, \"%.*s\") = ?\n", m->bytes[i], &"abcdefghijkl"[4 * i]);
    strbuf_add(s, "}\n");
}

static void add_reader(struct strbuf *s, const struct member *m, int i)
{
    strbuf_addf(s, "process r%d < p {\n", i);
    if (i == 0 && m->nonblock)
        strbuf_add(s, "    fcntl(p, F_SETFL, O_NONBLOCK)\n");
    add_start(s, m, i == 0 && m->stir == STIR_SIGNAL_READER,
              i == 0 && m->stir == STIR_RESTART_READER);
    if (i == 0 && (m->leaves || m->nonblock))
        strbuf_addf(s, "    read(p, %d) = ?\n}\n", m->asks[i]);
    else
        strbuf_addf(s, "    x = 1\n    while (x != \"\") { x = read(p, %d) = ? }\n}\n", m->asks[i]);
}

/* Of slots: the next power of two, or half as many. */
static int new_capacity(const struct member *m)
{
    bool grows = m->stir == STIR_GROW;
    if (page == 0)
        return m->capacity + (grows ? 1 : -1);
    return grows ? m->capacity * page + 1 : m->capacity * page / 2;
}

static void add_stir(struct strbuf *s, const struct member *m)
{
    switch (m->stir) {
    case STIR_SIGNAL_READER:
    case STIR_RESTART_READER:
        strbuf_add(s, "process stir { sleep(1)\n kill(r0, SIGUSR1) = ? }\n");
        break;
    case STIR_SIGNAL_WRITER:
    case STIR_RESTART_WRITER:
        strbuf_add(s, "process stir { sleep(1)\n kill(w0, SIGUSR1) = ? }\n");
        break;
    case STIR_KILL_READER:
        strbuf_add(s, "process stir { sleep(1)\n kill(r0, SIGTERM) = ? }\n");
        break;
    case STIR_KILL_WRITER:
        strbuf_add(s, "process stir { sleep(1)\n kill(w0, SIGTERM) = ? }\n");
        break;
    case STIR_GROW:
    case STIR_SHRINK:
        strbuf_addf(s, "process stir < p { fcntl(p, F_SETPIPE_SZ, %d) = ? }\n", new_capacity(m));
        break;
    case STIR_DUP: strbuf_add(s, "process stir > p { d = dup(p)\n close(p)\n close(d) }\n"); break;
    case STIR_POLL: strbuf_add(s, "process stir < p { poll(p, POLLIN, 0) = ? }\n"); break;
    case STIR_LATE:
    case STIR_NONE:
    case STIRS: break;
    }
}

static void write_script(const struct member *m, struct strbuf *s)
{
    strbuf_clear(s);
    if (everybody)
        strbuf_add(s, "set pipe = xv6\n");
    if (page == 0)
        strbuf_addf(s, "set capacity = %d, atomic = %d\n", m->capacity, m->atomic);
    else
        strbuf_addf(s, "set pipe = linux, capacity = %d, page = %d\n", m->capacity * page, page);
    strbuf_add(s, "pipe p\ndef handler(n) { }\n");
    for (int i = 0; i < m->writers; i++)
        add_writer(s, m, i);
    for (int i = 0; i < m->readers; i++)
        add_reader(s, m, i);
    add_stir(s, m);
}

/* -- exploring it ------------------------------------------------------------------------------------- */

struct tally_of_family {
    uint64_t members, failed, states, stretches, unfinished;
};

static struct tally_of_family tally;
static bool stop_when_it_fails; /* one that fails is enough */

/* Which part of the invariant does not hold on the way of this schedule, if any. */
static const char *what_broke(const struct program *program, const struct run_options *options,
                              const char *text)
{
    struct schedule schedule;
    struct diag_list messages = {0};
    struct run_options o = *options;
    const char *error, *broken = NULL;
    size_t at;
    schedule_init(&schedule, options->freedom);
    ck_assert_int_eq(schedule_parse(&schedule, text, &error, &at), 0);
    o.policy = POLICY_SCHEDULE;
    o.schedule = &schedule;
    o.freedom = schedule.freedom;
    o.explored = true;
    struct run *run = run_begin(program, &o, &messages);
    enum sched_end end = run_go(run, 0);
    while (end == SCHED_PAUSED && (broken = run_check_invariant(run)) == NULL)
        end = run_go(run, 1);
    run_free(run);
    schedule_fini(&schedule);
    diag_list_free(&messages);
    return broken != NULL ? broken : "a deadlock, or a lock that is not used as it should be";
}

static void report(const struct exploration *e, const struct program *program,
                   const struct run_options *options, const struct strbuf *script)
{
    const char *schedule = e->failures[0].schedule;
    const char *broken = what_broke(program, options, schedule);
    ck_abort_msg("%s\nin\n%.900s\non %.400s", broken, strbuf_text(script), schedule);
}

static void verify_script(const struct strbuf *script)
{
    struct diag_list diags = {0};
    struct setting_override override = {.setting = -1, .pipe = bug};
    struct run_options run = {.outcome = OUTCOME_ENDS,
                              .freedom = freedom,
                              .invariant = INVARIANT_IS_CHECKED,
                              .overrides = &override,
                              .override_count = bug != NULL};
    struct explore_options o = {.run = &run, .bounds = {.preemptions = -1, .seconds = 20}};
    if (stop_when_it_fails && tally.failed > 0)
        return;
    struct source source = {"member.pipe", strbuf_text(script), script->length};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    ck_assert_msg(program != NULL, "%.1500s", strbuf_text(script));
    struct exploration *e = explore(program, &o, &diags);
    ck_assert_ptr_nonnull(e);
    tally.members++;
    tally.failed += e->failure_count > 0;
    tally.unfinished += e->end != SEARCH_COMPLETE;
    tally.states += e->states;
    tally.stretches += e->stretches;
    if (e->failure_count > 0 && bug == NULL)
        report(e, program, &run, script);
    exploration_free(e);
    program_free(program);
    diag_list_free(&diags);
}

static void verify(const struct member *m)
{
    static struct strbuf script;
    write_script(m, &script);
    verify_script(&script);
}

/* -- the family --------------------------------------------------------------------------------------- */

static bool family_is(const char *size)
{
    const char *wanted = getenv("PIPESIM_VERIFY");
    return bug == NULL && wanted != NULL && strcmp(wanted, size) == 0;
}

static bool large_family(void)
{
    return family_is("all");
}

static int largest(int small, int large)
{
    return large_family() ? large : family_is("few") ? small - 1 : small;
}

static struct member of_sizes(int readers, int writers, int capacity, int atomic)
{
    return (struct member){.readers = readers,
                           .writers = writers,
                           .capacity = capacity,
                           .atomic = atomic,
                           .bytes = {1, 2, 3},
                           .asks = {1, 2, 1},
                           .writes = 1};
}

/* Readers x writers x capacity x atomic x how much is written and read at once. */
static void verify_sizes(void)
{
    int processes = largest(3, 4);
    for (int readers = 1; readers <= MOST; readers++)
        for (int writers = 1; writers <= MOST && readers + writers <= processes; writers++)
            for (int capacity = 1; capacity <= largest(3, 4); capacity++)
                for (int atomic = 1; atomic <= capacity; atomic++)
                    for (int sizes = 0; sizes < 8; sizes++) {
                        struct member m = of_sizes(readers, writers, capacity, atomic);
                        m.bytes[0] = 1 + (sizes & 1) * capacity;
                        m.bytes[1] = 1 + (sizes >> 1 & 1);
                        m.asks[0] = 1 + (sizes >> 2 & 1);
                        verify(&m);
                    }
}

/* A reader that leaves early, with SIGPIPE ignored or not. */
static void verify_leaving(void)
{
    for (int readers = 1; readers <= 2; readers++)
        for (int writers = 1; readers + writers <= largest(3, 4); writers++)
            for (int capacity = 1; capacity <= largest(2, 3); capacity++)
                for (int atomic = 1; atomic <= capacity; atomic++)
                    for (int how = 0; how < 8; how++) {
                        struct member m = of_sizes(readers, writers, capacity, atomic);
                        m.leaves = true;
                        m.ignores = (how & 1) != 0;
                        m.bytes[0] = how & 2 ? 3 : 1;
                        m.writes = how & 4 ? 2 : 1;
                        verify(&m);
                    }
}

static void verify_stirred(enum stir stir)
{
    for (int readers = 1; readers <= 2; readers++)
        for (int writers = 1; readers + writers <= 3; writers++)
            for (int capacity = 1 + (stir == STIR_SHRINK); capacity <= largest(2, 3); capacity++)
                for (int atomic = 1; atomic <= capacity; atomic++)
                    for (int large = 0; large < 2; large++) {
                        struct member m = of_sizes(readers, writers, capacity, atomic);
                        m.stir = stir;
                        m.bytes[0] = large ? 3 : 1;
                        if (capacity == 1 || readers + writers == 2 || !has_signal(&m) ||
                            large_family())
                            verify(&m);
                    }
}

static void verify_nonblocking(void)
{
    for (int readers = 1; readers <= 2; readers++)
        for (int writers = 1; readers + writers <= largest(3, 4); writers++)
            for (int capacity = 1; capacity <= largest(2, 3); capacity++)
                for (int atomic = 1; atomic <= capacity; atomic++) {
                    struct member m = of_sizes(readers, writers, capacity, atomic);
                    m.nonblock = true;
                    m.bytes[0] = 2;
                    verify(&m);
                }
}

/* Somebody who has it open both ways until nothing else goes on lets all others in, and out again. */
static void verify_fifo(int capacity, const char *reader, const char *writer, int writers)
{
    static struct strbuf script;
    strbuf_clear(&script);
    strbuf_addf(
        &script,
        "set capacity = %d, atomic = %d\nfifo f\n"
        "process keeper { open(\"f\", O_RDWR)\n sleep(1) }\n"
        "process r { r = open(\"f\", %s) = ?\n x = 1\n while (x != \"\" and x != -1) { x = read(r, 2) = ? } }\n"
        "process w * %d { w = open(\"f\", %s) = ?\n write(w, \"ab\") = ? }\n",
        capacity, capacity, reader, writers, writer);
    verify_script(&script);
}

static void verify_fifos(void)
{
    static const char *const readers[] = {"O_RDONLY", "O_RDONLY | O_NONBLOCK"};
    static const char *const writers[] = {"O_WRONLY", "O_WRONLY | O_NONBLOCK"};
    for (int i = 0; i < 8; i++)
        verify_fifo(1 + i % 2, readers[i / 2 % 2], writers[i / 4], 1);
    if (large_family())
        verify_fifo(2, readers[0], writers[0], 2);
}

/* Readers that only look, beside one that takes. */
static void verify_peeks(int lookers, int capacity)
{
    static struct strbuf script;
    strbuf_clear(&script);
    strbuf_addf(&script,
                "set socket_buffer = %d\n"
                "process a { socketpair(s)\n repeat %d { thread(look) }\n thread(take)\n"
                " write(s[0], \"ab\") = ?\n shutdown(s[0], SHUT_WR) }\n"
                "process look { recv(s[1], 2, MSG_PEEK) = ? }\n"
                "process take { x = 1\n while (x != \"\") { x = read(s[1], 1) } }\n",
                capacity, lookers);
    verify_script(&script);
}

static void verify_all(void)
{
    verify_sizes();
    verify_leaving();
    for (int stir = STIR_NONE + 1; stir < STIRS; stir++)
        verify_stirred((enum stir)stir);
    verify_nonblocking();
}

/* -- with page slots ---------------------------------------------------------------------------------- */

/* Slots of two bytes, one or two of them: a write of one byte may merge with the one before, one of two
 * fills a slot, one of three needs one and a half. */
static void verify_slots(void)
{
    int processes = largest(3, 4);
    for (int readers = 1; readers <= MOST; readers++)
        for (int writers = 1; writers <= MOST && readers + writers <= processes; writers++)
            for (int slots = 1; slots <= 2; slots++)
                for (int how = 0; how < 16; how++) {
                    struct member m = of_sizes(readers, writers, slots, 1);
                    m.bytes[0] = 1 + (how & 1) * 2;
                    m.bytes[1] = 1 + (how >> 1 & 1);
                    m.asks[0] = 1 + (how >> 2 & 1);
                    m.packets = (how & 8) != 0;
                    verify(&m);
                }
}

static void verify_slots_stirred(enum stir stir)
{
    for (int readers = 1; readers <= 2; readers++)
        for (int writers = 1; readers + writers <= 3; writers++)
            for (int slots = 1 + (stir == STIR_SHRINK); slots <= 2; slots++)
                for (int bytes = 1; bytes <= 3; bytes++) {
                    struct member m = of_sizes(readers, writers, slots, 1);
                    m.stir = stir;
                    m.bytes[0] = bytes;
                    m.leaves = stir == STIR_NONE;
                    m.nonblock = stir == STIR_LATE && bytes == 2;
                    if (readers + writers == 2 || !has_signal(&m) || large_family())
                        verify(&m);
                }
}

/* From p to q by a process in between, with others that read p or write to q. */
static void verify_transfer(const char *call, int slots, const char *others)
{
    struct strbuf s = {0};
    strbuf_addf(&s, "set pipe = %s, capacity = %d, page = 2\npipe p, q\ndef handler(n) { }\n",
                page > 0 ? "linux" : "ring", 2 * slots);
    strbuf_add(&s, "process w > p { write(p, \"ab\") = ?\n write(p, \"c\") = ? }\n");
    strbuf_addf(&s, "process t < p > q { sigaction(SIGUSR1, handler)\n %s(p, q, 3) = ?\n", call);
    strbuf_addf(&s, " %s(p, q, 1) = ? }\n", call);
    strbuf_add(&s, "process r < q { x = 1\n while (x != \"\") { x = read(q, 2) = ? } }\n");
    strbuf_add(&s, others);
    verify_script(&s);
    strbuf_free(&s);
}

static void verify_transfers(void)
{
    static const char *const others[] = {
        "",
        "process r2 < p { read(p, 1) = ? }\n",
        "process w2 > q { write(q, \"xy\") = ? }\n",
        "process stir { kill(t, SIGUSR1) = ? }\n",
        "process back < q > p { splice(q, p, 1, SPLICE_F_NONBLOCK) = ? }\n",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (int slots = 1; slots <= (large_family() ? 2 : 1); slots++) {
            verify_transfer("splice", slots, others[i]);
            verify_transfer("tee", slots, others[i]);
        }
}

static void say_tally(const char *what)
{
    if (large_family())
        printf("verify: %-20s  %5" PRIu64 " scenarios  %9" PRIu64 " states\n", what, tally.members,
               tally.states);
    ck_assert_uint_eq(tally.unfinished, 0);
}

START_TEST(in_all_sizes)
{
    verify_sizes();
    say_tally("sizes");
}
END_TEST

START_TEST(when_a_reader_leaves)
{
    verify_leaving();
    say_tally("a reader leaves");
}
END_TEST

START_TEST(when_a_signal_wakes_any_and_a_wait_returns_for_nothing)
{
    freedom.wake = WAKE_ANY;
    freedom.spurious = 1;
    verify_sizes();
    say_tally("any, spurious");
}
END_TEST

static const char *const stirs[STIRS] = {
    [STIR_LATE] = "a late writer",
    [STIR_SIGNAL_READER] = "a signal to a reader",
    [STIR_RESTART_READER] = "the same, restarted",
    [STIR_SIGNAL_WRITER] = "a signal to a writer",
    [STIR_RESTART_WRITER] = "the same, restarted",
    [STIR_KILL_READER] = "a reader is killed",
    [STIR_KILL_WRITER] = "a writer is killed",
    [STIR_GROW] = "grown",
    [STIR_SHRINK] = "shrunk",
    [STIR_DUP] = "dup",
    [STIR_POLL] = "poll",
};

START_TEST(when_something_else_happens)
{
    verify_stirred((enum stir)_i);
    say_tally(stirs[_i]);
}
END_TEST

START_TEST(without_blocking)
{
    verify_nonblocking();
    say_tally("without blocking");
}
END_TEST

START_TEST(when_everybody_is_woken)
{
    everybody = true;
    verify_sizes();
    say_tally("everybody is woken");
}
END_TEST

START_TEST(with_page_slots)
{
    page = 2;
    verify_slots();
    say_tally("page slots");
}
END_TEST

START_TEST(with_page_slots_when_something_else_happens)
{
    page = 2;
    verify_slots_stirred((enum stir)_i);
    say_tally(_i == STIR_NONE ? "a reader leaves" : stirs[_i]);
}
END_TEST

START_TEST(from_pipe_to_pipe)
{
    page = 2 * _i;
    verify_transfers();
    say_tally("splice and tee");
}
END_TEST

START_TEST(when_a_fifo_is_opened_again_and_again)
{
    verify_fifos();
    say_tally("FIFOs");
}
END_TEST

START_TEST(when_readers_only_look)
{
    for (int capacity = 1; capacity <= 2; capacity++)
        verify_peeks(1, capacity);
    if (large_family())
        verify_peeks(2, 1);
    say_tally("peeks");
}
END_TEST

START_TEST(each_bug_is_found)
{
    bug = bugs[_i]->impl.name;
    stop_when_it_fails = true;
    verify_all();
    ck_assert_msg(tally.failed > 0, "%s is not found", bug);
    if (getenv("PIPESIM_VERIFY") != NULL)
        printf("verify: %-20s  found by scenario %" PRIu64 "\n", bug, tally.members);
}
END_TEST

static int bug_count(void)
{
    int count = 0;
    while (bugs[count] != NULL)
        count++;
    return count;
}

Suite *verify_suite(void)
{
    Suite *s = suite_create("verify");

    TCase *pipe = tcase_create("pipe");
    suite_add_tcase(s, pipe);
    tcase_set_timeout(pipe, 600);
    if (family_is("none")) /* ThreadSanitizer has nothing to see in it */
        return s;
    tcase_add_test(pipe, in_all_sizes);
    tcase_add_test(pipe, when_a_signal_wakes_any_and_a_wait_returns_for_nothing);
    tcase_add_test(pipe, when_a_reader_leaves);
    tcase_add_loop_test(pipe, when_something_else_happens, STIR_NONE + 1, STIRS);
    tcase_add_test(pipe, without_blocking);
    tcase_add_test(pipe, when_everybody_is_woken);
    tcase_add_test(pipe, with_page_slots);
    tcase_add_loop_test(pipe, with_page_slots_when_something_else_happens, STIR_NONE, STIRS);
    tcase_add_loop_test(pipe, from_pipe_to_pipe, 0, 2);
    tcase_add_test(pipe, when_a_fifo_is_opened_again_and_again);
    tcase_add_test(pipe, when_readers_only_look);

    TCase *found = tcase_create("found");
    suite_add_tcase(s, found);
    tcase_add_loop_test(found, each_bug_is_found, 0, bug_count());
    return s;
}
