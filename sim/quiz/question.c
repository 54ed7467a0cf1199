/* question.c - the list of questions, and drawing from it; see question.h. */
#include "sim/quiz/question.h"

#include <stdlib.h>

const char *question_kind_name(enum question_kind kind)
{
    static const char *const names[] = {
#define X(kind, name) name,
        QUESTION_KINDS(X)
#undef X
    };
    return names[kind];
}

static void question_free(struct question *q)
{
    strbuf_free(&q->text);
    strbuf_free(&q->why);
    answer_free(&q->answer);
}

void questions_free(struct question_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        question_free(&list->items[i]);
    free(list->items);
    *list = (struct question_list){0};
}

/* -- drawing ----------------------------------------------------------------------------------- */

/* The order in which kinds have their turn, and of each how many are enough. */
static const struct {
    enum question_kind kind;
    size_t enough;
} turns[] = {
    {QUESTION_RESULT, SIZE_MAX}, {QUESTION_WAKER, SIZE_MAX}, {QUESTION_BYTES, SIZE_MAX},
    {QUESTION_UNTIL, SIZE_MAX},  {QUESTION_LEVEL, 2},        {QUESTION_RESULT, SIZE_MAX},
    {QUESTION_STATE, 1},         {QUESTION_USED, SIZE_MAX},  {QUESTION_NEXT, 3},
    {QUESTION_SLEEPS, 2},        {QUESTION_TICK, 1},
};

struct drawing {
    struct question_list *list;
    bool *drawn; /* of each item */
    size_t count;
    size_t of_kind[QUESTION_KIND_COUNT];
};

static void shuffle(struct question_list *list, struct draw *draw)
{
    for (size_t i = list->count; i > 1; i--) {
        size_t j = (size_t)draw_below(draw, i);
        struct question q = list->items[i - 1];
        list->items[i - 1] = list->items[j];
        list->items[j] = q;
    }
}

/* Does neither question tell what the other one asks? */
static bool go_together(const struct question *a, const struct question *b)
{
    bool a_after = a->kind == QUESTION_BYTES || a->kind == QUESTION_USED;
    bool b_after = b->kind == QUESTION_BYTES || b->kind == QUESTION_USED;
    return a->subject < 0 || a->subject != b->subject || (a->kind == QUESTION_RESULT && b_after) ||
           (b->kind == QUESTION_RESULT && a_after);
}

enum strictness { ONE_FOR_EACH_CALL, WHAT_GOES_TOGETHER };

static bool fits(const struct drawing *d, size_t i, enum strictness strictness)
{
    const struct question *q = &d->list->items[i];
    for (size_t j = 0; j < d->list->count; j++) {
        const struct question *other = &d->list->items[j];
        if (!d->drawn[j])
            continue;
        if (!go_together(q, other) ||
            (strictness == ONE_FOR_EACH_CALL && q->subject >= 0 && q->subject == other->subject))
            return false;
    }
    return !d->drawn[i];
}

static bool take_one(struct drawing *d, enum question_kind kind, enum strictness strictness)
{
    for (size_t i = 0; i < d->list->count; i++) {
        if (d->list->items[i].kind != kind || !fits(d, i, strictness))
            continue;
        d->drawn[i] = true;
        d->count++;
        d->of_kind[kind]++;
        return true;
    }
    return false;
}

static void take(struct drawing *d, size_t wanted, enum strictness strictness)
{
    bool more = true;
    while (more && d->count < wanted) {
        more = false;
        for (size_t i = 0; i < sizeof turns / sizeof *turns && d->count < wanted; i++) {
            if (d->of_kind[turns[i].kind] < turns[i].enough)
                more |= take_one(d, turns[i].kind, strictness);
        }
    }
}

static void keep_drawn(struct drawing *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->list->count; i++) {
        if (d->drawn[i])
            d->list->items[kept++] = d->list->items[i];
        else
            question_free(&d->list->items[i]);
    }
    d->list->count = kept;
}

/* Two at the same event: by kind, and then by their text. */
static int by_event(const void *a, const void *b)
{
    const struct question *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return strcmp(strbuf_text(&x->text), strbuf_text(&y->text));
}

void questions_draw(struct question_list *list, size_t wanted, struct draw *draw)
{
    struct drawing d = {.list = list, .drawn = calloc(list->count + 1, sizeof(bool))};
    if (d.drawn == NULL)
        return;
    shuffle(list, draw);
    take(&d, wanted, ONE_FOR_EACH_CALL);
    take(&d, wanted, WHAT_GOES_TOGETHER);
    keep_drawn(&d);
    free(d.drawn);
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, by_event);
}
