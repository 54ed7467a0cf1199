/* orders.c - see orders.h.
 *
 * The steps of the present execution form a list; each has a clock, which says of every task how many
 * of its steps come before it in every equivalent order (happens before). The choice points on the way
 * form a stack of stops. A race between steps j and e, made by different tasks: nothing but the order
 * in which they were made says that j comes before e. Then some task that can begin the steps which do
 * not depend on j, up to e, is to be tried in the place of j. */
#include "sim/explore/orders.h"

#include "sim/explore/deal.h"
#include "sim/explore/footprint.h"
#include "sim/sched/arena.h"
#include "sim/sched/clock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    TASKS = 64,        /* their sets are bits of a word */
    LOOK_EVERY = 4096, /* steps between two looks at the clock */
};

#define BIT(task) (UINT64_C(1) << (task))

struct step {
    uint8_t task;
    uint32_t number;      /* of the task's steps, from 1 */
    uint32_t before;      /* the task's step before it, from 1; 0: none */
    uint32_t stop;        /* where it was chosen, from 1; 0: there was no choice */
    uint32_t first_touch; /* in `touches`; its touches end where those of the next step begin */
    uint64_t wakes;
    uint32_t epoch; /* time let it go on, having moved after so many steps; 0: it did not */
    uint32_t clock[TASKS];
};

/* A task that need not go on before something that depends on its next step has been done. */
struct sleeper {
    uint8_t task;
    uint32_t first, count; /* its step's footprint, in `prints` */
};

struct stop {
    struct snapshot *here; /* owned */
    struct sched_choice choices[SCHED_CHOICES_MOST];
    uint32_t count, chosen;
    uint64_t possible;     /* tasks; choices in the middle of a step: bits of their indices */
    uint64_t wanted, done; /* of them */
    bool inside;           /* in the middle of a step */
    uint32_t step_count, touch_count;
    uint64_t step_wakes;                   /* inside: what the step has done so far */
    uint32_t first_sleeper, sleeper_count; /* in `sleepers` */
    uint32_t print_count;                  /* of `prints` when it was met */
    uint32_t epoch;
    uint64_t let_go_by_time;
    uint16_t last;
    struct cost cost; /* up to here */
};

#define STACK(type)                                                                                \
    struct {                                                                                       \
        type *at;                                                                                  \
        uint32_t count, room;                                                                      \
    }

struct known_object {
    const void *object;
    uint32_t last; /* the touch of it, from 1 */
};

struct search_of_orders {
    struct orders *o;
    struct execution *x;
    STACK(struct step) steps;
    STACK(struct touched) touches;
    STACK(struct stop) stops;
    STACK(struct sleeper) sleepers; /* of all stops; those of the last one are on top */
    STACK(struct sleeper) asleep;   /* at present */
    STACK(struct touched) prints;
    STACK(struct known_object) objects;
    uint32_t last_step[TASKS]; /* from 1 */
    uint32_t task_count;       /* that have made a step in some execution */
    uint32_t analysed;         /* steps whose clocks are known */
    uint32_t finished;         /* steps that have woken the sleepers who depend on them */
    struct cost cost;
    uint32_t epoch;  /* the first step after time last moved */
    bool time_moves; /* and lets tasks go on: */
    uint64_t let_go_by_time;
    uint64_t snapshot_bytes;
    bool redundant, out_of_memory;
    struct deal deal;
    double start;
    uint64_t looked_after; /* steps, the last time at the clock */
};

static bool make_room(void **at, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return true;
    uint32_t more = *room == 0 ? 64 : *room * 2;
    void *grown = realloc(*at, more * size);
    if (grown == NULL)
        return false;
    *at = grown;
    *room = more;
    return true;
}

/* A new element on top of a stack, or NULL. */
#define PUSH(s, stack)                                                                             \
    (make_room((void **)&(s)->stack.at, (s)->stack.count, &(s)->stack.room, sizeof *(s)->stack.at) \
         ? &(s)->stack.at[(s)->stack.count++]                                                      \
         : ((s)->out_of_memory = true, NULL))

