/* replay.h - the causes of a recorded run, one after the other, on the host. */
#ifndef SIM_COMPARE_REPLAY_H
#define SIM_COMPARE_REPLAY_H

#include "sim/compare/difference.h"
#include "sim/compare/model.h"

/* Records what the host does with the causes of the model's record, up to and including the first
 * round that differs. False when that cannot be done, or not to the end, with `why`. */
bool replay_on_host(const struct model *m, struct record *host, struct difference *difference,
                    struct strbuf *why);

/* Can the host have a pipe of exactly this size? */
bool host_has_size(const struct pipe_size *size);

#endif
