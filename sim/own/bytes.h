/* bytes.h - inside own/: files that were put into the program when it was built (bytes.sh). */
#ifndef SIM_OWN_BYTES_H
#define SIM_OWN_BYTES_H

#include <stddef.h>

/* beside/beside.c, compiled: linked to each pipe of a person's own. */
extern const unsigned char beside_object[];
extern const size_t beside_object_size;

#endif
