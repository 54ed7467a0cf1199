/* literals.c - see literals.h. */
#include "sim/quiz/literals.h"

#include "sim/script/lex.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct varying {
    const struct source *source;
    const struct token *tokens;
    struct draw *draw;
    enum boldness boldness;
    int places;                  /* in the alphabet */
    const struct token *written; /* the whole of what a write puts in */
    struct edit_list *edits;
};

static bool is_word(const struct varying *v, const struct token *t, const char *word)
{
    return t->kind == TOKEN_NAME && t->place.length == strlen(word) &&
           memcmp(v->source->text + t->place.at, word, t->place.length) == 0;
}

static bool dares(struct varying *v)
{
    return draw_below(v->draw, 4) < (uint64_t)v->boldness;
}

/* -- numbers ----------------------------------------------------------------------------------- */

/* Small ones by a few, large ones by up to a half. */
static int64_t near(struct varying *v, int64_t n)
{
    int64_t below = n < 3 ? n - 1 : 2, above = n < 3 ? 2 : 3;
    if (n > 64)
        below = above = n / 2;
    return n - below + (int64_t)draw_below(v->draw, (uint64_t)(below + above + 1));
}

static void vary_number(struct varying *v, const struct token *t)
{
    struct strbuf text = {0};
    if (t->kind != TOKEN_INTEGER || t->value < 1 || t->value > 100000 || !dares(v))
        return;
    if (v->source->text[t->place.at] == '\'')
        return;
    strbuf_addf(&text, "%" PRId64, near(v, t->value));
    edit_add(v->edits, t->place, strbuf_text(&text));
    strbuf_free(&text);
}

/* -- strings ----------------------------------------------------------------------------------- */

static char moved(const struct varying *v, char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)('a' + (c - 'a' + v->places) % 26);
    if (c >= 'A' && c <= 'Z')
        return (char)('A' + (c - 'A' + v->places) % 26);
    return c;
}

/* A string in its quotes, with other letters; what belongs to a backslash stays. */
static void add_moved(const struct varying *v, const struct token *t, struct strbuf *out)
{
    const char *text = v->source->text + t->place.at;
    for (size_t i = 0; i < t->place.length;) {
        size_t escape = text[i] != '\\' ? 0 : text[i + 1] == 'x' ? 4 : 2;
        if (escape > 0)
            strbuf_add_bytes(out, text + i, escape);
        else
            strbuf_add_char(out, moved(v, text[i]));
        i += escape > 0 ? escape : 1;
    }
}

static bool only_letters(const struct varying *v, const struct token *t)
{
    const char *text = v->source->text + t->place.at;
    for (size_t i = 1; i + 1 < t->place.length; i++) {
        bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
        if (!letter)
            return false;
    }
    return t->place.length > 2;
}

/* Shorter, or longer by the letters that follow the last one. */
static void resize(struct varying *v, struct strbuf *quoted)
{
    size_t length = quoted->length - 2;
    size_t wanted = (size_t)near(v, (int64_t)length);
    char last = quoted->bytes[length < wanted ? length : wanted];
    quoted->length = 1 + (length < wanted ? length : wanted);
    while (quoted->length < wanted + 1) {
        last = last == 'z' ? 'a' : last == 'Z' ? 'A' : (char)(last + 1);
        strbuf_add_char(quoted, last);
    }
    strbuf_add_char(quoted, '"');
}

static bool stands_elsewhere(const struct varying *v, const struct token *string)
{
    for (const struct token *t = v->tokens; t->kind != TOKEN_END; t++) {
        if (t != string && t->kind == TOKEN_STRING && t->place.length == string->place.length &&
            memcmp(v->source->text + t->place.at, v->source->text + string->place.at,
                   t->place.length) == 0)
            return true;
    }
    return false;
}

static void vary_string(struct varying *v, const struct token *t)
{
    struct strbuf text = {0};
    add_moved(v, t, &text);
    if (t == v->written && only_letters(v, t) && !stands_elsewhere(v, t) && dares(v))
        resize(v, &text);
    edit_add(v->edits, t->place, strbuf_text(&text));
    strbuf_free(&text);
}

