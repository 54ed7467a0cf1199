/* shelf.c - see shelf.h. */
#include "sim/lab/shelf.h"

#include "sim/own/handed.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE ".pipesim-lab" /* in a folder that somebody works in: the lab's name */

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *joined(const char *folder, const char *name)
{
    struct strbuf s = {0};
    strbuf_addf(&s, "%s/%s", folder, name);
    return s.bytes;
}

/* -- the labs ---------------------------------------------------------------------------------- */

/* scenarios/labs, or where it is installed, in this folder; NULL. */
static char *labs_in(const char *folder)
{
    static const char *const places[] = {"scenarios/labs", "share/pipesim/scenarios/labs"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *labs = joined(folder, places[i]);
        if (labs != NULL && is_folder(labs))
            return labs;
        free(labs);
    }
    return NULL;
}

/* The same in this folder or one above it. */
static char *above(const char *folder)
{
    char *at = strdup(folder), *found = NULL, *slash = NULL;
    do {
        found = at == NULL ? NULL : labs_in(at);
        slash = at == NULL ? NULL : strrchr(at, '/');
        if (slash != NULL)
            *slash = '\0';
    } while (found == NULL && slash != NULL);
    free(at);
    return found;
}

/* Where the program is of which this is a process: where that cannot be asked, the first of its name on $PATH.
 */
static bool find_program(const char *program, char path[PATH_MAX])
{
    char name[PATH_MAX];
    const char *list = getenv("PATH");
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (n > 0)
        path[n] = '\0';
    while (n <= 0 && list != NULL && *list != '\0') {
        size_t length = strcspn(list, ":");
        snprintf(name, sizeof name, "%.*s/%s", (int)length, list, program);
        if (access(name, X_OK) == 0 && realpath(name, path) != NULL)
            n = 1;
        list += length + (list[length] == ':');
    }
    return n > 0;
}

char *shelf_find(const char *program)
{
    char path[PATH_MAX];
    const char *said = getenv("PIPESIM_LABS");
    if (said != NULL && said[0] != '\0')
        return is_folder(said) ? strdup(said) : NULL;
    char *found = is_folder("scenarios/labs") ? strdup("scenarios/labs") : NULL;
    if (found == NULL && getcwd(path, sizeof path) != NULL)
        found = above(path);
    if (found == NULL && find_program(program, path))
        found = above(path);
    return found;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int shelf_list(const char *shelf, char ***names)
{
    int count = 0;
    DIR *dir = opendir(shelf);
    *names = NULL;
    if (dir == NULL)
        return -1;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        char **grown;
        if (e->d_name[0] < '0' || e->d_name[0] > '9')
            continue;
        grown = realloc(*names, ((size_t)count + 1) * sizeof **names);
        if (grown == NULL)
            break;
        *names = grown;
        grown[count++] = strdup(e->d_name);
    }
    closedir(dir);
    if (count > 0)
        qsort(*names, (size_t)count, sizeof **names, compare);
    return count;
}

static bool is_called(const char *lab, const char *name)
{
    char *end;
    long number = strtol(name, &end, 10);
    const char *dash = strchr(lab, '-');
    if (*end == '\0' && end != name)
        return strtol(lab, NULL, 10) == number;
    return strncmp(lab, name, strlen(name)) == 0 ||
           (dash != NULL && strncmp(dash + 1, name, strlen(name)) == 0);
}

char *shelf_lab(const char *shelf, const char *name)
{
    char **names, *found = NULL;
    int count = shelf_list(shelf, &names), fitting = 0;
    for (int i = 0; i < count; i++) {
        if (is_called(names[i], name) && fitting++ == 0)
            found = joined(shelf, names[i]);
        free(names[i]);
    }
    free(names);
    if (fitting == 1)
        return found;
    free(found);
    return NULL;
}

/* -- where somebody works ---------------------------------------------------------------------- */

char *work_lab(const char *folder)
{
    struct strbuf text = {0}, why = {0};
    char *note = joined(folder, NOTE), *name = NULL;
    if (file_read(note, &text, &why))
        name = strndup(strbuf_text(&text), strcspn(strbuf_text(&text), "\n"));
    strbuf_free(&text);
    strbuf_free(&why);
    free(note);
    return name;
}

static bool complain(struct strbuf *why, const char *what, const char *path)
{
    strbuf_addf(why, "cannot %s '%s': %s", what, path, strerror(errno));
    return false;
}

static bool write_new(const char *path, const struct strbuf *text, struct strbuf *why)
{
    FILE *f = access(path, F_OK) == 0 ? NULL : fopen(path, "w");
    if (f == NULL)
        return access(path, F_OK) == 0 || complain(why, "write", path);
    fwrite(strbuf_text(text), 1, text->length, f);
    return fclose(f) == 0 || complain(why, "write", path);
}

static bool make_folder(const char *path, struct strbuf *why)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST || complain(why, "make", path);
}

static bool copy_file(const char *from, const char *to, struct strbuf *why)
{
    struct strbuf text = {0};
    bool good = file_read(from, &text, why) && write_new(to, &text, why);
    strbuf_free(&text);
    return good;
}

/* Every file of a folder, if there is one. */
static bool copy_folder(const char *from, const char *to, struct strbuf *why)
{
    DIR *dir = opendir(from);
    bool good = dir == NULL || make_folder(to, why);
    for (struct dirent *e; good && dir != NULL && (e = readdir(dir)) != NULL;) {
        char *a = joined(from, e->d_name), *b = joined(to, e->d_name);
        if (e->d_name[0] != '.')
            good = copy_file(a, b, why);
        free(a);
        free(b);
    }
    if (dir != NULL)
        closedir(dir);
    return good;
}

bool work_begin(const struct lab *lab, const char *folder, struct strbuf *why)
{
    struct strbuf note = {0};
    char *const paths[] = {joined(lab->folder, "start"), joined(lab->folder, "visible"),
                           joined(folder, "visible"),    joined(lab->folder, "README.md"),
                           joined(folder, "README.md"),  joined(folder, NOTE)};
    strbuf_addf(&note, "%s\n", lab->name);
    bool good = make_folder(folder, why) && copy_folder(paths[0], folder, why) &&
                copy_folder(paths[1], paths[2], why) && copy_file(paths[3], paths[4], why) &&
                write_new(paths[5], &note, why);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        free(paths[i]);
    strbuf_free(&note);
    return good;
}
