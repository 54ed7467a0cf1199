/* scratch.c - see scratch.h. */
#define _XOPEN_SOURCE 700
#include "sim/own/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int scratch_make(char path[SCRATCH_PATH_MOST], const char *in, struct strbuf *out)
{
    const char *tmp = getenv("TMPDIR");
    const char *folder = in != NULL ? in : tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp";
    int n = snprintf(path, SCRATCH_PATH_MOST, "%s/pipesim-XXXXXX", folder);
    if (n < SCRATCH_PATH_MOST && mkdtemp(path) != NULL)
        return 0;
    strbuf_addf(out, "cannot make a folder in '%s': %s\n", folder,
                strerror(n < SCRATCH_PATH_MOST ? errno : ENAMETOOLONG));
    path[0] = '\0';
    return -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void scratch_remove(const char *path)
{
    enum { DESCRIPTORS = 16 };
    if (path[0] != '\0')
        nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}
