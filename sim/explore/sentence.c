/* sentence.c - see sentence.h. */
#include "sim/explore/sentence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SENTENCES_SHOWN = 14, /* of a paragraph */
    FIRST_SHOWN = 3,      /* of these, at its start */
    CLAUSES_SHOWN = 8,    /* of a sentence */
    WIDTH = 94            /* columns */
};

/* -- making ------------------------------------------------------------------------------------ */

void paragraph_fini(struct paragraph *p)
{
    for (size_t i = 0; i < p->count; i++) {
        for (size_t k = 0; k < p->sentences[i].count; k++)
            free(p->sentences[i].clauses[k].text);
        free(p->sentences[i].clauses);
    }
    free(p->sentences);
    *p = (struct paragraph){0};
}

struct sentence *paragraph_sentence(struct paragraph *p, int actor, const char *who, int64_t tick)
{
    struct sentence *last = p->count > 0 ? &p->sentences[p->count - 1] : NULL;
    if (last != NULL && last->actor == actor && last->tick == tick)
        return last;
    struct sentence *grown = realloc(p->sentences, (p->count + 1) * sizeof *grown);
    if (grown == NULL) {
        p->out_of_memory = true;
        return NULL;
    }
    p->sentences = grown;
    grown[p->count] = (struct sentence){.actor = actor, .who = who, .tick = tick};
    return &grown[p->count++];
}

static void append_clause(struct paragraph *p, struct sentence *to, const char *text)
{
    struct clause *grown = realloc(to->clauses, (to->count + 1) * sizeof *grown);
    char *copy = strdup(text);
    if (grown != NULL)
        to->clauses = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        p->out_of_memory = true;
        return;
    }
    grown[to->count++] = (struct clause){copy, 1};
}

void sentence_add(struct paragraph *p, struct sentence *to, struct strbuf *text)
{
    struct clause *last = to != NULL && to->count > 0 ? &to->clauses[to->count - 1] : NULL;
    if (last != NULL && strcmp(last->text, strbuf_text(text)) == 0)
        last->times++;
    else if (to != NULL && to->count >= CLAUSES_SHOWN)
        to->left_out++;
    else if (to != NULL)
        append_clause(p, to, strbuf_text(text));
    strbuf_free(text);
}

/* -- as text ----------------------------------------------------------------------------------- */

void text_wrap(struct strbuf *out, const char *text, const char *indentation)
{
    size_t room = WIDTH;
    while (strlen(text) > room) {
        size_t at = room;
        while (at > 0 && text[at] != ' ')
            at--;
        at = at > 0 ? at : strcspn(text, " ");
        if (text[at] == '\0')
            break;
        strbuf_add_bytes(out, text, at);
        strbuf_addf(out, "\n%s", indentation);
        text += at + 1;
        room = WIDTH - strlen(indentation);
    }
    strbuf_addf(out, "%s\n", text);
}

/* Has it no "and" and no comma of its own? */
static bool is_short(const struct clause *c)
{
    return strstr(c->text, " and ") == NULL && strstr(c->text, ", ") == NULL;
}

/* What stands before clause i: a comma, an "and", or both. */
static const char *joint(const struct sentence *t, size_t i)
{
    bool last = i + 1 == t->count && t->left_out == 0;
    bool short_pair = t->count == 2 && is_short(&t->clauses[0]) && is_short(&t->clauses[1]);
    return i == 0 ? "" : !last ? ", " : short_pair ? " and " : ", and ";
}

static void add_sentence(const struct sentence *t, struct strbuf *out, size_t number,
                         bool with_tick)
{
    struct strbuf text = {0};
    strbuf_addf(&text, "%3zu. ", number);
    if (with_tick)
        strbuf_addf(&text, "(tick %" PRId64 ") ", t->tick);
    strbuf_addf(&text, "%s ", t->who);
    for (size_t i = 0; i < t->count; i++) {
        strbuf_addf(&text, "%s%s", joint(t, i), t->clauses[i].text);
        if (t->clauses[i].times > 1)
            strbuf_addf(&text, " (%d times)", t->clauses[i].times);
    }
    strbuf_add(&text, t->left_out > 0 ? ", and so on." : ".");
    text_wrap(out, strbuf_text(&text), "     ");
    strbuf_free(&text);
}

/* Moves the clauses of one sentence to the end of another. */
static void append_sentence(struct paragraph *p, struct sentence *to, struct sentence *from)
{
    for (size_t i = 0; i < from->count; i++) {
        struct strbuf text = {0};
        strbuf_add(&text, from->clauses[i].text);
        sentence_add(p, to, &text);
        free(from->clauses[i].text);
    }
    free(from->clauses);
    to->left_out += from->left_out;
    from->clauses = NULL;
    from->count = 0;
}

size_t paragraph_number(struct paragraph *p, size_t *numbers)
{
    struct sentence *last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct sentence *t = &p->sentences[i];
        if (t->count > 0 && last != NULL && last->actor == t->actor && last->tick == t->tick)
            append_sentence(p, last, t);
        else if (t->count > 0) {
            last = t;
            count++;
        }
        numbers[i] = count;
    }
    return count;
}

/* Of a long story the beginning and the end. */
static bool is_left_out(size_t number, size_t count)
{
    return count > SENTENCES_SHOWN && number > FIRST_SHOWN &&
           number + SENTENCES_SHOWN - FIRST_SHOWN <= count;
}

void paragraph_render(const struct paragraph *p, size_t count, struct strbuf *out)
{
    size_t number = 0;
    int64_t tick = 0;
    for (size_t i = 0; i < p->count; i++) {
        const struct sentence *t = &p->sentences[i];
        if (t->count == 0)
            continue;
        number++;
        if (!is_left_out(number, count))
            add_sentence(t, out, number, t->tick != tick);
        else if (number == FIRST_SHOWN + 1)
            strbuf_addf(out, "     ... and so on, up to\n");
        tick = t->tick;
    }
}
