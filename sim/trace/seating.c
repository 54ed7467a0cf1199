/* seating.c - see seating.h. From the order in which they came one participant after the other is
 * moved to where the arrows are shortest, until no such move is left; then it is seen whether the
 * mirror image has fewer arrows to the left. */
#include "sim/trace/seating.h"

#include <stdlib.h>
#include <string.h>

/* A column more that an arrow is long counts as much as 16 arrows that take bytes to the left. Between
 * equals who made whom decides, or who sleeps on which pipe, and then who came first. */
enum {
    LESS = 1,
    MUCH = 4,
    STEP = 4,
    ROUNDS = 20,
    TIES = SEQUENCE_PARTICIPANTS * SEQUENCE_PARTICIPANTS
};

struct traffic {
    int count;
    bool is_pipe[SEQUENCE_PARTICIPANTS];
    /* From one to the other: all arrows, and those with bytes. */
    int64_t arrows[SEQUENCE_PARTICIPANTS][SEQUENCE_PARTICIPANTS];
    int64_t bytes[SEQUENCE_PARTICIPANTS][SEQUENCE_PARTICIPANTS];
};

/* Wake-ups follow from the messages, and need not be near. */
static void count_traffic(const struct sequence *s, struct traffic *t)
{
    for (int i = 0; i < s->participant_count; i++)
        t->is_pipe[i] = s->participants[i].kind == PARTICIPANT_PIPE;
    for (size_t i = 0; i < s->moment_count; i++) {
        const struct moment *m = &s->moments[i];
        if (m->about != NOBODY)
            t->arrows[m->from][m->about] += LESS;
        if (m->from == NOBODY || m->to == NOBODY || m->kind == MOMENT_WAKE)
            continue;
        t->arrows[m->from][m->to] += m->kind == MOMENT_START ? LESS : MUCH;
        t->bytes[m->from][m->to] += m->kind == MOMENT_BYTES;
    }
}

/* A pipe has its place between processes. */
static int64_t cost_of_edge(const struct traffic *t, int who)
{
    int64_t sum = 0;
    for (int i = 0; i < t->count && t->is_pipe[who]; i++)
        sum += (t->bytes[who][i] + t->bytes[i][who]) * STEP;
    return sum;
}

static int64_t cost(const struct traffic *t, const int *seats)
{
    int64_t sum = cost_of_edge(t, seats[0]) + cost_of_edge(t, seats[t->count - 1]);
    int64_t later_first = 0;
    for (int i = 0; i < t->count; i++) {
        for (int j = i + 1; j < t->count; j++) {
            int left = seats[i], right = seats[j];
            int64_t between = t->arrows[left][right] + t->arrows[right][left];
            sum += between * (j - i) * STEP + t->bytes[right][left];
            later_first += left > right && !t->is_pipe[left] && !t->is_pipe[right];
        }
    }
    return sum * TIES + later_first;
}

/* Takes who sits at `from` and seats them at `to`; those between move up. */
static void move(int *seats, int from, int to)
{
    int who = seats[from];
    size_t between = (size_t)abs(to - from) * sizeof *seats;
    if (from < to)
        memmove(&seats[from], &seats[from + 1], between);
    else
        memmove(&seats[to + 1], &seats[to], between);
    seats[to] = who;
}

/* The other way round everything is as long, and what went to the left goes to the right. */
static void mirror(const struct traffic *t, int *seats)
{
    int64_t before = cost(t, seats);
    int turned[SEQUENCE_PARTICIPANTS];
    for (int i = 0; i < t->count; i++)
        turned[i] = seats[t->count - 1 - i];
    if (cost(t, turned) < before)
        memcpy(seats, turned, (size_t)t->count * sizeof *seats);
}

/* The best move of one participant, if there is one that helps. */
static bool improve(const struct traffic *t, int *seats)
{
    int64_t best = cost(t, seats);
    int best_from = -1, best_to = -1;
    for (int from = 0; from < t->count; from++) {
        for (int to = 0; to < t->count; to++) {
            if (from == to)
                continue;
            move(seats, from, to);
            int64_t now = cost(t, seats);
            move(seats, to, from);
            if (now < best) {
                best = now;
                best_from = from;
                best_to = to;
            }
        }
    }
    if (best_from >= 0)
        move(seats, best_from, best_to);
    return best_from >= 0;
}

void seating_find(const struct sequence *s, int seats[SEQUENCE_PARTICIPANTS])
{
    struct traffic *t = calloc(1, sizeof *t);
    for (int i = 0; i < s->participant_count; i++)
        seats[i] = i;
    if (t == NULL || s->participant_count == 0) {
        free(t);
        return;
    }
    t->count = s->participant_count;
    count_traffic(s, t);
    for (int round = 0; round < ROUNDS && improve(t, seats); round++)
        ;
    mirror(t, seats);
    free(t);
}
