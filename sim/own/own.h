/* own.h - a pipe of a person's own: C files that implement ringbuf/pipe.h, or a part of it, with ordinary
 * pthread calls, compiled and loaded, and from then on a pipe implementation as any other.
 *
 * The code is compiled unmodified, with headers in place of the system's (beside/pthread.h and others) and
 * functions in place of the C library's (beside/beside.c): its pthread calls are scheduling points, its heap is
 * memory of the arena; its static variables are made part of every snapshot.
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

/* That name: without folders, and not too long. */
enum { OWN_NAME_SIZE = 32 };
void own_name(const char *file, char name[OWN_NAME_SIZE]);

/* The two halves of that for one file, for those who do not trust it (guest.h): compiles it as this object, in
 * the same file system as $TMPDIR, 0 or -1, and does not when it says that it would hide from us what it does;
 * and loads the object, made of the file with this text. */
int own_compile(const char *file, const char *object, struct strbuf *out);
const struct pipe_impl *own_join(const char *file, const char *text, const char *object,
                                 struct strbuf *out);

/* What is suspicious in the runs so far, and no mistake: a sentence on each line. */
void own_take_warnings(struct strbuf *out);

/* From now on another task may go on before each access to memory on these lines ("my_pipe.c:41,my_pipe.c:43"),
 * and races between them are no faults. */
void own_preempt_at(const char *lines);

/* From now on races are no faults, but collected; and the lines of those collected so far become lines as
 * above. Were there new ones? */
void own_collect_races(void);
enum own_races { OWN_RACES_KNOWN, OWN_RACES_NEW };
enum own_races own_preempt_at_races(void);

/* All such lines, as own_preempt_at takes them. */
void own_add_lines(struct strbuf *out);

#endif
