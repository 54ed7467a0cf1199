/* spoilers.c - see spoilers.h. */
#include "sim/step/spoilers.h"

#include "sim/run/vocabulary.h"
#include "sim/script/lex.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(const struct source *s, const struct token *t, const char *word)
{
    return t->kind == TOKEN_NAME && t->place.length == strlen(word) &&
           memcmp(s->text + t->place.at, word, t->place.length) == 0;
}

static struct span from_to(const struct token *first, const struct token *last)
{
    return (struct span){first->place.at, last->place.at + last->place.length - first->place.at};
}

/* -- results and times ------------------------------------------------------------------------- */

/* When it starts is said, and not whether it sleeps. */
static void hide_end(const struct site *s, struct edit_list *edits)
{
    struct strbuf text = {0};
    if (s->start.kind == TIME_AT)
        strbuf_addf(&text, "@%" PRId64 "..?", s->start.ticks);
    else if (s->start.kind == TIME_AFTER)
        strbuf_addf(&text, "+%" PRId64 "..?", s->start.ticks);
    strbuf_pad(&text, 0, s->when.length); /* so that columns stay columns */
    edit_add(edits, s->when, strbuf_text(&text));
    strbuf_free(&text);
}

static void hide_in_sites(const struct program *p, struct edit_list *edits)
{
    for (size_t i = 0; i < p->site_count; i++) {
        if (p->sites[i].expected.length > 0)
            edit_add(edits, p->sites[i].expected, "?");
        if (p->sites[i].when.length > 0)
            hide_end(&p->sites[i], edits);
    }
}

/* -- assertions -------------------------------------------------------------------------------- */

/* The ')' for this '(', or the end of the file. */
static const struct token *closing(const struct token *open)
{
    int depth = 0;
    const struct token *t = open;
    for (; t->kind != TOKEN_END; t++) {
        depth += (t->kind == '(') - (t->kind == ')');
        if (depth == 0)
            break;
    }
    return t;
}

static bool only_computes(const struct source *s, const struct token *name)
{
    const struct vocabulary *words = vocabulary();
    for (size_t i = 0; i < words->call_count; i++) {
        if (is_word(s, name, words->calls[i].name))
            return words->calls[i].kind != CALL_TO_KERNEL;
    }
    return false; /* a function of the script's: it may make calls */
}

static void add_calls_within(const struct source *s, const struct token *from,
                             const struct token *to, struct strbuf *out)
{
    for (const struct token *t = from; t < to; t++) {
        if (t->kind != TOKEN_NAME || t[1].kind != '(' || only_computes(s, t))
            continue;
        struct span call = from_to(t, closing(t + 1));
        strbuf_add(out, out->length > 0 ? "; " : "");
        strbuf_add_bytes(out, s->text + call.at, call.length);
        t = closing(t + 1);
    }
}

/* Returns the last token of it. */
static const struct token *hide_assertion(const struct source *s, const struct token *t,
                                          struct edit_list *edits)
{
    const struct token *last = closing(t + 1);
    struct strbuf calls = {0};
    if (last->kind == TOKEN_END)
        return t;
    add_calls_within(s, t + 2, last, &calls);
    const struct token *end = last;
    if (calls.length == 0 && last[1].kind == TOKEN_NEWLINE && s->text[last[1].place.at] == ';')
        end = last + 1;
    edit_add(edits, from_to(t, end), strbuf_text(&calls));
    strbuf_free(&calls);
    return last;
}

/* -- items and comments ------------------------------------------------------------------------ */

static bool is_telling_item(const struct source *s, const struct token *t)
{
    static const char *const words[] = {"scenario", "end",       "always",
                                        "never",    "sometimes", "expect"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(s, t, words[i]))
            return true;
    }
    return false;
}

/* To the end of its line, which may be broken inside parentheses. Returns its last token. */
static const struct token *hide_item(const struct token *first, struct edit_list *edits)
{
    const struct token *t = first;
    for (int parens = 0; t->kind != TOKEN_END && (t->kind != TOKEN_NEWLINE || parens > 0); t++)
        parens += (t->kind == '(') - (t->kind == ')');
    edit_add(edits, from_to(first, t - 1), "");
    return t - 1;
}

/* Between two tokens there are spaces, and comments. */
static void hide_comments(const struct source *s, size_t from, size_t to, struct edit_list *edits)
{
    for (size_t at = from; at < to; at++) {
        if (s->text[at] != '#')
            continue;
        size_t end = at;
        while (end < to && s->text[end] != '\n')
            end++;
        edit_add(edits, (struct span){at, end - at}, "");
        at = end;
    }
}

static void hide_in_text(const struct source *s, const struct token *tokens,
                         struct edit_list *edits)
{
    size_t after = 0;
    int depth = 0;
    for (const struct token *t = tokens; t->kind != TOKEN_END; t++) {
        hide_comments(s, after, t->place.at, edits);
        bool begins = t == tokens || t[-1].kind == TOKEN_NEWLINE || t[-1].kind == '}';
        depth += (t->kind == '{') - (t->kind == '}');
        const struct token *last = t;
        if (depth == 0 && begins && is_telling_item(s, t))
            last = hide_item(t, edits);
        else if (depth > 0 && is_word(s, t, "assert") && t[1].kind == '(')
            last = hide_assertion(s, t, edits);
        for (; t < last; t++)
            hide_comments(s, t->place.at + t->place.length, t[1].place.at, edits);
        after = t->place.at + t->place.length;
    }
    hide_comments(s, after, s->size, edits);
}

void spoilers_find(const struct program *program, struct edit_list *edits)
{
    struct diag_list ignored = {0};
    struct token *tokens = lex(&program->source, &ignored);
    hide_in_sites(program, edits);
    if (tokens != NULL)
        hide_in_text(&program->source, tokens, edits);
    else
        edits->out_of_memory = true;
    diag_list_free(&ignored);
    free(tokens);
}