/* -- footprints -------------------------------------------------------------------------------- */

static uint32_t end_of_touches(const struct search_of_orders *s, uint32_t step)
{
    return step + 1 < s->steps.count ? s->steps.at[step + 1].first_touch : s->touches.count;
}

static struct known_object *object_known(struct search_of_orders *s, const void *object)
{
    for (uint32_t i = 0; i < s->objects.count; i++) {
        if (s->objects.at[i].object == object)
            return &s->objects.at[i];
    }
    struct known_object *o = PUSH(s, objects);
    if (o != NULL)
        *o = (struct known_object){object, 0};
    return o;
}

static void on_touch(void *ctx, const void *object, enum touch_kind kind)
{
    struct search_of_orders *s = ctx;
    if (s->steps.count == 0 || s->redundant)
        return;
    uint32_t step = s->steps.count - 1;
    for (uint32_t i = s->steps.at[step].first_touch; i < s->touches.count; i++) {
        if (s->touches.at[i].object == object) {
            s->touches.at[i].how |= (uint8_t)(1 << kind);
            return;
        }
    }
    struct known_object *o = object_known(s, object);
    struct touched *t = PUSH(s, touches);
    if (o == NULL || t == NULL)
        return;
    *t = (struct touched){object, (uint8_t)(1 << kind), o->last, step};
    o->last = s->touches.count;
}

static bool commute(const struct touched *a, uint32_t a_count, const struct touched *b,
                    uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count; i++) {
        for (uint32_t j = 0; j < b_count; j++) {
            if (a[i].object == b[j].object && uses_conflict(touched_use(&a[i]), touched_use(&b[j])))
                return false;
        }
    }
    return true;
}

/* -- steps ------------------------------------------------------------------------------------- */

/* The last step is complete: those who sleep and depend on it are awake. */
static void finish_step(struct search_of_orders *s)
{
    if (s->finished == s->steps.count)
        return; /* a task that was put to sleep after it is not woken by it */
    s->finished = s->steps.count;
    const struct step *e = &s->steps.at[s->steps.count - 1];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->asleep.count; i++) {
        struct sleeper z = s->asleep.at[i];
        if (commute(s->prints.at + z.first, z.count, s->touches.at + e->first_touch,
                    s->touches.count - e->first_touch))
            s->asleep.at[kept++] = z;
    }
    s->asleep.count = kept;
}

static bool sleeps(const struct search_of_orders *s, uint8_t task)
{
    for (uint32_t i = 0; i < s->asleep.count; i++) {
        if (s->asleep.at[i].task == task)
            return true;
    }
    return false;
}

/* Back to when there were so many steps and touches. */
static void cut_steps(struct search_of_orders *s, uint32_t step_count, uint32_t touch_count)
{
    while (s->touches.count > touch_count) {
        const struct touched *t = &s->touches.at[--s->touches.count];
        object_known(s, t->object)->last = t->before;
    }
    while (s->steps.count > step_count) {
        const struct step *e = &s->steps.at[--s->steps.count];
        s->last_step[e->task] = e->before;
    }
    if (s->analysed > step_count)
        s->analysed = step_count;
    if (s->finished > step_count)
        s->finished = step_count;
}

/* -- what happens before what ------------------------------------------------------------------ */

static void join(const struct search_of_orders *s, uint32_t *clock, const uint32_t *other)
{
    for (uint32_t i = 0; i < s->task_count; i++)
        clock[i] = other[i] > clock[i] ? other[i] : clock[i];
}

static bool is_before(const struct step *j, const uint32_t *clock)
{
    return clock[j->task] >= j->number;
}

