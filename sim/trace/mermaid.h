/* mermaid.h - a sequence as a sequenceDiagram in Mermaid, for web pages and documents that draw it.
 *
 * A process has its bar while it runs or could, and none while it sleeps. Each pipe is a participant;
 * solid arrows are what goes into it and comes out, dotted ones are wake-ups. Every byte that means
 * something to Mermaid is written as an entity code, so no data can break the diagram. */
#ifndef SIM_TRACE_MERMAID_H
#define SIM_TRACE_MERMAID_H

#include "sim/trace/sequence.h"

/* The title may be empty. */
void mermaid_write(const struct sequence *s, const char *title, struct trace_output out);

#endif
