/* branches.c - the runs that were left, and choosing another one; see walk.h. */
#include "sim/step/walking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *walk_schedule(const struct walk *w)
{
    return schedule_text(&w->schedule);
}

static bool add_branch(struct walk *w, uint64_t left)
{
    struct branch *grown = realloc(w->branches, (w->branch_count + 1) * sizeof *grown);
    char *schedule = walk_schedule(w);
    if (grown != NULL)
        w->branches = grown;
    if (grown == NULL || schedule == NULL) {
        free(schedule);
        return false;
    }
    w->branches[w->branch_count++] = (struct branch){schedule, left, LEFT_BY_CHOOSING};
    return true;
}

/* Makes the run of w->schedule from the start, and comes to rest at `position`. */
static void make_again(struct walk *w, uint64_t position)
{
    walking_go_back_to(w, &w->stops[0]);
    walking_drop_stops_after(w, walk_start(w));
    walking_forget_recording(w, walk_start(w));
    walking_make_to_the_end(w);
    walk_goto(w, position);
}

bool walking_take_schedule(struct walk *w, const char *text)
{
    const char *error;
    size_t at;
    schedule_fini(&w->schedule);
    schedule_init(&w->schedule, w->options.freedom);
    return schedule_parse(&w->schedule, text, &error, &at) == 0;
}

size_t walk_candidates(struct walk *w, int *actors, size_t room)
{
    const struct view *v = walk_view(w);
    size_t count = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_RUNNABLE && count < room)
            actors[count++] = (int)i;
    }
    return count;
}

/* As it was before a choice was tried. */
static void take_back(struct walk *w, const char *schedule, uint64_t position)
{
    free(w->branches[--w->branch_count].schedule);
    walking_take_schedule(w, schedule);
    make_again(w, position);
}

static bool same_choices(const struct walk *w, const char *schedule)
{
    char *now = walk_schedule(w);
    bool same = now != NULL && strcmp(now, schedule) == 0;
    free(now);
    return same;
}

int walk_choose(struct walk *w, const char *name)
{
    uint64_t here = w->position;
    char *old = walk_schedule(w);
    if (old == NULL || !add_branch(w, here)) {
        free(old);
        return -ENOMEM;
    }
    schedule_cut(&w->schedule, sched_cursor());
    schedule_add(&w->schedule, name);
    make_again(w, here);
    int error = !w->followed ? -ESRCH : same_choices(w, old) ? -EALREADY : 0;
    if (error != 0)
        take_back(w, old, here);
    free(old);
    return error;
}

size_t walk_branches(const struct walk *w)
{
    return w->branch_count;
}

const char *walk_branch_schedule(const struct walk *w, size_t i)
{
    return w->branches[i].schedule;
}

uint64_t walk_branch_left(const struct walk *w, size_t i)
{
    return w->branches[i].left;
}

int walk_take_branch(struct walk *w, size_t i)
{
    struct branch taken = w->branches[i];
    char *present = walk_schedule(w);
    if (present == NULL)
        return -ENOMEM;
    w->branches[i] = (struct branch){present, w->position, LEFT_BY_GOING_BACK};
    walking_take_schedule(w, taken.schedule);
    free(taken.schedule);
    make_again(w, taken.left);
    return 0;
}

int walk_undo(struct walk *w)
{
    for (size_t i = w->branch_count; i-- > 0;) {
        if (w->branches[i].how == LEFT_BY_CHOOSING)
            return walk_take_branch(w, i);
    }
    return -ENOENT;
}

bool walk_is_default(const struct walk *w)
{
    return w->options.freedom.grain == GRAIN_CALLS && w->first_schedule != NULL &&
           same_choices(w, w->first_schedule);
}

const struct run_options *walk_options(const struct walk *w)
{
    return &w->options;
}
