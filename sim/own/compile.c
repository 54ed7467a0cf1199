/* compile.c - see compile.h. The headers that the code needs are in the program (listing.h): nothing need
 * be installed but a C compiler. */
#include "sim/own/compile.h"

#include "sim/own/listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is written into the folder, from which listing. */
static const struct {
    const char *name, *listing;
} texts[] = {
    {"pipesim_pthread.h", "sim/own/beside/pipesim_pthread.h"},
    {"beside.c", "sim/own/beside/beside.c"},
    {"ringbuf/pipe.h", "ringbuf/pipe.h"},
    {"pipe.h", "ringbuf/pipe.h"},
};

static void complain(struct strbuf *out, const char *what, const char *name)
{
    strbuf_addf(out, "cannot %s '%s': %s\n", what, name, strerror(errno));
}

static int write_text(const char *path, const struct listing *l, struct strbuf *out)
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        complain(out, "write", path);
        return -1;
    }
    for (size_t i = 0; i < l->line_count; i++)
        fprintf(f, "%s\n", l->lines[i]);
    if (fclose(f) == 0)
        return 0;
    complain(out, "write", path);
    return -1;
}

static int write_texts(struct workshop *w, struct strbuf *out)
{
    char path[400];
    snprintf(path, sizeof path, "%s/ringbuf", w->folder);
    if (mkdir(path, 0700) != 0) {
        complain(out, "make", path);
        return -1;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct listing *l = listing_of(texts[i].listing, strlen(texts[i].listing));
        snprintf(path, sizeof path, "%s/%s", w->folder, texts[i].name);
        if (l == NULL || write_text(path, l, out) != 0)
            return -1;
    }
    return 0;
}

int workshop_open(struct workshop *w, struct strbuf *out)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(w->folder, sizeof w->folder, "%.200s/pipesim-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(w->folder) == NULL) {
        complain(out, "make a folder like", w->folder);
        w->folder[0] = '\0';
        return -1;
    }
    snprintf(w->object, sizeof w->object, "%s/own.so", w->folder);
    return write_texts(w, out);
}

void workshop_close(struct workshop *w)
{
    char path[400];
    if (w->folder[0] == '\0')
        return;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        snprintf(path, sizeof path, "%s/%s", w->folder, texts[i].name);
        unlink(path);
    }
    unlink(w->object);
    snprintf(path, sizeof path, "%s/ringbuf", w->folder);
    rmdir(path);
    rmdir(w->folder);
    w->folder[0] = '\0';
}

/* -- the compiler ------------------------------------------------------------------------------ */

enum { WORDS_MOST = 32, CHUNK = 4096, OUTPUT_MOST = 1 << 16 };

static void read_all(int fd, struct strbuf *out)
{
    char chunk[CHUNK];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0) {
        if (out->length < OUTPUT_MOST)
            strbuf_add_bytes(out, chunk, (size_t)n);
    }
}

/* What the command prints goes to `out`. Its exit status, or -1. */
static int run(char *const *words, struct strbuf *out)
{
    int fds[2], status;
    if (pipe(fds) != 0)
        return -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        dup2(fds[1], STDERR_FILENO);
        close(fds[0]);
        close(fds[1]);
        execvp(words[0], words);
        dprintf(STDERR_FILENO, "%s: %s\n", words[0], strerror(errno));
        _exit(127);
    }
    close(fds[1]);
    if (pid > 0)
        read_all(fds[0], out);
    close(fds[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int workshop_compile(struct workshop *w, const char *file, struct strbuf *out)
{
    char include[400], before[400], beside[400], text[400];
    char *words[WORDS_MOST];
    size_t n = 0;
    const char *cc = getenv("CC");
    snprintf(text, sizeof text, "%s", cc != NULL && cc[0] != '\0' ? cc : "cc");
    for (char *word = strtok(text, " "); word != NULL && n < WORDS_MOST / 2;
         word = strtok(NULL, " "))
        words[n++] = word; /* CC may have options */
    snprintf(include, sizeof include, "-I%s", w->folder);
    snprintf(before, sizeof before, "%s/pipesim_pthread.h", w->folder);
    snprintf(beside, sizeof beside, "%s/beside.c", w->folder);
    char *const options[] = {"-std=gnu11", "-g",    "-O1",     "-fPIC",       "-shared",
                             "-pthread",   "-Wall", "-Wextra", "-Wno-unused", include,
                             "-include",   before,  "-o",      w->object,     (char *)file,
                             beside,       NULL};
    memcpy(words + n, options, sizeof options);
    size_t said = out->length;
    int status = run(words, out);
    if (status == 0)
        return 0;
    if (status < 0 || status == 127 || out->length == said)
        strbuf_addf(out, "the compiler '%s' cannot be run: set CC to one\n", words[0]);
    return -1;
}