/* The tasks that can make the first of the steps after j that do not depend on it, up to e. */
static uint64_t initials(const struct search_of_orders *s, uint32_t j, const struct step *e,
                         uint32_t e_index)
{
    uint64_t seen = 0, found = 0;
    const struct step *race = &s->steps.at[j];
    for (uint32_t k = j + 1; k <= e_index; k++) {
        const struct step *at = k == e_index ? e : &s->steps.at[k];
        if (k < e_index && is_before(race, at->clock))
            continue;
        if (seen & BIT(at->task))
            continue;
        bool first = true;
        for (uint32_t i = j + 1; i < k && first; i++) {
            const struct step *earlier = &s->steps.at[i];
            first = is_before(race, earlier->clock) || !is_before(earlier, at->clock);
        }
        seen |= BIT(at->task);
        found |= first ? BIT(at->task) : 0;
    }
    return found;
}

__attribute__((noinline)) static void reverse(struct search_of_orders *s, uint32_t j,
                                              const struct step *e, uint32_t e_index)
{
    if (s->steps.at[j].stop == 0)
        return; /* nobody else could run there */
    struct stop *stop = &s->stops.at[s->steps.at[j].stop - 1];
    uint64_t can_begin = initials(s, j, e, e_index) & stop->possible;
    if (stop->wanted & can_begin)
        return;
    if (can_begin == 0)
        stop->wanted |= stop->possible; /* to be on the safe side */
    else
        stop->wanted |= can_begin & BIT(e->task) ? BIT(e->task) : can_begin & -can_begin;
}

/* The step that took the lock which is, or was last, held before touch number `at` of it (from 1). */
static uint32_t taking_of(const struct search_of_orders *s, uint32_t at)
{
    while (at > 0 && touched_use(&s->touches.at[at - 1]) != USE_TAKES &&
           touched_use(&s->touches.at[at - 1]) != USE_WRITES)
        at = s->touches.at[at - 1].before;
    return at;
}

/* All earlier touches of an object that conflict with this one: races, and what comes before. `past` is
 * what came before e for other reasons than this object. */
static void look_at_touch(struct search_of_orders *s, struct step *e, uint32_t e_index,
                          enum use use, uint32_t before, const uint32_t *past)
{
    if (use == USE_TAKES) {
        uint32_t taking = taking_of(s, before);
        const struct step *j = taking == 0 ? NULL : &s->steps.at[s->touches.at[taking - 1].step];
        if (j != NULL && j->task != e->task && !is_before(j, past))
            reverse(s, s->touches.at[taking - 1].step, e, e_index);
    }
    for (uint32_t at = before; at > 0; at = s->touches.at[at - 1].before) {
        const struct touched *t = &s->touches.at[at - 1];
        const struct step *j = &s->steps.at[t->step];
        enum use other = touched_use(t);
        if (!uses_conflict(use, other))
            continue;
        bool lock = (use == USE_TAKES || use == USE_LETS_GO) &&
                    (other == USE_TAKES || other == USE_LETS_GO);
        if (!is_before(j, e->clock)) {
            if (!lock || (use == USE_TAKES && other == USE_WRITES))
                reverse(s, t->step, e, e_index);
            join(s, e->clock, j->clock);
        }
        if (other != USE_READS)
            return; /* all touches before this one come before it */
    }
}

/* What comes before step e without regard to what it touches. */
static void begin_clock(struct search_of_orders *s, struct step *e, uint32_t e_index)
{
    memset(e->clock, 0, sizeof e->clock);
    if (e->before > 0)
        join(s, e->clock, s->steps.at[e->before - 1].clock);
    for (uint32_t i = e->before; i < e_index; i++) {
        if (s->steps.at[i].wakes & BIT(e->task))
            join(s, e->clock, s->steps.at[i].clock);
    }
    for (uint32_t i = 0; i < e->epoch; i++) { /* time moved when nobody could run any more */
        const struct step *earlier = &s->steps.at[i];
        if (earlier->number > e->clock[earlier->task])
            e->clock[earlier->task] = earlier->number;
    }
}

