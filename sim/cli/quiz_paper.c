/* quiz_paper.c - see quiz_paper.h. */
#include "sim/cli/quiz_paper.h"

#include "sim/cli/options.h"
#include "sim/step/sheet.h"

#include <stdio.h>

enum { WIDTH = 80 };

void paper_wrap(const char *begins, const char *text, size_t indent, struct strbuf *out)
{
    size_t line = out->length;
    strbuf_add(out, begins);
    for (bool first = true; *text != '\0'; first = false) {
        size_t n = strcspn(text, " ");
        if (!first && text_columns(out->bytes + line, out->length - line) + 1 + n > WIDTH) {
            strbuf_add_char(out, '\n');
            line = out->length;
            strbuf_pad(out, line, indent);
        } else if (!first) {
            strbuf_add_char(out, ' ');
        }
        strbuf_add_bytes(out, text, n);
        text += n + (text[n] == ' ');
    }
    strbuf_add_char(out, '\n');
}

/* -- what to know ------------------------------------------------------------------------------ */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void add_seed(const char *text, struct strbuf *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@_-";
    if (text[strspn(text, plain)] == '\0')
        strbuf_add(out, text);
    else
        strbuf_add_quoted(out, text, strlen(text), 60);
}

static void add_options(const struct quiz_options *o, const struct quiz *q, struct strbuf *out)
{
    struct strbuf text = {0};
    strbuf_add(&text, "--seed ");
    add_seed(o->seed_text, &text);
    strbuf_addf(&text, " --ask %zu", o->ask);
    if (o->pipe_given != NULL)
        strbuf_addf(&text, " --pipe %s", o->pipe_given);
    switch (q->variation.how) {
    case AS_WRITTEN: strbuf_add(&text, " (the scenario as it is written)"); break;
    case VARIED: break;
    case NOT_VARIED:
        strbuf_add(&text, " (as it is written: no variation was found that ends as it does)");
        break;
    }
    paper_wrap("options    ", strbuf_text(&text), 11, out);
    strbuf_free(&text);
}

static bool mentions(const struct source *s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s->size; i++) {
        if (memcmp(s->text + i, word, n) == 0)
            return true;
    }
    return false;
}

static void add_rule(const struct quiz *q, struct strbuf *out)
{
    bool rr = q->variation.policy == POLICY_RR;
    struct strbuf text = {0};
    strbuf_add(&text, rr ? "rr: after each call the next in line goes on, and who made it lines up "
                           "behind."
                         : "fifo: a process runs until it sleeps or ends; then the next in line "
                           "goes on.");
    strbuf_add(&text, " At the start every process that no other one starts is in line, in the "
                      "order of the file; who is started or woken lines up behind.");
    if (mentions(&q->variation.source, "O_NONBLOCK"))
        strbuf_add(&text, " After EAGAIN the others go first.");
    paper_wrap("who runs   ", strbuf_text(&text), 11, out);
    strbuf_free(&text);
}

static void add_source(const struct source *s, struct strbuf *out)
{
    int line = 1;
    for (size_t at = 0; at < s->size; line++) {
        const char *newline = memchr(s->text + at, '\n', s->size - at);
        size_t n = newline == NULL ? s->size - at : (size_t)(newline - s->text) - at;
        strbuf_addf(out, "  %3d%s", line, n > 0 ? "  " : "");
        strbuf_add_bytes(out, s->text + at, n);
        strbuf_add_char(out, '\n');
        at += n + 1;
    }
}

static bool has_blanks(const struct quiz *q)
{
    const struct program *p = q->variation.program;
    for (size_t i = 0; i < p->site_count; i++) {
        if (p->sites[i].expected.length > 0 || p->sites[i].when.length > 0)
            return true;
    }
    return false;
}

/* Could two sleep on one condition of a pipe? Only then it matters who is woken first. */
static bool is_crowded(const struct program *p)
{
    int64_t processes = 0;
    for (size_t i = 0; i < p->block_count; i++)
        processes += p->blocks[i].copies > 1 ? p->blocks[i].copies : 1;
    return processes > 2;
}

