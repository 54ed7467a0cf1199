/* stops.c - snapshots of a run, at intervals; see walking.h. */
#include "sim/step/walking.h"

#include <stdlib.h>

enum {
    SNAPSHOT_LIMIT = 256,    /* when there are so many, every second is dropped */
    MEMORY_LIMIT = 256 << 20 /* bytes of snapshots: the same */
};

static void thin_out(struct walk *w)
{
    size_t kept = 0;
    w->snapshot_bytes = 0;
    for (size_t i = 0; i < w->stop_count; i++) {
        if (i % 2 == 1) {
            snapshot_free(w->stops[i].snapshot);
            continue;
        }
        w->snapshot_bytes += snapshot_bytes(w->stops[i].snapshot);
        w->stops[kept++] = w->stops[i];
    }
    w->stop_count = kept;
    w->spacing *= 2;
}

void walking_add_stop(struct walk *w)
{
    struct snapshot *s = snapshot_take();
    struct stop *grown = realloc(w->stops, (w->stop_count + 1) * sizeof *grown);
    if (grown != NULL)
        w->stops = grown;
    if (s == NULL || grown == NULL) {
        snapshot_free(s);
        return;
    }
    w->stops[w->stop_count++] = (struct stop){w->position, s};
    w->snapshot_bytes += snapshot_bytes(s);
    if (w->stop_count >= SNAPSHOT_LIMIT || w->snapshot_bytes > MEMORY_LIMIT)
        thin_out(w);
}

void walking_drop_stops_after(struct walk *w, uint64_t position)
{
    while (w->stop_count > 1 && w->stops[w->stop_count - 1].position > position)
        snapshot_free(w->stops[--w->stop_count].snapshot);
}

const struct stop *walking_stop_before(const struct walk *w, uint64_t position)
{
    size_t low = 0, high = w->stop_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (w->stops[middle].position <= position)
            low = middle;
        else
            high = middle;
    }
    return &w->stops[low];
}

void walking_go_back_to(struct walk *w, const struct stop *s)
{
    snapshot_restore(s->snapshot);
    w->position = s->position;
}
