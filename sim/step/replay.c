/* replay.c - a run once more, for somebody who listens; see walk.h. */
#include "sim/step/walking.h"

static void go_again_to(struct walk *w, uint64_t position)
{
    walking_go_back_to(w, walking_stop_before(w, position));
    if (w->position < position)
        walking_run_to(w, position);
}

/* Leaves the walk at the end of that run. */
static struct replay replay_schedule(struct walk *w, const struct trace_sink *sink)
{
    struct replay replay = {.messages = {0}};
    walking_go_back_to(w, &w->stops[0]);
    run_send_messages(w->run, &replay.messages);
    w->listener = sink;
    w->pause_at = 0;
    replay.verdict = run_judge(w->run, run_go(w->run, UINT64_MAX));
    w->listener = NULL;
    run_send_messages(w->run, &w->ignored);
    return replay;
}

struct replay walk_replay(struct walk *w, const struct trace_sink *sink)
{
    uint64_t here = w->position;
    struct replay replay = replay_schedule(w, sink);
    go_again_to(w, here);
    return replay;
}

struct replay walk_replay_branch(struct walk *w, size_t i, const struct trace_sink *sink)
{
    uint64_t here = w->position;
    struct schedule present = w->schedule;
    schedule_init(&w->schedule, w->options.freedom); /* so that take_schedule leaves `present` */
    walking_take_schedule(w, w->branches[i].schedule);
    struct replay replay = replay_schedule(w, sink);
    schedule_fini(&w->schedule);
    w->schedule = present;
    go_again_to(w, here);
    return replay;
}