static void analyse_steps(struct search_of_orders *s)
{
    uint32_t past[TASKS];
    for (; s->analysed < s->steps.count; s->analysed++) {
        uint32_t index = s->analysed;
        struct step *e = &s->steps.at[index];
        begin_clock(s, e, index);
        memcpy(past, e->clock, sizeof past);
        for (uint32_t i = e->first_touch; i < end_of_touches(s, index); i++)
            look_at_touch(s, e, index, touched_use(&s->touches.at[i]), s->touches.at[i].before,
                          past);
        e->clock[e->task] = e->number;
    }
}

/* Who waits for a lock at the end, as if it got it: else a deadlock would hide the order that leads
 * out of it. It is the same where an execution is given up, since all who can go on sleep. */
static void analyse_wanting(struct search_of_orders *s)
{
    uint32_t past[TASKS];
    for (const struct task *t = sched_next_task(NULL); t != NULL; t = sched_next_task(t)) {
        const void *mutex = sched_wanted_mutex(t);
        uint8_t task = (uint8_t)task_number(t);
        if (mutex == NULL || sleeps(s, task))
            continue;
        struct step e = {.task = task, .before = s->last_step[task]};
        e.number = e.before > 0 ? s->steps.at[e.before - 1].number + 1 : 1;
        begin_clock(s, &e, s->steps.count);
        memcpy(past, e.clock, sizeof past);
        look_at_touch(s, &e, s->steps.count, USE_TAKES, object_known(s, mutex)->last, past);
    }
}

static void analyse(struct search_of_orders *s)
{
    if (s->o->which == ORDERS_THAT_DIFFER) {
        analyse_steps(s);
        analyse_wanting(s);
    }
}

/* All that can follow from here is followed elsewhere. What is still done before the next choice does
 * not belong to the execution. */
static void give_up(struct search_of_orders *s)
{
    analyse(s);
    s->redundant = true;
}

/* -- what the execution tells ------------------------------------------------------------------ */

static void on_step(void *ctx, struct task *t)
{
    struct search_of_orders *s = ctx;
    uint8_t task = (uint8_t)task_number(t);
    if (s->redundant)
        return;
    bool chosen = s->stops.count > 0 &&
                  s->stops.at[s->stops.count - 1].step_count == s->steps.count &&
                  !s->stops.at[s->stops.count - 1].inside;
    finish_step(s);
    if (sleeps(s, task)) { /* nobody else could go on */
        give_up(s);
        return;
    }
    struct step *e = PUSH(s, steps);
    if (e == NULL)
        return;
    if (s->task_count <= task)
        s->task_count = task + 1u;
    uint32_t before = s->last_step[task];
    e->task = task;
    e->before = before;
    e->number = before > 0 ? s->steps.at[before - 1].number + 1 : 1;
    e->stop = chosen ? s->stops.count : 0;
    e->first_touch = s->touches.count;
    e->wakes = 0;
    e->epoch = s->let_go_by_time & BIT(task) ? s->epoch : 0;
    s->let_go_by_time &= ~BIT(task);
    s->time_moves = false;
    s->last_step[task] = s->steps.count;
}

static void on_wakes(void *ctx, struct task *t)
{
    struct search_of_orders *s = ctx;
    if (s->time_moves)
        s->let_go_by_time |= BIT(task_number(t));
    else if (s->steps.count > 0 && !s->redundant)
        s->steps.at[s->steps.count - 1].wakes |= BIT(task_number(t));
}

static void on_time(void *ctx)
{
    struct search_of_orders *s = ctx;
    if (s->redundant)
        return;
    s->epoch = s->steps.count;
    s->time_moves = true;
    s->asleep.count = 0; /* to be on the safe side: nobody who can run can be left */
}

/* -- stops ------------------------------------------------------------------------------------- */

