/* replay.h - the causes of a recorded run, one after the other, on the host. */
#ifndef SIM_COMPARE_REPLAY_H
#define SIM_COMPARE_REPLAY_H

#include "sim/compare/difference.h"
#include "sim/compare/orders.h"

/* Records what the host does with the causes of the model's record, up to and including the first
 * round that differs in every order of the model (orders.h); where the host has taken another order, `m`
 * becomes a run in that one. False when that cannot be done, or not to the end, with `why`. */
struct replayed {
    struct difference difference;
    enum ordered searched; /* after a difference */
    size_t reordered;      /* how often another order was taken */
};

bool replay_on_host(struct model *m, const struct run_options *options, struct record *host,
                    struct replayed *replayed, struct strbuf *why);

/* Can the host have a pipe of exactly this size? */
bool host_has_size(const struct pipe_size *size);

#endif
