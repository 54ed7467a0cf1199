/* closes.h - a scenario that was handed in, and the one it was made of: do they differ only in lines that
 * close a descriptor? */
#ifndef SIM_LAB_CLOSES_H
#define SIM_LAB_CLOSES_H

#include "sim/lab/material.h"

/* Of CASE_ONLY_CLOSES: "@HANDED-IN+ORIGINAL". */
void closes_compare(struct trial *t, const struct material *m);

#endif
