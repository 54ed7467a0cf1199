/* save.c - the command: the run as a script, or its schedule alone. */
#include "sim/step/saved_script.h"
#include "sim/step/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_script(const char *file)
{
    size_t length = strlen(file);
    return length > 5 && strcmp(file + length - 5, ".pipe") == 0;
}

static bool write_file(const char *file, const struct strbuf *text)
{
    FILE *f = fopen(file, "wb");
    if (f == NULL)
        return false;
    bool written = fwrite(strbuf_text(text), 1, text->length, f) == text->length;
    return fclose(f) == 0 && written;
}

static bool add_schedule(struct stepper *s, struct strbuf *out)
{
    char *schedule = walk_schedule(s->walk);
    if (schedule != NULL)
        strbuf_addf(out, "%s\n", schedule);
    free(schedule);
    return schedule != NULL;
}

void save_command(struct stepper *s, const char *file, struct strbuf *out)
{
    struct strbuf text = {0};
    bool script = is_script(file);
    if (*file == '\0') {
        strbuf_add(out,
                   "save FILE: the schedule of this run; save FILE.pipe: the run as a script\n");
        return;
    }
    bool made = script ? saved_script(s->walk, file, &text) == 0 : add_schedule(s, &text);
    if (!made)
        strbuf_add(out, "memory is short\n");
    else if (!write_file(file, &text))
        strbuf_addf(out, "%s cannot be written: %s\n", file, strerror(errno));
    else if (script)
        strbuf_addf(out, "the first line of %s says how to do this run again\n", file);
    else
        strbuf_addf(out, "pipesim run --schedule @%s does this run again\n", file);
    strbuf_free(&text);
}
