/* limits.c - how many pages a user may have in pipes (pipe(7), R12). All processes are one user's. What
 * counts is how many slots the pipes have, used or not; so it is known from the pipes. */
#include "sim/kernel/objects.h"

#include <errno.h>

enum { FEWEST_SLOTS = 2 }; /* of a new pipe of a user who is beyond the soft limit: PS-186 */

static uint64_t slots_of_all(const struct kernel *k)
{
    uint64_t sum = 0;
    if (k->config.user_pages_soft == 0 && k->config.user_pages_hard == 0)
        return 0; /* there is no limit: with very many pipes, counting would be all that is done */
    for (size_t i = 0; i < k->pipe_count; i++) {
        const struct kpipe *p = k->pipes[i];
        if (p->pipe != NULL && p->page > 0)
            sum += p->capacity / p->page;
    }
    return sum;
}

static bool beyond(uint64_t slots, uint64_t limit)
{
    return limit != 0 && slots > limit;
}

/* The limits make one process's pipes the concern of all. With those of a new system no exploration
 * comes near them. */
void limit_touch(struct kernel *k)
{
    enum { OF_A_NEW_SYSTEM = 16384 };
    if (k->config.user_pages_hard != 0 || k->config.user_pages_soft < OF_A_NEW_SYSTEM)
        sched_touch(&k->config, TOUCH_WRITE);
}

int64_t limit_new_slots(struct kernel *k, int64_t wanted)
{
    const struct kernel_config *c = &k->config;
    int64_t most = (int64_t)(c->max_pipe_size / c->page);
    limit_touch(k);
    if (c->privilege == PRIVILEGED)
        return wanted;
    int64_t slots = wanted < most ? wanted : most > 0 ? most : 1; /* PS-186c */
    uint64_t others = slots_of_all(k);
    if (beyond(others + (uint64_t)slots, c->user_pages_soft))
        slots = FEWEST_SLOTS;
    return beyond(others + (uint64_t)slots, c->user_pages_hard) ? -ENFILE : slots; /* PS-186b */
}

int limit_capacity(const struct kpipe *p, uint32_t capacity)
{
    const struct kernel_config *c = &p->kernel->config;
    uint64_t size = p->page, most = (uint64_t)1 << 31;
    limit_touch(p->kernel);
    if (capacity > most)
        return -EINVAL; /* PS-178 */
    while (size < capacity)
        size *= 2;
    if (c->privilege == PRIVILEGED)
        return size > most / 2 ? -ENOMEM : 0;
    if (size <= p->capacity)
        return 0; /* PS-186a: less is always allowed */
    uint64_t sum = slots_of_all(p->kernel) + (size - p->capacity) / p->page;
    bool too_many = beyond(sum, c->user_pages_soft) || beyond(sum, c->user_pages_hard);
    return size > c->max_pipe_size || too_many ? -EPERM : 0;
}
