/* messages.c - see messages.h. */
#include "sim/cli/messages.h"

void print_text(const struct strbuf *text, FILE *to)
{
    fwrite(strbuf_text(text), 1, text->length, to);
}

void print_messages(const struct diag_list *diags, const struct source *source,
                    enum diag_color color)
{
    struct strbuf text = {0};
    diag_render(diags, source, color, &text);
    fflush(stdout);
    print_text(&text, stderr);
    strbuf_free(&text);
}
