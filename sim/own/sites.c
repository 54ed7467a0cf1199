/* sites.c - see sites.h. */
#include "sim/own/sites.h"

#include "sim/own/lines.h"
#include "sim/own/listing.h"
#include "sim/trace/strbuf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE = 1024, CALL_SHOWN = 160 };

static struct known {
    const void *from;
    const char *site;
} cache[CACHE];

/* Bytes of "f(a, g(b))" at the beginning of the text; 0: it does not end on this line. */
static size_t call_length(const char *text)
{
    int depth = 0;
    for (size_t n = 0; text[n] != '\0' && n < CALL_SHOWN; n++) {
        depth += (text[n] == '(') - (text[n] == ')');
        if (depth == 0 && text[n] == ')')
            return n + 1;
    }
    return 0;
}

static void add_call(struct strbuf *out, const struct code_line *l, const char *function)
{
    const struct listing *source = listing_of(l->file, strlen(l->file));
    const char *text = source != NULL && l->line > 0 && l->line <= source->line_count
                           ? strstr(source->lines[l->line - 1], function)
                           : NULL;
    size_t n = text == NULL || text[strlen(function)] != '(' ? 0 : call_length(text);
    if (n > 0)
        strbuf_add_bytes(out, text, n);
    else
        strbuf_addf(out, "%s(...)", function);
}

static const char *make(const void *from, const char *function)
{
    struct strbuf site = {0};
    struct code_line l = lines_find((const char *)from - 1);
    if (l.line != 0)
        strbuf_addf(&site, "%s:%u ", l.file, l.line);
    add_call(&site, &l, function);
    return site.bytes;
}

const char *sites_of(const void *from, const char *function)
{
    size_t place = (uintptr_t)from % CACHE, looked = 0;
    while (cache[place].from != NULL && cache[place].from != from && looked++ < CACHE)
        place = (place + 1) % CACHE;
    struct known *k = &cache[place];
    if (k->from != from) /* if there are so many that none is free, the place of another is taken */
        *k = (struct known){from, make(from, function)};
    return k->site != NULL ? k->site : function;
}
