/* telling.c - see telling.h. A message is a line with numbers, and texts behind it, whose lengths it says. */
#include "sim/lab/telling.h"

#include <stdio.h>

enum { TEXTS = 3 };

struct message {
    char what;
    long a, b;
    double seconds;
    size_t lengths[TEXTS];
    const char *texts;
    size_t size; /* of all of it */
};

/* Of a text; who tells more is up to something, or has a story that nobody reads. */
enum { TEXT_MOST = 1 << 15 };

enum { TRIAL = 't', BUILT_OR_NOT = 'b', ITEM = 'i', END = 'e' };

static void tell(struct strbuf *out, struct message m, const struct strbuf *const texts[TEXTS])
{
    strbuf_addf(out, "%c %ld %ld %.0f", m.what, m.a, m.b, m.seconds * 1e6);
    for (int i = 0; i < TEXTS; i++)
        strbuf_addf(out, " %zu", texts[i] != NULL ? texts[i]->length : 0);
    strbuf_add(out, "\n");
    for (int i = 0; i < TEXTS; i++) {
        if (texts[i] != NULL)
            strbuf_add_bytes(out, strbuf_text(texts[i]), texts[i]->length);
    }
}

/* False: it is not all there, or is none. */
static bool hear(struct message *m, const char *told, size_t n)
{
    const char *end = memchr(told, '\n', n);
    if (end == NULL || sscanf(told, "%c %ld %ld %lf %zu %zu %zu", &m->what, &m->a, &m->b,
                              &m->seconds, &m->lengths[0], &m->lengths[1], &m->lengths[2]) != 7)
        return false;
    m->seconds /= 1e6;
    m->texts = end + 1;
    m->size = (size_t)(end + 1 - told);
    for (int i = 0; i < TEXTS; i++) {
        if (m->lengths[i] > n)
            return false;
        m->size += m->lengths[i];
    }
    return m->size <= n;
}

/* -- a trial ----------------------------------------------------------------------------------- */

static void add_trial(struct strbuf *out, struct message m, const struct trial *t)
{
    m.b = t->outcome;
    tell(out, m, (const struct strbuf *[TEXTS]){&t->headline, &t->story, &t->again});
}

void tell_trial(struct strbuf *out, const struct trial *t)
{
    add_trial(out, (struct message){.what = TRIAL}, t);
}

static bool take_trial(struct trial *t, const struct message *m)
{
    struct strbuf *texts[TEXTS] = {&t->headline, &t->story, &t->again};
    const char *at = m->texts;
    if (m->b < OUTCOME_PASSED || m->b > OUTCOME_CANNOT_SAY)
        return false;
    t->outcome = (enum outcome)m->b;
    for (int i = 0; i < TEXTS; i++) {
        bool all = m->lengths[i] <= TEXT_MOST;
        strbuf_clear(texts[i]);
        strbuf_add_bytes(texts[i], at, all ? m->lengths[i] : TEXT_MOST);
        strbuf_add(texts[i], all ? "" : "\n[and so on]\n");
        at += m->lengths[i];
    }
    return true;
}

bool hear_trial(struct trial *t, const char *told, size_t n)
{
    struct message m;
    return hear(&m, told, n) && m.what == TRIAL && m.size == n && take_trial(t, &m);
}

/* -- a submission ------------------------------------------------------------------------------ */

enum { NO_OUTCOME = -1 };

static void add_item(struct strbuf *out, const struct item_result *r, long number)
{
    struct message m = {.what = ITEM, .a = number, .b = NO_OUTCOME, .seconds = r->seconds};
    if (r->state == LOOKED_AT)
        add_trial(out, m, &r->trial);
    else
        tell(out, m, (const struct strbuf *[TEXTS]){NULL, NULL, NULL});
}

void tell_news(struct strbuf *out, const struct check *c, enum news what, size_t item)
{
    const struct item_result *r = &c->items[item];
    switch (what) {
    case NEWS_BUILT:
        tell(out, (struct message){.what = BUILT_OR_NOT, .a = c->built},
             (const struct strbuf *[TEXTS]){&c->said, NULL, NULL});
        break;
    case NEWS_ITEM: add_item(out, r, (long)item); break;
    case NEWS_END:
        tell(out, (struct message){.what = END, .seconds = c->seconds},
             (const struct strbuf *[TEXTS]){&c->ended, NULL, NULL});
        break;
    }
}

static void take_text(struct strbuf *to, const struct message *m)
{
    strbuf_clear(to);
    strbuf_add_bytes(to, m->texts, m->lengths[0]);
}

static void take(struct check *c, const struct message *m)
{
    if (m->what == BUILT_OR_NOT) {
        c->built = (enum built)m->a;
        take_text(&c->said, m);
    } else if (m->what == END) {
        c->seconds = m->seconds;
        take_text(&c->ended, m);
    } else if (m->what == ITEM && (size_t)m->a < c->lab->item_count) {
        struct item_result *r = &c->items[m->a];
        r->seconds = m->seconds;
        r->state = take_trial(&r->trial, m) ? LOOKED_AT : NOT_LOOKED_AT;
    }
}

void hear_news(struct check *c, struct strbuf *told)
{
    struct message m;
    while (hear(&m, strbuf_text(told), told->length)) {
        take(c, &m);
        memmove(told->bytes, told->bytes + m.size, told->length - m.size + 1);
        told->length -= m.size;
    }
}
