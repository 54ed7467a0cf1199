/* orders.h - inside compare/: when one call wakes several, or ends several, who of them goes first is up to
 * the host. Is there an order of the model in which all comes out as it did there?
 *
 * Only these turns are tried (struct turn), and first those that differ from the rule's at one moment, then
 * at two, and so on: each is a schedule that `pipesim explore` goes through as well. Who is *woken* is
 * none of them: that is the model's to say, and the same in all. */
#ifndef SIM_COMPARE_ORDERS_H
#define SIM_COMPARE_ORDERS_H

#include "sim/compare/model.h"

enum ordered {
    ORDER_FOUND,
    ORDER_NONE,     /* no order of the model comes to that */
    ORDER_NOT_FOUND /* among those that were tried */
};

/* Another run of the model's program, with as many actors, whose record is that of the host up to this round,
 * and that goes on by the rule. Only when it is found there is something to be freed in it. */
enum ordered orders_find(const struct model *m, const struct run_options *options,
                         const struct record *host, size_t round, struct model *found);

#endif
