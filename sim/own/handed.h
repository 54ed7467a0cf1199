/* handed.h - files, whole; also those of somebody who may hope that they are taken for something else. */
#ifndef SIM_OWN_HANDED_H
#define SIM_OWN_HANDED_H

#include "sim/trace/strbuf.h"

enum { HANDED_MOST = 1 << 20 /* bytes */ };

/* All of a file, behind what is in `text`. It must be a regular one, of at most HANDED_MOST bytes. False: `why`
 * says what is wrong. */
bool file_read(const char *path, struct strbuf *text, struct strbuf *why);

/* The same of a file that was handed in: it must be in its folder; a symbolic link may not lead out of that. */
bool handed_read(const char *path, struct strbuf *text, struct strbuf *why);

#endif
