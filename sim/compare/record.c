/* record.c - see record.h. */
#include "sim/compare/record.h"

#include "sim/run/vocabulary.h"
#include "sim/trace/abi.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void effect_free(struct effect *e)
{
    free((char *)e->result.bytes);
}

void record_free(struct record *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct round *round = &r->rounds[i];
        for (size_t j = 0; j < round->count; j++)
            effect_free(&round->effects[j]);
        free(round->effects);
        free(round->cause.text);
        free((char *)round->cause.call.bytes);
    }
    for (size_t i = 0; i < r->actor_count; i++)
        free(r->actors[i].name);
    free(r->rounds);
    free(r->actors);
    *r = (struct record){.count = 0};
}

struct round *record_last(struct record *r)
{
    return r->count == 0 ? NULL : &r->rounds[r->count - 1];
}

static bool make_room(struct record *r, void *array, size_t count, size_t *room, size_t size)
{
    void **items = array;
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? 4 : *room * 2;
    void *grown = realloc(*items, wanted * size);
    if (grown == NULL) {
        r->out_of_memory = true;
        return false;
    }
    *items = grown;
    *room = wanted;
    return true;
}

void record_begin_round(struct record *r, struct cause cause)
{
    if (make_room(r, &r->rounds, r->count, &r->room, sizeof *r->rounds))
        r->rounds[r->count++] = (struct round){.cause = cause, .short_of_room = NO_PIPE};
}

void record_add(struct record *r, struct effect effect)
{
    struct round *round = record_last(r);
    if (round != NULL &&
        make_room(r, &round->effects, round->count, &round->room, sizeof *round->effects))
        round->effects[round->count++] = effect;
    else
        effect_free(&effect);
}

char *record_copy(struct record *r, const void *bytes, size_t n)
{
    char *copy = malloc(n + 1);
    if (copy == NULL) {
        r->out_of_memory = true;
        return NULL;
    }
    if (n > 0)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    return copy;
}

bool cause_is_private(const struct cause *c)
{
    return c->kind == CAUSE_CALL &&
           (strcmp(c->call.name, "yield") == 0 || strcmp(c->call.name, "alarm") == 0);
}

/* -- as text ----------------------------------------------------------------------------------- */

enum { SHOWN_BYTES = 24, SHOWN_OF_MANY = 8 };

static void add_event(int revents, int flag, const char *name, size_t start, struct strbuf *out)
{
    if (revents & flag)
        strbuf_addf(out, "%s%s", out->length > start ? "|" : "", name);
}

static void add_revents(int revents, struct strbuf *out)
{
    size_t start = out->length;
    add_event(revents, ABI_POLLIN, "POLLIN", start, out);
    add_event(revents, ABI_POLLOUT, "POLLOUT", start, out);
    add_event(revents, ABI_POLLERR, "POLLERR", start, out);
    add_event(revents, ABI_POLLHUP, "POLLHUP", start, out);
    add_event(revents, ABI_POLLNVAL, "POLLNVAL", start, out);
    if (out->length == start)
        strbuf_add(out, "nothing");
}

static void describe_found(const struct watched_call *call, const struct watched_result *r,
                           struct strbuf *out)
{
    if (r->value < 0)
        return;
    if (strcmp(call->name, "pipe") == 0 || strcmp(call->name, "pipe2") == 0 ||
        strcmp(call->name, "socketpair") == 0)
        strbuf_addf(out, " (%d, %d)", r->pair[0], r->pair[1]);
    if (strcmp(call->name, "poll") != 0 || r->value == 0)
        return;
    strbuf_add(out, " (");
    for (int i = 0; i < call->count / 2; i++) {
        strbuf_add(out, i > 0 ? ", " : "");
        add_revents(r->revents[i], out);
    }
    strbuf_add(out, ")");
}

/* Of many bytes, how many is what one looks at. */
static void describe_bytes(const struct watched_result *given, struct strbuf *out)
{
    if (given->value > SHOWN_BYTES)
        strbuf_addf(out, "%" PRId64 " bytes: ", given->value);
    strbuf_add_quoted(out, given->bytes, (size_t)given->value,
                      given->value > SHOWN_BYTES ? SHOWN_OF_MANY : SHOWN_BYTES);
}

static void describe_result(const struct record *r, const struct effect *e, struct strbuf *out)
{
    const struct watched_result *given = &e->result;
    const char *error = given->value < 0 ? error_name_of_number((int)-given->value) : "";
    if (strcmp(error, "E?") == 0) /* one that no script can know */
        strbuf_addf(out, "-1 (%s)", strerror((int)-given->value));
    else if (given->value < 0)
        strbuf_addf(out, "-1 %s", error);
    else if (given->bytes != NULL && given->value == 0 && given->asked > 0)
        strbuf_add(out, "EOF");
    else if (given->bytes != NULL)
        describe_bytes(given, out);
    else
        strbuf_addf(out, "%" PRId64, given->value);
    describe_found(&r->rounds[e->call].cause.call, given, out);
}

static void describe_exit(int status, struct strbuf *out)
{
    if (status == EXIT_UNKNOWN)
        strbuf_add(out, "ends");
    else if (status < 0)
        strbuf_addf(out, "killed by %s", signal_name(-status));
    else
        strbuf_addf(out, "exits with %d", status);
}

void effect_describe(const struct record *r, const struct effect *e, struct strbuf *out)
{
    switch (e->kind) {
    case EFFECT_RETURNS: describe_result(r, e, out); break;
    case EFFECT_SLEEPS: strbuf_add(out, "sleeps"); break;
    case EFFECT_HANDLES: strbuf_addf(out, "handler of %s", signal_name(e->number)); break;
    case EFFECT_EXITS: describe_exit(e->number, out); break;
    }
}

void cause_describe(const struct record *r, size_t round, struct strbuf *out)
{
    const char *text = r->rounds[round].cause.text;
    switch (r->rounds[round].cause.kind) {
    case CAUSE_CALL: strbuf_add(out, text != NULL ? text : ""); break;
    case CAUSE_END: strbuf_add(out, "(its block is over)"); break;
    case CAUSE_HANDLER_END: strbuf_add(out, "(its handler returns)"); break;
    case CAUSE_TIME: strbuf_add(out, "(its time is over)"); break;
    case CAUSE_ALARM: strbuf_add(out, "(its alarm)"); break;
    }
}
