/* decoy.c - see decoy.h. */
#include "sim/lab/decoy.h"

#include "sim/quiz/draw.h"
#include "sim/run/vocabulary.h"
#include "sim/script/rewrite.h"

#include <ctype.h>
#include <inttypes.h>

/* -- which results ----------------------------------------------------------------------------- */

/* May what follows this instruction be left out? */
static bool may_branch(const struct program *p, size_t i)
{
    const struct instruction in = p->code[i];
    switch (in.op) {
    case OP_JUMP: return (size_t)in.arg > i;
    case OP_REPEAT: return p->code[i - 1].op != OP_INT || p->integers[p->code[i - 1].arg] < 1;
    case OP_CALL:
        return p->sites[in.arg].end.kind == TIME_NEVER || p->sites[in.arg].expect == EXPECT_KILLED;
    case OP_JUMP_IF_FALSE:
    case OP_AND:
    case OP_OR:
    case OP_FUNCTION: return true;
    default: return false;
    }
}

static bool is_literal(const struct program *p, struct instruction in)
{
    return in.op == OP_INT || (in.op == OP_BYTES && p->strings[in.arg].size > 0);
}

static bool is_wanted_result(const struct program *p, size_t i)
{
    const struct instruction in = p->code[i];
    if (in.op != OP_EXPECT)
        return false;
    const struct site *s = &p->sites[in.arg];
    if (s->expect == EXPECT_VALUE)
        return is_literal(p, p->code[i - 1]) && p->code[i - 2].op == OP_CALL &&
               p->code[i - 2].arg == in.arg;
    return s->expect == EXPECT_EOF || (s->expect == EXPECT_ERROR && s->expected_number != 0);
}

/* A signal may keep a process from coming to where it surely comes. */
static bool has_signals(const struct program *p)
{
    static const char *const calls[] = {"kill", "raise", "alarm"};
    for (size_t i = 0; i < p->site_count; i++) {
        const struct span name = p->sites[i].name;
        for (size_t j = 0; j < sizeof calls / sizeof *calls; j++) {
            if (name.length == strlen(calls[j]) &&
                strncmp(p->source.text + name.at, calls[j], name.length) == 0)
                return true;
        }
    }
    return false;
}

enum { RESULTS_MOST = 64 };

/* The instructions that want them. */
struct results {
    size_t at[RESULTS_MOST], count;
};

static void find_in_block(const struct program *p, const struct block *b, struct results *found)
{
    for (size_t i = (size_t)b->code; p->code[i].op != OP_END && !may_branch(p, i); i++) {
        if (is_wanted_result(p, i) && found->count < RESULTS_MOST)
            found->at[found->count++] = i;
    }
}

/* -- another one in its place ------------------------------------------------------------------ */

/* Behind a letter or an escape of a string. */
static size_t behind_letter(const char *text, size_t i)
{
    if (text[i] != '\\')
        return i + 1;
    return text[i + 1] == 'x' ? i + 4 : i + 2;
}

static char other_letter(char c)
{
    return c == 'z' ? 'a' : c == 'Z' ? 'A' : c == '9' ? '0' : (char)(c + 1);
}

/* One of its letters is another. False: it has none. */
static bool add_other_string(struct strbuf *out, const char *text, size_t n, struct draw *d)
{
    size_t letters = 0, start = out->length;
    for (size_t i = 0; i < n; i = behind_letter(text, i))
        letters += isalnum((unsigned char)text[i]) != 0;
    size_t which = letters > 0 ? (size_t)draw_below(d, letters) : 0;
    strbuf_add_bytes(out, text, n);
    for (size_t i = 0, at = 0; i < n && letters > 0; i = behind_letter(text, i)) {
        if (isalnum((unsigned char)text[i]) && at++ == which)
            out->bytes[start + i] = other_letter(text[i]);
    }
    return letters > 0;
}

static bool add_other_result(struct strbuf *out, const struct program *p, size_t at, struct draw *d)
{
    const struct site *s = &p->sites[p->code[at].arg];
    const struct instruction value = p->code[at - 1];
    const char *text = p->source.text + s->expected.at;
    if (s->expect != EXPECT_VALUE) {
        bool again = s->expect == EXPECT_ERROR &&
                     strcmp(error_name_of_number(s->expected_number), "EAGAIN") == 0;
        strbuf_add(out, again ? "-1 EPIPE" : "-1 EAGAIN");
        return true;
    }
    if (value.op == OP_BYTES)
        return add_other_string(out, text, s->expected.length, d);
    strbuf_addf(out, "%" PRId64, p->integers[value.arg] + 1 + (int64_t)draw_below(d, 3));
    return true;
}

/* The text of the scenario with that. False: it cannot be changed. */
static bool add_changed(struct strbuf *out, const struct program *p, size_t at, struct draw *d)
{
    struct strbuf result = {0};
    struct edit_list edits = {0};
    bool good = add_other_result(&result, p, at, d);
    if (good) {
        edit_add(&edits, p->sites[p->code[at].arg].expected, strbuf_text(&result));
        rewrite(&p->source, &edits, LINES_KEPT, out);
    }
    edit_list_free(&edits);
    strbuf_free(&result);
    return good;
}

/* -- a right pipe on it ------------------------------------------------------------------------ */

static bool fails(const struct strbuf *text, const struct run_options *options)
{
    struct diag_list diags = {0};
    struct source source = {"decoy", strbuf_text(text), text->length};
    struct program *p = script_parse(&source, vocabulary(), &diags);
    struct run *run = p != NULL ? run_begin(p, options, &diags) : NULL;
    bool failed = run != NULL && run_judge(run, run_go(run, UINT64_MAX)) == VERDICT_FAILED;
    run_free(run);
    program_free(p);
    diag_list_free(&diags);
    return failed;
}

static void find(const struct program *p, struct results *found)
{
    for (size_t i = 0; i < p->block_count && !has_signals(p); i++) {
        if (p->blocks[i].start == START_AT_ONCE)
            find_in_block(p, &p->blocks[i], found);
    }
}

bool decoy_make(struct strbuf *text, const struct run_options *options, uint64_t seed)
{
    struct results found = {.count = 0};
    struct draw d = draw_from(seed, 0);
    struct diag_list diags = {0};
    struct source source = {"decoy", strbuf_text(text), text->length};
    struct program *p = script_parse(&source, vocabulary(), &diags);
    struct strbuf changed = {0};
    bool made = false;
    if (p != NULL)
        find(p, &found);
    while (!made && found.count > 0) {
        size_t i = (size_t)draw_below(&d, found.count);
        strbuf_clear(&changed);
        made = add_changed(&changed, p, found.at[i], &d) && fails(&changed, options);
        found.at[i] = found.at[--found.count];
    }
    program_free(p);
    diag_list_free(&diags);
    if (made) {
        strbuf_clear(text);
        strbuf_add_bytes(text, changed.bytes, changed.length);
    }
    strbuf_free(&changed);
    return made;
}
