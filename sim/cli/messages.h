/* messages.h - texts and messages on the streams of the program. */
#ifndef SIM_CLI_MESSAGES_H
#define SIM_CLI_MESSAGES_H

#include "sim/script/diag.h"

#include <stdio.h>

void print_text(const struct strbuf *text, FILE *to);

/* On stderr, after all that is to stand on stdout before them. */
void print_messages(const struct diag_list *diags, const struct source *source,
                    enum diag_color color);

#endif