/* -- what a literal is for --------------------------------------------------------------------- */

/* The token after the first comma of a call; a token that is no literal when there is none. */
static const struct token *second_argument(const struct token *open)
{
    int depth = 0;
    const struct token *t = open;
    for (; t->kind != TOKEN_END && t->kind != TOKEN_NEWLINE; t++) {
        depth += (t->kind == '(' || t->kind == '[') - (t->kind == ')' || t->kind == ']');
        if (depth == 0)
            break;
        if (depth == 1 && t->kind == ',')
            return t + 1;
    }
    return t;
}

static void vary_call(struct varying *v, const struct token *name)
{
    const struct token *t = second_argument(name + 1);
    if (is_word(v, name, "read") && t[1].kind == ')')
        vary_number(v, t);
    if (is_word(v, name, "sleep") && name[3].kind == ')')
        vary_number(v, name + 2);
    if (is_word(v, name, "write") && t->kind == TOKEN_STRING && t[1].kind == '*')
        vary_number(v, t + 2);
    if (is_word(v, name, "write") && t->kind == TOKEN_STRING && t[1].kind == ')')
        v->written = t;
}

static void vary_token(struct varying *v, const struct token *t)
{
    if (t->kind == TOKEN_STRING)
        vary_string(v, t);
    else if (is_word(v, t, "repeat"))
        vary_number(v, t + 1);
    else if ((is_word(v, t, "capacity") || is_word(v, t, "atomic")) && t[1].kind == '=')
        vary_number(v, t + 2);
    else if (t->kind == TOKEN_NAME && t[1].kind == '(')
        vary_call(v, t);
}

/* Single bytes in quotes are compared with those in strings: then the letters stay. */
static bool has_characters(const struct varying *v)
{
    for (const struct token *t = v->tokens; t->kind != TOKEN_END; t++) {
        if (t->kind == TOKEN_INTEGER && v->source->text[t->place.at] == '\'')
            return true;
    }
    return false;
}

void literals_vary(const struct source *source, struct draw *draw, enum boldness boldness,
                   struct edit_list *edits)
{
    struct diag_list ignored = {0};
    struct token *tokens = lex(source, &ignored);
    struct varying v = {
        .source = source, .tokens = tokens, .draw = draw, .boldness = boldness, .edits = edits};
    if (tokens != NULL && !has_characters(&v))
        v.places = (int)draw_below(draw, 26);
    for (const struct token *t = tokens; t != NULL && t->kind != TOKEN_END; t++)
        vary_token(&v, t);
    edits->out_of_memory |= tokens == NULL;
    diag_list_free(&ignored);
    free(tokens);
}

/* -- processes --------------------------------------------------------------------------------- */

enum { PROCESSES = 16 };

static size_t find_processes(const struct varying *v, struct span *found)
{
    size_t count = 0;
    int depth = 0;
    const struct token *first = NULL;
    for (const struct token *t = v->tokens; t->kind != TOKEN_END && count < PROCESSES; t++) {
        if (depth == 0 && is_word(v, t, "process"))
            first = t;
        depth += (t->kind == '{') - (t->kind == '}');
        if (depth > 0 || t->kind != '}' || first == NULL)
            continue;
        found[count++] = (struct span){first->place.at, t->place.at + 1 - first->place.at};
        first = NULL;
    }
    return count;
}

void processes_vary(const struct source *source, struct draw *draw, struct edit_list *edits)
{
    struct diag_list ignored = {0};
    struct span found[PROCESSES];
    struct token *tokens = lex(source, &ignored);
    struct varying v = {.source = source, .tokens = tokens};
    size_t count = tokens == NULL ? 0 : find_processes(&v, found);
    if (count > 1) {
        size_t i = (size_t)draw_below(draw, count - 1);
        struct span a = found[i], b = found[i + 1];
        edit_add_bytes(edits, a, source->text + b.at, b.length);
        edit_add_bytes(edits, b, source->text + a.at, a.length);
    }
    diag_list_free(&ignored);
    free(tokens);
}
