/* compare.c - see compare.h. */
#include "sim/compare/compare.h"

#include "sim/compare/replay.h"
#include "sim/host/host.h"

#include <inttypes.h>
#include <string.h>

enum { OVERRIDES = 40 };

static const char *pipe_of(const struct program *program, const struct run_options *options)
{
    const char *name = program->settings.pipe;
    for (size_t i = 0; i < options->override_count; i++) {
        if (options->overrides[i].setting < 0 && options->overrides[i].pipe != NULL)
            name = options->overrides[i].pipe;
    }
    return name;
}

/* -- the host ---------------------------------------------------------------------------------- */

/* The first round, up to this one, in which a pipe was short of room that the host cannot have in the
 * same size. */
static bool room_mattered(const struct comparison *c, size_t round, size_t *where)
{
    const struct model *m = &c->a;
    for (size_t i = 0; i <= round && i < m->record.count; i++) {
        int pipe = m->record.rounds[i].short_of_room;
        bool other_size = pipe >= 0 && !host_has_size(&m->pipes[pipe]);
        for (size_t j = 0; pipe == SOME_PIPE && j < m->pipe_count; j++)
            other_size |= !host_has_size(&m->pipes[j]);
        if (other_size) {
            *where = i;
            return true;
        }
    }
    return false;
}

static const struct pipe_size *pipe_short_of_room(const struct comparison *c, size_t round)
{
    int pipe = c->a.record.rounds[round].short_of_room;
    for (size_t j = 0; pipe == SOME_PIPE && j < c->a.pipe_count; j++) {
        if (!host_has_size(&c->a.pipes[j]))
            return &c->a.pipes[j];
    }
    return &c->a.pipes[pipe];
}

static void say_sizes(struct comparison *c, size_t round)
{
    const struct pipe_size *p = pipe_short_of_room(c, round);
    const struct round *r = &c->a.record.rounds[round];
    const char *who = c->a.record.actors[r->cause.actor].name;
    if (p->kind == PIPE_IS_SOCKET)
        strbuf_addf(&c->why,
                    "from %s's call at tick %" PRId64
                    " on it matters how much a connection holds, and the host's buffers are not "
                    "measured in bytes alone; '%s' has %" PRId64 " here",
                    who, r->cause.tick, p->name, p->capacity);
    else
        strbuf_addf(&c->why,
                    "from %s's call at tick %" PRId64
                    " on it matters how much pipe '%s' holds: here %" PRId64
                    " byte%s, of which %" PRId64
                    " go%s in at once; a pipe of this host has %" PRId64 ", and 4096",
                    who, r->cause.tick, p->name, p->capacity, p->capacity == 1 ? "" : "s",
                    p->atomic, p->atomic == 1 ? "es" : "", host_capacity(p->capacity));
}

