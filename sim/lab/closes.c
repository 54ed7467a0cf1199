/* closes.c - see closes.h. Blank lines, comments and padding do not count. */
#include "sim/lab/closes.h"

#include <ctype.h>

struct lines {
    const char *at;
    int line;            /* of the one found */
    struct strbuf found; /* without blanks and comment */
};

static void add_solid(struct strbuf *s, const char *text, size_t n)
{
    bool quoted = false;
    strbuf_clear(s);
    for (size_t i = 0; i < n && (quoted || text[i] != '#'); i++) {
        quoted ^= text[i] == '"';
        if (quoted || !isspace((unsigned char)text[i]))
            strbuf_add_char(s, text[i]);
    }
}

static bool is_close(const char *line)
{
    size_t n = strlen(line);
    return n > 7 && strncmp(line, "close(", 6) == 0 && strchr(line, ')') == line + n - 1;
}

/* The next line that counts. False at the end. */
static bool next_line(struct lines *l)
{
    while (*l->at != '\0') {
        size_t n = strcspn(l->at, "\n");
        add_solid(&l->found, l->at, n);
        l->at += n + (l->at[n] == '\n');
        l->line++;
        if (l->found.length > 0 && !is_close(strbuf_text(&l->found)))
            return true;
    }
    strbuf_clear(&l->found);
    return false;
}

void closes_compare(struct trial *t, const struct material *m)
{
    t->outcome = OUTCOME_CANNOT_SAY;
    if (!material_is_whole(m, &t->headline))
        return;
    struct lines a = {.at = strbuf_text(&m->pieces[0].script.text)},
                 b = {.at = strbuf_text(&m->pieces[1].script.text)};
    bool more;
    do {
        more = next_line(&a);
        more = next_line(&b) || more;
    } while (more && strcmp(strbuf_text(&a.found), strbuf_text(&b.found)) == 0);
    t->outcome = more ? OUTCOME_FAILED : OUTCOME_PASSED;
    if (more)
        strbuf_addf(&t->headline,
                    "line %d is '%s', and was '%s': only lines close(...) may come or go", a.line,
                    strbuf_text(&a.found), strbuf_text(&b.found));
    strbuf_free(&a.found);
    strbuf_free(&b.found);
}