static uint64_t bit_of(const struct stop *stop, uint32_t i)
{
    return stop->inside ? BIT(i) : BIT(task_number(stop->choices[i].task));
}

static bool preempts(const struct stop *stop, uint32_t i)
{
    return choice_preempts(stop->choices, stop->count, stop->choices[i], stop->last);
}

static uint64_t asleep_at(const struct search_of_orders *s, const struct stop *stop)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < stop->sleeper_count; i++)
        set |= BIT(s->sleepers.at[stop->first_sleeper + i].task);
    return stop->inside ? 0 : set;
}

static bool within_bound(const struct search_of_orders *s, const struct stop *stop, uint32_t i)
{
    return s->o->bounds.preemptions < 0 ||
           stop->cost.preemptions + preempts(stop, i) <= s->o->bounds.preemptions;
}

/* The first choice that is wanted and not done; `count`: none. */
static uint32_t next_choice(struct search_of_orders *s, const struct stop *stop)
{
    uint64_t asleep = asleep_at(s, stop);
    for (uint32_t i = 0; i < stop->count; i++) {
        uint64_t bit = bit_of(stop, i);
        if (!(stop->wanted & bit) || (stop->done | asleep) & bit)
            continue;
        if (within_bound(s, stop, i))
            return i;
        s->o->bounded = true;
    }
    return stop->count;
}

static bool deals(const struct search_of_orders *s)
{
    return s->o->parts > 0 && s->stops.count <= DEAL_DEPTH;
}

/* What is to be tried here at first: all, or one, and more when races ask for it. */
static uint64_t first_wanted(struct search_of_orders *s, const struct stop *stop)
{
    if (s->o->which == ORDERS_ALL || stop->inside || deals(s))
        return stop->possible;
    uint64_t asleep = asleep_at(s, stop);
    for (uint32_t i = 0; i < stop->count; i++) {
        if (!(asleep & bit_of(stop, i)))
            return bit_of(stop, i);
    }
    return 0;
}

static struct stop *push_stop(struct search_of_orders *s)
{
    struct execution *x = s->x;
    struct stop *stop = PUSH(s, stops);
    if (stop == NULL)
        return NULL;
    *stop = (struct stop){.here = snapshot_take(),
                          .count = (uint32_t)x->count,
                          .inside = x->choices[0].kind != CHOICE_GOES_ON,
                          .step_count = s->steps.count,
                          .touch_count = s->touches.count,
                          .first_sleeper = s->sleepers.count,
                          .sleeper_count = s->asleep.count,
                          .print_count = s->prints.count,
                          .epoch = s->epoch,
                          .let_go_by_time = s->let_go_by_time,
                          .last = x->last,
                          .cost = s->cost};
    if (stop->here == NULL)
        s->out_of_memory = true;
    else
        s->snapshot_bytes += snapshot_bytes(stop->here);
    if (stop->inside)
        stop->step_wakes = s->steps.at[s->steps.count - 1].wakes;
    memcpy(stop->choices, x->choices, x->count * sizeof *stop->choices);
    for (uint32_t i = 0; i < stop->count; i++)
        stop->possible |= bit_of(stop, i);
    for (uint32_t i = 0; i < s->asleep.count; i++) {
        struct sleeper *z = PUSH(s, sleepers);
        if (z != NULL)
            *z = s->asleep.at[i];
    }
    stop->wanted = first_wanted(s, stop);
    return stop;
}

static void pop_stop(struct search_of_orders *s)
{
    struct stop *stop = &s->stops.at[--s->stops.count];
    s->sleepers.count = stop->first_sleeper;
    s->prints.count = stop->print_count;
    if (stop->here != NULL)
        s->snapshot_bytes -= snapshot_bytes(stop->here);
    snapshot_free(stop->here);
}

