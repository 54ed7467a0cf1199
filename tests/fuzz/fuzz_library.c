/* fuzz_library.c - do the calls of pipesim.h, and the rules written down once more by themselves, do what
 * the kernel's pipe does? (players.c) */
#include "tests/fuzz/player.h"

#ifdef __linux__
const struct player *const players[] = {&host_player, &library_player, &model_player, 0};
#endif
