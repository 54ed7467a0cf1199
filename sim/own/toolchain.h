/* toolchain.h - inside own/: where the C compiler is, and all that it needs. */
#ifndef SIM_OWN_TOOLCHAIN_H
#define SIM_OWN_TOOLCHAIN_H

/* $CC, which may have options behind it, or "cc". */
const char *toolchain_compiler(void);

/* The folders of the system's programs, those on $PATH, that where the compiler really is, and what stands
 * beside each of them (lib, include ...). Each may be one that is not there. */
void toolchain_each(void (*add)(void *ctx, const char *folder), void *ctx);

#endif