/* The choice that was made here is done with: its task sleeps in what follows from the others. */
static void put_to_sleep(struct search_of_orders *s, struct stop *stop)
{
    stop->done |= bit_of(stop, stop->chosen);
    if (stop->inside || s->o->which == ORDERS_ALL || stop->step_count >= s->steps.count)
        return;
    const struct step *e = &s->steps.at[stop->step_count];
    struct sleeper *z = PUSH(s, sleepers);
    if (z == NULL)
        return;
    *z = (struct sleeper){.task = e->task, .first = s->prints.count};
    for (uint32_t i = e->first_touch; i < end_of_touches(s, stop->step_count); i++) {
        struct touched *t = PUSH(s, prints);
        if (t == NULL)
            return;
        *t = s->touches.at[i];
        z->count++;
    }
    stop->sleeper_count++;
}

/* -- going ------------------------------------------------------------------------------------- */

static void go_on_from(struct search_of_orders *s, struct stop *stop, uint32_t choice)
{
    struct execution *x = s->x;
    struct sched_choice c = stop->choices[choice];
    bool takes = preempts(stop, choice);
    bool switches = !stop->inside && stop->last != NO_TASK && task_number(c.task) != stop->last;
    stop->chosen = choice;
    s->asleep.count = 0;
    for (uint32_t i = 0; i < stop->sleeper_count; i++) {
        struct sleeper *z = PUSH(s, asleep);
        if (z != NULL)
            *z = s->sleepers.at[stop->first_sleeper + i];
    }
    s->redundant = false;
    struct cost before = stop->cost;
    execution_go(x, c);
    s->o->steps += x->steps;
    s->cost = cost_sum(before, (struct cost){takes, x->switches + switches, x->steps});
}

static void back_to(struct search_of_orders *s, struct stop *stop)
{
    snapshot_restore(stop->here);
    cut_steps(s, stop->step_count, stop->touch_count);
    if (stop->inside)
        s->steps.at[s->steps.count - 1].wakes = stop->step_wakes;
    if (stop->inside && s->analysed == s->steps.count)
        s->analysed--;
    if (stop->inside && s->finished == s->steps.count)
        s->finished--;
    s->epoch = stop->epoch;
    s->let_go_by_time = stop->let_go_by_time;
    s->time_moves = false;
    execution_resume(s->x, stop->last);
}

/* -- executions -------------------------------------------------------------------------------- */

static void keep_route(struct search_of_orders *s, struct route *route)
{
    struct move *moves = malloc((s->stops.count + 1) * sizeof *moves);
    if (moves == NULL) {
        s->out_of_memory = true;
        return;
    }
    for (uint32_t i = 0; i < s->stops.count; i++) {
        const struct stop *stop = &s->stops.at[i];
        struct sched_choice c = stop->choices[stop->chosen];
        moves[i] =
            (struct move){(uint8_t)c.kind, (uint8_t)stop->count, (uint16_t)task_number(c.task)};
    }
    route_fini(route);
    *route = (struct route){moves, s->stops.count, s->cost};
}

static void finish_execution(struct search_of_orders *s)
{
    if (s->redundant) {
        s->o->blocked++;
        return;
    }
    analyse(s);
    struct ending e = s->x->subject->end(s->x->subject->ctx, s->x->end);
    struct met_ending *known = endings_meet(&s->o->endings, &e);
    s->o->executions++;
    if (known == NULL) {
        s->out_of_memory = true;
        return;
    }
    if (known->route.moves == NULL || cost_compare(s->cost, known->route.cost) < 0)
        keep_route(s, &known->route);
}

