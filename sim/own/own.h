/* own.h - a pipe of a person's own: C files that implement ringbuf/pipe.h, or a part of it, with ordinary
 * pthread calls, compiled and loaded, and from then on a pipe implementation as any other.
 *
 * The code is compiled unmodified, with a header before it (beside/pipesim_pthread.h) that turns its
 * pthread calls into scheduling points and its heap into memory of the arena; its static variables are
 * made part of every snapshot.
 *
 * It need not tell an observer anything (pipe.h, hooks): what it moves is seen from outside
 * (kernel/observed.c), provided it has pipe_used. */
#ifndef SIM_OWN_OWN_H
#define SIM_OWN_OWN_H

#include "sim/kernel/pipe_impl.h"
#include "sim/trace/strbuf.h"

/* Is this the name of a file to be compiled (".c"), or loaded (".so"), and not of a built-in pipe? */
bool own_is_file(const char *name);

/* Compiles the files, whose names stand between commas, loads the result, and makes it known by the base
 * name of the first (pipe_impl_named). NULL: messages, of the compiler or of ours, are in `out`. */
const struct pipe_impl *own_load(const char *files, struct strbuf *out);

#endif