static void add_wake_ups(struct strbuf *out)
{
    paper_wrap("wake-ups   ",
               "bytes in an empty pipe wake the reader that has slept longest; room wakes the "
               "writer that has slept longest, once what it needs is free (all of them, if they "
               "need different amounts, as soon as one of them fits); who was woken, and leaves "
               "bytes or enough room behind, wakes the next; closing the last end wakes all",
               11, out);
}

void paper_head(const struct quiz_options *o, const struct quiz *q, struct strbuf *out)
{
    strbuf_addf(out, "pipesim quiz, version " PIPESIM_VERSION "\nscenario   %s\n",
                base_name(q->variation.source.name));
    add_options(o, q, out);
    add_rule(q, out);
    paper_wrap("writes     ",
               "a write of at most `atomic` bytes waits until all of it fits, a longer one puts in "
               "what fits and waits with the rest; atomic is 4096 where it is not set, and never "
               "more than the capacity",
               11, out);
    if (is_crowded(q->variation.program))
        add_wake_ups(out);
    strbuf_add(out,
               "time       a call takes none unless it sleeps; ticks pass when nobody can run\n\n");
    add_source(&q->variation.source, out);
    strbuf_add_char(out, '\n');
    if (has_blanks(q))
        strbuf_add(out, "A ? stands where a result or the end of a time is for you to find.\n");
    paper_wrap(
        "",
        "Write results as a trace does: 3, \"ab\", EOF, -1 EPIPE, killed SIGPIPE; and never, "
        "for a call that has not returned when all is over.",
        0, out);
    strbuf_add_char(out, '\n');
}

/* -- questions --------------------------------------------------------------------------------- */

static void add_question(const struct quiz *q, size_t i, struct strbuf *out)
{
    char number[32];
    snprintf(number, sizeof number, "%2zu. ", i + 1);
    paper_wrap(number, strbuf_text(&q->questions.items[i].text), 4, out);
}

void paper_questions(const struct quiz *q, struct strbuf *out)
{
    for (size_t i = 0; i < q->questions.count; i++)
        add_question(q, i, out);
}

void paper_key(const struct quiz *q, struct strbuf *out)
{
    for (size_t i = 0; i < q->questions.count; i++) {
        const struct question *question = &q->questions.items[i];
        add_question(q, i, out);
        strbuf_addf(out, "    = %s\n", strbuf_text(&question->answer.text));
        paper_wrap("    ", strbuf_text(&question->why), 4, out);
    }
}

/* -- for programs ------------------------------------------------------------------------------ */

static void add_json(struct strbuf *out, const char *key, const char *text)
{
    strbuf_addf(out, ",\"%s\":", key);
    strbuf_add_json(out, text, strlen(text));
}

void paper_json_head(const struct quiz_options *o, const struct quiz *q, struct strbuf *out)
{
    strbuf_add(out, "{\"pipesim\":\"" PIPESIM_VERSION "\",\"version\":1");
    add_json(out, "file", o->file);
    add_json(out, "seed", o->seed_text);
    strbuf_addf(out, ",\"ask\":%zu,\"questions\":%zu}\n", o->ask, q->questions.count);
}

void paper_key_json(const struct quiz_options *o, const struct quiz *q, struct strbuf *out)
{
    paper_json_head(o, q, out);
    for (size_t i = 0; i < q->questions.count; i++) {
        const struct question *question = &q->questions.items[i];
        strbuf_addf(out, "{\"question\":%zu", i + 1);
        add_json(out, "kind", question_kind_name(question->kind));
        add_json(out, "text", strbuf_text(&question->text));
        add_json(out, "answer", strbuf_text(&question->answer.text));
        add_json(out, "why", strbuf_text(&question->why));
        strbuf_add(out, "}\n");
    }
}
