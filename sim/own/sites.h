/* sites.h - inside own/: where a call in a person's own code is, and its text, from the address where it returns
 * to: "my_pipe.c:20 malloc(p->capacity)". The text is the source's, as far as it is known and stands on one
 * line. */
#ifndef SIM_OWN_SITES_H
#define SIM_OWN_SITES_H

/* Lasts as long as the program; the same pointer for the same place. */
const char *sites_of(const void *from, const char *function);

#endif
