/* included.c - see included.h. */
#include "sim/own/included.h"

#include "sim/own/handed.h"

/* The next file of a make rule; false at its end. */
static bool next_file(const char **at, struct strbuf *file)
{
    const char *text = *at;
    strbuf_clear(file);
    while (strchr(" \t\n", *text) != NULL && *text != '\0')
        text++;
    for (; *text != '\0' && strchr(" \t\n", *text) == NULL; text++) {
        if (text[0] == '\\' && text[1] == '\n')
            break;
        if ((text[0] == '\\' && strchr(" #", text[1]) != NULL) ||
            (text[0] == '$' && text[1] == '$'))
            text++;
        strbuf_add_char(file, *text);
    }
    if (text[0] == '\\' && text[1] == '\n')
        text += 2;
    *at = text;
    return file->length > 0 || *text != '\0';
}

static int look_into(const char *file, struct strbuf *out)
{
    static const char *const words[] = {"no_sanitize", "disable_sanitizer"};
    struct strbuf text = {0}, why = {0};
    int error = 0;
    if (!file_read(file, &text, &why)) {
        strbuf_addf(out, "%s\n", strbuf_text(&why));
        error = -1;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words && error == 0; i++) {
        if (strstr(strbuf_text(&text), words[i]) == NULL)
            continue;
        strbuf_addf(out, "%s: '%s' hides from pipesim what the code does: take it out\n", file,
                    words[i]);
        error = -1;
    }
    strbuf_free(&text);
    strbuf_free(&why);
    return error;
}

int included_hides_nothing(const char *file, const char *list, const char *ours, struct strbuf *out)
{
    struct strbuf rule = {0}, next = {0}, why = {0};
    int error = 0;
    if (strchr(file, '\n') != NULL)
        return look_into(file, out);
    file_read(list, &rule, &why);
    const char *at = strchr(strbuf_text(&rule), ':');
    at = at != NULL ? at + 1 : "";
    while (error == 0 && next_file(&at, &next)) {
        if (next.length > 0 && strncmp(strbuf_text(&next), ours, strlen(ours)) != 0)
            error = look_into(strbuf_text(&next), out);
    }
    strbuf_free(&rule);
    strbuf_free(&next);
    strbuf_free(&why);
    return error;
}
