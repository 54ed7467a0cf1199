/* files.c - see files.h. */
#include "sim/cli/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SOURCE_LIMIT = 64 << 20 }; /* bytes of a script */

static bool complain(const char *path, const char *why)
{
    fprintf(stderr, "pipesim: error: cannot read '%s': %s\n", path, why);
    return false;
}

static bool append(struct file_list *list, char *name)
{
    if (name == NULL)
        return complain("the list of files", "out of memory");
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 64 : list->room * 2;
        char **grown = realloc(list->names, room * sizeof(char *));
        if (grown == NULL) {
            free(name);
            return complain("the list of files", "out of memory");
        }
        list->names = grown;
        list->room = room;
    }
    list->names[list->count++] = name;
    return true;
}

static bool is_scenario(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".pipe") == 0;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *joined(const char *folder, const char *name)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/')
        n--;
    char *path = malloc(n + strlen(name) + 2);
    if (path != NULL)
        sprintf(path, "%.*s/%s", (int)n, folder, name);
    return path;
}

static bool add_entry(struct file_list *list, const char *folder, const char *name)
{
    char *path = joined(folder, name);
    if (path == NULL)
        return complain(folder, "out of memory");
    if (name[0] != '.' && is_folder(path)) {
        bool good = file_list_add(list, path);
        free(path);
        return good;
    }
    if (is_scenario(name))
        return append(list, path);
    free(path);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool file_list_add(struct file_list *list, const char *path)
{
    if (!is_folder(path))
        return append(list, strdup(path));
    DIR *folder = opendir(path);
    if (folder == NULL)
        return complain(path, strerror(errno));
    size_t first = list->count;
    bool good = true;
    struct dirent *entry;
    while (good && (entry = readdir(folder)) != NULL)
        good = add_entry(list, path, entry->d_name);
    closedir(folder);
    if (list->count > first)
        qsort(list->names + first, list->count - first, sizeof *list->names, by_name);
    return good;
}

void file_list_free(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct file_list){0};
}

bool source_read(struct source *source, const char *name)
{
    struct strbuf contents = {0};
    char buffer[16384];
    size_t n;
    bool standard = strcmp(name, "-") == 0;
    FILE *f = standard ? stdin : fopen(name, "rb");
    if (f == NULL)
        return complain(name, strerror(errno));
    while (contents.length <= SOURCE_LIMIT && (n = fread(buffer, 1, sizeof buffer, f)) > 0)
        strbuf_add_bytes(&contents, buffer, n);
    bool bad = ferror(f) != 0;
    int error = errno;
    if (!standard)
        fclose(f);
    if (bad || contents.length > SOURCE_LIMIT || contents.out_of_memory) {
        strbuf_free(&contents);
        return complain(name, bad ? strerror(error) : "it is longer than 64 MiB");
    }
    *source = (struct source){standard ? "standard input" : name, contents.bytes, contents.length};
    return true;
}

void source_free(struct source *source)
{
    free((char *)source->text);
}
