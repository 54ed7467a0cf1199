/* handed.c - see handed.h. */
#include "sim/own/handed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Does it lead to a file below the folder that it stands in? */
static bool stays_in_folder(const char *path)
{
    char folder[PATH_MAX], real_folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash + 1 - path) : 0;
    if (n + 2 > sizeof folder)
        return false;
    snprintf(folder, sizeof folder, "%.*s.", (int)n, path);
    if (realpath(folder, real_folder) == NULL || realpath(path, real) == NULL)
        return false;
    n = strlen(real_folder);
    return strncmp(real, real_folder, n) == 0 && real[n] == '/';
}

static bool complain(struct strbuf *why, const char *path, const char *what)
{
    strbuf_addf(why, "'%s' %s", path, what);
    return false;
}

/* Opened without waiting for anybody (a FIFO), and looked at when it can be no other any more. < 0: `why` says
 * what is wrong. */
static int open_regular(const char *path, struct strbuf *why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        strbuf_addf(why, "cannot read '%s': %s", path, strerror(errno));
        return -1;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= HANDED_MOST)
        return fd;
    complain(why, path, S_ISREG(st.st_mode) ? "is larger than 1 MiB" : "is no file");
    close(fd);
    return -1;
}

bool file_read(const char *path, struct strbuf *text, struct strbuf *why)
{
    enum { CHUNK = 1 << 14 };
    char chunk[CHUNK];
    ssize_t n;
    int fd = open_regular(path, why);
    if (fd < 0)
        return false;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        strbuf_add_bytes(text, chunk, n > 0 ? (size_t)n : 0);
    close(fd);
    return n == 0 || complain(why, path, "cannot be read");
}

bool handed_read(const char *path, struct strbuf *text, struct strbuf *why)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && !stays_in_folder(path))
        return complain(why, path, "is a symbolic link that leads out of its folder");
    return file_read(path, text, why);
}
