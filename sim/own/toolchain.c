/* toolchain.c - see toolchain.h. */
#include "sim/own/toolchain.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *toolchain_compiler(void)
{
    const char *cc = getenv("CC");
    return cc != NULL && cc[strspn(cc, " ")] != '\0' ? cc + strspn(cc, " ") : "cc";
}

struct search {
    void (*add)(void *ctx, const char *folder);
    void *ctx;
};

/* PREFIX/bin and its neighbours; not all of PREFIX, which may be somebody's home. */
static void add_programs(const struct search *s, const char *bin)
{
    static const char *const neighbours[] = {"lib", "lib64", "libexec", "include", "share"};
    const char *slash = strrchr(bin, '/');
    char path[PATH_MAX];
    if (strcmp(bin, "/usr/bin") == 0)
        return; /* it is the system's */
    s->add(s->ctx, bin);
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++) {
        snprintf(path, sizeof path, "%.*s/%s", (int)(slash - bin), bin, neighbours[i]);
        s->add(s->ctx, path);
    }
}

/* What this name of a program leads to in the end, if it is in this folder. */
static void add_where_it_leads(const struct search *s, const char *folder, const char *program)
{
    char name[PATH_MAX], path[PATH_MAX];
    snprintf(name, sizeof name, "%s/%.*s", folder, (int)strcspn(program, " "), program);
    if (access(name, X_OK) != 0 || realpath(name, path) == NULL)
        return;
    *strrchr(path, '/') = '\0';
    if (path[0] != '\0')
        add_programs(s, path);
}

static void add_search_path(const struct search *s, const char *list)
{
    char folder[PATH_MAX];
    while (*list != '\0') {
        size_t n = strcspn(list, ":");
        if (list[0] == '/' && n > 1 && n < sizeof folder) {
            snprintf(folder, sizeof folder, "%.*s", (int)n, list);
            add_programs(s, folder);
            add_where_it_leads(s, folder, toolchain_compiler());
        }
        list += n + (list[n] == ':');
    }
}

void toolchain_each(void (*add)(void *ctx, const char *folder), void *ctx)
{
    static const char *const system[] = {"/bin",         "/sbin",          "/lib",
                                         "/lib32",       "/lib64",         "/usr/bin",
                                         "/usr/sbin",    "/usr/lib",       "/usr/lib32",
                                         "/usr/lib64",   "/usr/libexec",   "/usr/share",
                                         "/usr/include", "/usr/local/lib", "/usr/local/include",
                                         "/nix/store",   "/gnu/store",     "/etc/ld.so.cache"};
    struct search s = {add, ctx};
    const char *list = getenv("PATH");
    for (size_t i = 0; i < sizeof system / sizeof *system; i++)
        add(ctx, system[i]);
    add_where_it_leads(&s, "", toolchain_compiler());
    if (list != NULL)
        add_search_path(&s, list);
}
