/* fuzz_linux.c - does a pipe with page slots of libringbuf do what the kernel's pipe does? (players.c) */
#include "tests/fuzz/player.h"

#ifdef __linux__
const struct player *const players[] = {&host_player, &ringbuf_player, 0};
#endif