/* Those that wait in these calls are all woken, and look; those in read, write and accept in turn. */
static bool waits_beside_others(const struct comparison *c, const struct effect *e)
{
    static const char *const names[] = {"poll", "tee", "splice"};
    const char *name = c->a.record.rounds[e->call].cause.call.name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* One call has woken several, and who of them looks first is up to the host: PS-106. */
static bool several_look(const struct comparison *c, const struct round *round)
{
    size_t woken = 0;
    bool beside = false;
    for (size_t i = 0; i < round->count; i++) {
        const struct effect *e = &round->effects[i];
        if (e->kind != EFFECT_RETURNS || e->call == c->difference.round)
            continue;
        woken++;
        beside |= waits_beside_others(c, e);
    }
    return beside && woken > 1;
}

static bool is_race(const struct comparison *c)
{
    const struct difference *d = &c->difference;
    const struct effect *e = d->a != NULL ? d->a : d->b;
    return d->kind == DIFFERENCE_ORDER ||
           (d->kind == DIFFERENCE_EFFECT && e->kind == EFFECT_RETURNS && e->call != d->round &&
            (several_look(c, &c->a.record.rounds[d->round]) ||
             several_look(c, &c->b.record.rounds[d->round])));
}

/* Settings of the scenario that this host has otherwise. False: there are none that could matter. */
static bool settings_differ(struct comparison *c)
{
    const int64_t *set = c->a.settings.values;
    struct settings normal;
    settings_init(&normal);
    bool limits = false;
    for (int i = SETTING_max_pipe_size; i <= SETTING_privileged; i++)
        limits |= set[i] != normal.values[i];
    if (strcmp(c->names[0], "linux") == 0 && set[SETTING_page] != host_page())
        strbuf_addf(&c->why, "pages have %" PRId64 " byte%s here, and %" PRId64 " on this host",
                    set[SETTING_page], set[SETTING_page] == 1 ? "" : "s", host_page());
    else if (set[SETTING_latency] != normal.values[SETTING_latency])
        strbuf_addf(&c->why,
                    "latency = %" PRId64 ": on this host nothing is on its way for so long",
                    set[SETTING_latency]);
    else if (limits)
        strbuf_add(&c->why,
                   "the limits of a user are settings of the scenario; the host has its own");
    return c->why.length > 0;
}

/* What the host does otherwise by right is no difference. */
static void judge_host(struct comparison *c, enum ordered searched)
{
    size_t where;
    if (c->difference.kind == DIFFERENCE_NONE)
        return;
    if (settings_differ(c)) {
        c->result = COMPARED_NOT;
        c->rounds = c->difference.round;
    } else if (room_mattered(c, c->difference.round, &where)) {
        c->result = COMPARED_NOT;
        say_sizes(c, where);
        c->rounds = c->difference.round;
    } else if (searched == ORDER_NOT_FOUND && is_race(c)) {
        c->result = COMPARED_NOT;
        c->rounds = c->difference.round;
        strbuf_addf(&c->why,
                    "at tick %" PRId64 " the host let another one of several processes go first, "
                    "which it may",
                    c->a.record.rounds[c->difference.round].cause.tick);
    } else {
        c->result = COMPARED_DIFFERENT;
        return;
    }
    c->difference.kind = DIFFERENCE_NONE;
}

bool compare_with_host(struct comparison *c, const struct program *program,
                       const struct run_options *options, struct diag_list *diags)
{
    *c = (struct comparison){.result = COMPARED_SAME, .names = {pipe_of(program, options), "host"}};
    if (!model_run(&c->a, program, options, diags))
        return false;
    struct replayed replayed;
    bool good = replay_on_host(&c->a, options, &c->b.record, &replayed, &c->why);
    c->difference = replayed.difference;
    c->reordered = replayed.reordered;
    c->rounds = c->b.record.count;
    if (good)
        judge_host(c, replayed.searched);
    else
        c->result = COMPARED_NOT;
    return true;
}

/* -- another model ----------------------------------------------------------------------------- */

bool compare_with_model(struct comparison *c, const struct program *program,
                        const struct run_options *options, const char *other,
                        struct diag_list *diags)
{
    struct setting_override overrides[OVERRIDES];
    struct run_options there = *options;
    *c = (struct comparison){.result = COMPARED_SAME, .names = {pipe_of(program, options), other}};
    if (options->override_count >= OVERRIDES)
        return false;
    if (options->override_count > 0)
        memcpy(overrides, options->overrides, options->override_count * sizeof *overrides);
    overrides[options->override_count] = (struct setting_override){.setting = -1, .pipe = other};
    there.overrides = overrides;
    there.override_count = options->override_count + 1;
    if (!model_run(&c->a, program, options, diags) || !model_run(&c->b, program, &there, diags))
        return false;
    c->difference = difference_find(&c->a.record, &c->b.record);
    c->rounds = c->a.record.count < c->b.record.count ? c->a.record.count : c->b.record.count;
    if (c->difference.kind != DIFFERENCE_NONE) {
        c->result = COMPARED_DIFFERENT;
        c->rounds = c->difference.round + 1;
    }
    return true;
}

void comparison_free(struct comparison *c)
{
    model_free(&c->a);
    model_free(&c->b);
    strbuf_free(&c->why);
}
