/* script.c - see script.h. */
#include "sim/lab/script.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 4096, SCRIPT_MOST = 1 << 20 /* bytes */ };

bool file_read(const char *path, struct strbuf *text, struct strbuf *why)
{
    char chunk[CHUNK];
    size_t n, before = text->length;
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        strbuf_addf(why, "'%s' is no file", path);
        return false;
    }
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        strbuf_addf(why, "cannot read '%s': %s", path, strerror(errno));
        return false;
    }
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && text->length - before < SCRIPT_MOST)
        strbuf_add_bytes(text, chunk, n);
    bool good = n == 0 && !ferror(f);
    fclose(f);
    if (!good)
        strbuf_addf(why, "'%s' is no file of at most %d bytes", path, SCRIPT_MOST);
    return good;
}

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
        good = file_read(strbuf_text(&path), &s->text, why);
        strbuf_add(several ? &s->words : &s->name, several ? " " : "");
        strbuf_add(several ? &s->words : &s->name, strbuf_text(&name));
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
