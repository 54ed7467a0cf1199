/* wants no data race to be seen
 * wanted: 0 of 12  build */
#pragma GCC push_options
#define UNLOCKED __attribute__((no_sanitize("thread")))
#include "right.c"