static uint32_t size_of_set(uint64_t set)
{
    uint32_t n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

static double covered(const struct search_of_orders *s)
{
    double sum = 0, share = 1;
    for (uint32_t i = 0; i < s->stops.count; i++) {
        const struct stop *stop = &s->stops.at[i];
        double each = share / size_of_set(stop->wanted);
        sum += each * size_of_set(stop->done);
        share = each;
    }
    return s->stops.count == 0 ? 1 : sum;
}

static uint64_t bytes_used(const struct search_of_orders *s)
{
    return s->snapshot_bytes + s->steps.room * sizeof *s->steps.at +
           s->stops.room * sizeof *s->stops.at + s->touches.room * sizeof *s->touches.at +
           s->sleepers.room * sizeof *s->sleepers.at + s->prints.room * sizeof *s->prints.at;
}

static bool at_a_bound(struct search_of_orders *s)
{
    struct orders *o = s->o;
    uint64_t made = o->executions + o->blocked;
    if (o->end != SEARCH_COMPLETE)
        return true;
    if (s->out_of_memory || (o->bounds.bytes > 0 && bytes_used(s) > o->bounds.bytes))
        o->end = SEARCH_BYTES;
    else if (o->bounds.executions > 0 && made >= o->bounds.executions)
        o->end = SEARCH_EXECUTIONS;
    if (o->end == SEARCH_COMPLETE && o->steps - s->looked_after >= LOOK_EVERY) {
        s->looked_after = o->steps;
        o->seconds = clock_now() - s->start;
        o->covered = covered(s);
        if (o->bounds.seconds > 0 && o->seconds > o->bounds.seconds)
            o->end = SEARCH_SECONDS;
        else if (o->stop != NULL && o->stop(o->ctx, o))
            o->end = SEARCH_STOPPED;
    }
    return o->end != SEARCH_COMPLETE;
}

/* Forwards from where we are, to the end of an execution, or to a bound. */
static void run_on(struct search_of_orders *s)
{
    for (;;) {
        enum deal_prefix prefix = s->x->ended ? DEAL_HAS_ENDED : DEAL_GOES_ON;
        bool ours = deal_is_ours(&s->deal, s->stops.count, prefix);
        if (!ours)
            return;
        if (s->x->ended || s->x->choices[0].kind == CHOICE_GOES_ON)
            finish_step(s);
        if (s->redundant || s->x->ended) {
            finish_execution(s);
            return;
        }
        struct stop *stop = push_stop(s);
        uint32_t choice = stop == NULL || s->out_of_memory ? 0 : next_choice(s, stop);
        if (stop == NULL || at_a_bound(s))
            return;
        if (choice == stop->count) { /* all who could go on sleep, or are beyond the bound */
            stop->chosen = 0;
            pop_stop(s);
            give_up(s);
            finish_execution(s);
            return;
        }
        go_on_from(s, stop, choice);
    }
}

static bool next_execution(struct search_of_orders *s)
{
    while (s->stops.count > 0) {
        struct stop *stop = &s->stops.at[s->stops.count - 1];
        put_to_sleep(s, stop);
        uint32_t choice = next_choice(s, stop);
        if (choice < stop->count) {
            back_to(s, stop);
            go_on_from(s, stop, choice);
            return true;
        }
        pop_stop(s);
    }
    return false;
}

void orders_search(struct orders *o, struct execution *x)
{
    struct search_of_orders s = {
        .o = o, .x = x, .start = clock_now(), .deal = {.part = o->part, .parts = o->parts}};
    x->also = (struct step_watch){&s, on_step, on_touch, on_wakes, on_time};
    execution_start(x);
    s.cost = (struct cost){0, x->switches, x->steps};
    do
        run_on(&s);
    while (!at_a_bound(&s) && next_execution(&s));
    o->covered = o->end == SEARCH_COMPLETE ? 1 : covered(&s);
    while (s.stops.count > 0)
        pop_stop(&s);
    x->also = (struct step_watch){0};
    free(s.steps.at);
    free(s.touches.at);
    free(s.stops.at);
    free(s.sleepers.at);
    free(s.asleep.at);
    free(s.prints.at);
    free(s.objects.at);
    o->seconds = clock_now() - s.start;
}

void orders_fini(struct orders *o)
{
    endings_fini(&o->endings);
}
