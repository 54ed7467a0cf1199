/* script.c - see script.h. */
#include "sim/lab/script.h"

#include "sim/own/handed.h"

#include <unistd.h>

void path_join(struct strbuf *path, const char *folder, const char *name, size_t length)
{
    if (strcmp(folder, ".") != 0)
        strbuf_addf(path, "%s/", folder);
    strbuf_add_bytes(path, name, length);
}

/* Where one of the files is, and how it is called: the student's copy of a file of the lab may have been
 * changed. */
static void find(struct strbuf *path, struct strbuf *name, const char *file, size_t length,
                 const char *star, const char *hand_in, const char *folder)
{
    bool handed_in = file[0] == '@';
    if (handed_in && memchr(file, '*', length) != NULL)
        strbuf_add(path, star);
    else
        path_join(path, handed_in ? hand_in : folder, file + handed_in, length - handed_in);
    path_join(name, hand_in, file, length);
    if (handed_in || access(strbuf_text(name), R_OK) != 0) {
        strbuf_clear(name);
        strbuf_add(name, strbuf_text(path));
    }
}

bool script_read(struct script *s, const char *files, const char *star, const char *hand_in,
                 const char *folder, struct strbuf *why)
{
    bool good = true, several = strchr(files, '+') != NULL;
    struct strbuf path = {0}, name = {0};
    if (several)
        strbuf_add(&s->words, "cat");
    for (const char *file = files; good && *file != '\0';) {
        size_t length = strcspn(file, "+");
        strbuf_clear(&path);
        strbuf_clear(&name);
        find(&path, &name, file, length, star, hand_in, folder);
        good = (file[0] == '@' ? handed_read : file_read)(strbuf_text(&path), &s->text, why);
        if (several) {
            strbuf_add_char(&s->words, ' ');
            strbuf_add_word(&s->words, strbuf_text(&name));
        } else {
            strbuf_add(&s->name, strbuf_text(&name));
        }
        file += length + (file[length] == '+');
    }
    if (several) {
        strbuf_add(&s->words, " | ");
        strbuf_add(&s->name, "-");
    }
    strbuf_free(&path);
    strbuf_free(&name);
    return good;
}

void lab_script_free(struct script *s)
{
    strbuf_free(&s->text);
    strbuf_free(&s->name);
    strbuf_free(&s->words);
}
