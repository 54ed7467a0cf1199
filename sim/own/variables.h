/* variables.h - inside own/: the static variables of loaded code. */
#ifndef SIM_OWN_VARIABLES_H
#define SIM_OWN_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

/* Those of the library that has this address in it become part of every snapshot. 0, or -1: too many. */
int variables_take(const void *inside);

/* The bytes of all of them. */
void variables_each(void (*add)(void *ctx, const void *bytes, size_t n), void *ctx);
bool variables_has(const void *at);

#endif
