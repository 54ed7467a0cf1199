/* test_mermaid.c - a run as a Mermaid diagram. The grammar is checked by a reader of its own, which
 * knows as much of it as is used. */
#include "sim/trace/mermaid.h"
#include "tests/sim/scripted.h"
#include "tests/suites.h"

#include <ctype.h>
#include <string.h>

static void to_strbuf(void *ctx, const char *bytes, size_t n)
{
    strbuf_add_bytes(ctx, bytes, n);
}

static struct strbuf diagram_of(const char *text, enum trace_depth depth)
{
    struct script_options o = {.depth = depth};
    struct strbuf diagram = {0};
    struct scripted *s = run_text(text, &o);
    ck_assert_ptr_nonnull(s->program);
    mermaid_write(&s->sequence, s->program->title, (struct trace_output){to_strbuf, &diagram});
    script_free(s);
    return diagram;
}

/* -- a reader of diagrams ---------------------------------------------------------------------- */

enum { MOST = SEQUENCE_PARTICIPANTS + 1 };

struct reader {
    const char *at;
    bool declared[MOST], active[MOST];
};

static bool accept(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

/* P7: its number, or 0. */
static int who(struct reader *r)
{
    int n = 0;
    if (!accept(r, "P"))
        return 0;
    while (isdigit((unsigned char)*r->at) && n < MOST)
        n = n * 10 + *r->at++ - '0';
    return n < MOST ? n : 0;
}

static int declared_one(struct reader *r)
{
    int n = who(r);
    return r->declared[n] ? n : 0;
}

/* Text up to the end of the line: a '#' only as an entity's, which ends with ';'; no other ';', and
 * nothing that Mermaid or HTML would take for markup. */
static bool text(struct reader *r)
{
    const char *start = r->at;
    while (*r->at != '\n' && *r->at != '\0') {
        if (*r->at == '#') {
            size_t digits = strspn(r->at + 1, "0123456789");
            if (digits == 0 || r->at[1 + digits] != ';')
                return false;
            r->at += digits + 2;
        } else if (strchr(";:<>&%{}$\\`~|^@\r", *r->at) != NULL) {
            return false;
        } else {
            r->at++;
        }
    }
    return r->at > start;
}

static bool arrow(struct reader *r)
{
    return declared_one(r) != 0 && (accept(r, "->>") || accept(r, "-->>")) &&
           declared_one(r) != 0 && accept(r, ": ") && text(r);
}

static bool note(struct reader *r)
{
    return declared_one(r) != 0 && (!accept(r, ",") || declared_one(r) != 0) && accept(r, ": ") &&
           text(r);
}

static bool change(struct reader *r, bool active)
{
    int n = declared_one(r);
    bool good = n != 0 && r->active[n] != active;
    r->active[n] = active;
    return good;
}

static bool participant(struct reader *r)
{
    int n = who(r);
    bool good = n != 0 && !r->declared[n] && accept(r, " as ") && text(r);
    r->declared[n] = true;
    return good;
}

static bool statement(struct reader *r)
{
    if (!accept(r, "    "))
        return false;
    if (accept(r, "title "))
        return text(r);
    if (accept(r, "participant "))
        return participant(r);
    if (accept(r, "activate "))
        return change(r, true);
    if (accept(r, "deactivate "))
        return change(r, false);
    return accept(r, "Note over ") ? note(r) : arrow(r);
}

static void is_diagram(const char *diagram)
{
    struct reader r = {.at = diagram};
    ck_assert(accept(&r, "sequenceDiagram\n"));
    while (*r.at != '\0') {
        const char *line = r.at;
        ck_assert_msg(statement(&r) && accept(&r, "\n"), "this is no statement: %.*s",
                      (int)strcspn(line, "\n"), line);
    }
    for (int i = 0; i < MOST; i++)
        ck_assert_msg(!r.active[i], "P%d is never deactivated", i);
}

/* -- tests ------------------------------------------------------------------------------------- */

static const char everything[] =
    "scenario \"end; #1: <b>%%{init}%% $$x$$ \\\\ & |~`^@\"\n"
    "def h(s) { print(\"in h\") }\n"
    "set capacity = 4, atomic = 2\n"
    "pipe end\n"
    "process w > end { signal(SIGUSR1, h); write(end, \"abcdefgh\"); raise(SIGUSR1) }\n"
    "process r < end { @1 read(end, 3); poll(end, POLLIN, 5); read(end, 9); fork(c); wait(c) = 143\n"
    "  thread(t); join(t); dup(end); fcntl(end, F_SETPIPE_SZ, 9); getpid() = 99; exit(3) }\n"
    "process c { sleep(1); raise(SIGTERM) = killed SIGTERM }\n"
    "process t { }\n";

START_TEST(every_line_is_a_statement)
{
    struct strbuf d = diagram_of(everything, (enum trace_depth)_i);
    is_diagram(strbuf_text(&d));
    ck_assert_uint_gt(occurrences(strbuf_text(&d), "\n"), 40);
    strbuf_free(&d);
}
END_TEST

START_TEST(no_byte_breaks_it)
{
    struct strbuf script = {0};
    strbuf_add(&script, "process a { pipe(p)\n");
    for (int i = 0; i < 256; i += 16) {
        strbuf_add(&script, "write(p[1], \"");
        for (int j = i; j < i + 16; j++)
            strbuf_addf(&script, "\\x%02x", j);
        strbuf_add(&script, "\")\n");
    }
    strbuf_add(&script, "}\n");
    struct strbuf d = diagram_of(strbuf_text(&script), DEPTH_CALLS);
    is_diagram(strbuf_text(&d));
    text_contains(strbuf_text(&d), "#35;#36;#37;#38;'()*+,-./\"");
    strbuf_free(&d);
    strbuf_free(&script);
}
END_TEST

START_TEST(arrows_go_where_the_bytes_go)
{
    struct strbuf d = diagram_of("pipe p\n"
                                 "process r < p { read(p, 1) }\n"
                                 "process w > p { write(p, \"x\") }\n",
                                 DEPTH_CALLS);
    const char *t = strbuf_text(&d);
    text_contains(t, "    participant P3 as w\n    participant P1 as pipe p\n"
                     "    participant P2 as r\n");
    text_contains(t, "    P3->>P1: 1 \"x\"\n    P3-->>P2: wakes\n    activate P2\n");
    text_contains(t, "    P1->>P2: 1 \"x\"\n");
    strbuf_free(&d);
}
END_TEST

START_TEST(a_sleeper_has_no_bar)
{
    struct strbuf d = diagram_of("process a { sleep(2) }\n", DEPTH_CALLS);
    ck_assert_str_eq(strbuf_text(&d), "sequenceDiagram\n"
                                      "    participant P1 as a\n"
                                      "    activate P1\n"
                                      "    Note over P1: tick 0\n"
                                      "    Note over P1: asleep#58; sleep(2)\n"
                                      "    deactivate P1\n"
                                      "    Note over P1: tick 2\n"
                                      "    Note over P1: woken by the clock\n"
                                      "    activate P1\n"
                                      "    Note over P1: exits with 0\n"
                                      "    deactivate P1\n");
    strbuf_free(&d);
}
END_TEST

START_TEST(what_is_too_much_is_counted)
{
    struct strbuf d = diagram_of("process a { repeat 10100 { print(1) } }\n", DEPTH_CALLS);
    is_diagram(strbuf_text(&d));
    text_contains(strbuf_text(&d), "101 moments more are left out");
    strbuf_free(&d);
}
END_TEST

Suite *mermaid_suite(void)
{
    Suite *suite = suite_create("mermaid");
    TCase *grammar = tcase_create("grammar");
    tcase_add_loop_test(grammar, every_line_is_a_statement, DEPTH_CALLS, DEPTH_LOCKS + 1);
    tcase_add_test(grammar, no_byte_breaks_it);
    suite_add_tcase(suite, grammar);

    TCase *diagram = tcase_create("diagram");
    tcase_add_test(diagram, arrows_go_where_the_bytes_go);
    tcase_add_test(diagram, a_sleeper_has_no_bar);
    tcase_add_test(diagram, what_is_too_much_is_counted);
    suite_add_tcase(suite, diagram);
    return suite;
}
