/* compile.c - see compile.h. The headers that the code needs are in the program (listing.h), and so is what
 * is linked to it (bytes.h): nothing need be installed but a C compiler. */
#include "sim/own/compile.h"

#include "sim/own/bytes.h"
#include "sim/own/listing.h"
#include "sim/own/toolchain.h"

#include <errno.h>
#include <limits.h>
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
    {"pipesim/calls.h", "sim/own/beside/calls.h"}, {"pthread.h", "sim/own/beside/pthread.h"},
    {"semaphore.h", "sim/own/beside/semaphore.h"}, {"threads.h", "sim/own/beside/threads.h"},
    {"ringbuf/pipe.h", "ringbuf/pipe.h"},          {"pipe.h", "ringbuf/pipe.h"},
};

static const char *const folders[] = {"ringbuf", "pipesim"};

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

static int write_beside(const char *path, struct strbuf *out)
{
    FILE *f = fopen(path, "wb");
    size_t n = f != NULL ? fwrite(beside_object, 1, beside_object_size, f) : 0;
    if (f != NULL && fclose(f) == 0 && n == beside_object_size)
        return 0;
    complain(out, "write", path);
    return -1;
}

static void beside_name(const struct workshop *w, char *name, size_t size)
{
    snprintf(name, size, "%s/beside.o", w->folder);
}

static int write_texts(struct workshop *w, struct strbuf *out)
{
    char path[400];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", w->folder, folders[i]);
        if (mkdir(path, 0700) != 0) {
            complain(out, "make", path);
            return -1;
        }
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct listing *l = listing_of(texts[i].listing, strlen(texts[i].listing));
        snprintf(path, sizeof path, "%s/%s", w->folder, texts[i].name);
        if (l == NULL || write_text(path, l, out) != 0)
            return -1;
    }
    beside_name(w, path, sizeof path);
    return write_beside(path, out);
}

int workshop_open(struct workshop *w, struct strbuf *out)
{
    if (scratch_make(w->folder, NULL, out) != 0)
        return -1;
    snprintf(w->object, sizeof w->object, "%s/own.so", w->folder);
    snprintf(w->list, sizeof w->list, "%s/own.d", w->folder);
    return write_texts(w, out);
}

void workshop_close(struct workshop *w)
{
    scratch_remove(w->folder);
    w->folder[0] = '\0';
}

static void object_name(const struct workshop *w, int number, char *name, size_t size)
{
    snprintf(name, size, "%s/own-%d.o", w->folder, number);
}

/* -- the compiler ------------------------------------------------------------------------------ */

enum { WORDS_MOST = 64, CHUNK = 4096, OUTPUT_MOST = 1 << 16 };

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
        setenv("LC_ALL", "C", 1); /* what it says is shown elsewhere, too */
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

/* The words of a command: those of $CC, which may have options, come first. */
struct command {
    char compiler[400];
    char *words[WORDS_MOST];
    size_t count;
};

static void command_begin(struct command *c)
{
    snprintf(c->compiler, sizeof c->compiler, "%s", toolchain_compiler());
    c->count = 0;
    for (char *word = strtok(c->compiler, " "); word != NULL && c->count < WORDS_MOST / 4;
         word = strtok(NULL, " "))
        c->words[c->count++] = word;
}

static void command_add(struct command *c, const char *const *words)
{
    for (; *words != NULL && c->count < WORDS_MOST - 1; words++)
        c->words[c->count++] = (char *)*words;
    c->words[c->count] = NULL;
}

static int command_run(const struct command *c, struct strbuf *out)
{
    size_t said = out->length;
    int status = run(c->words, out);
    if (status < 0 || status == 127 || (status != 0 && out->length == said))
        strbuf_addf(out, "the compiler '%s' cannot be run: set CC to one\n", c->words[0]);
    return status == 0 ? 0 : -1;
}

/* The old form of the line table: lines.c reads it. */
static const char *const common[] = {
    "-std=gnu11", "-gdwarf-4", "-O1", "-fPIC", "-pthread", "-Wall", "-Wno-unused-function",
    /* A call of a function of the C library is to be one: beside.c has it. */
    "-fno-builtin", "-U_FORTIFY_SOURCE", "-D__NO_INLINE__",
#if defined(__linux__)
#if defined(__aarch64__)
    "-mtls-dialect=trad", /* calls __tls_get_addr: so does x86-64 by itself */
#endif
    "-fstack-protector-strong",
    "-fstack-clash-protection", /* a large array does not reach over the end of its stack unseen */
#endif
    NULL};

static int compile(struct workshop *w, const char *file, const char *hooks, struct strbuf *out)
{
    struct command c;
    char include[400], object[400], name[PATH_MAX], map[PATH_MAX + 32];
    const char *slash = strrchr(file, '/');
    int folder = slash != NULL ? (int)(slash + 1 - file) : 0;
    bool word = file[0] == '-' || file[0] == '@'; /* else it would be taken for an option */
    snprintf(name, sizeof name, "%s%s", word ? "./" : "", file);
    snprintf(include, sizeof include, "-I%s", w->folder);
    snprintf(map, sizeof map, "-fmacro-prefix-map=%s%.*s=", word ? "./" : "", folder, file);
    object_name(w, w->files, object, sizeof object);
    command_begin(&c);
    command_add(&c, common);
    command_add(&c, (const char *const[]){hooks, NULL});
    command_add(&c, (const char *const[]){folder > 0 ? map : "-Wall", include, "-MMD", "-MF",
                                          w->list, "-c", "-o", object, name, NULL});
    return command_run(&c, out);
}

/* Perhaps the compiler has no such hooks; then that is what it complains about. */
static bool is_about_hooks(const struct strbuf *said)
{
    return strstr(strbuf_text(said), "-fsanitize") != NULL;
}

static int compile_without(struct workshop *w, const char *file, struct strbuf *out)
{
    struct strbuf said = {0};
    int error = compile(w, file, "-Wall", &said);
    if (error == 0) {
        strbuf_add(out, strbuf_text(&said));
        strbuf_add(out, "the compiler has no -fsanitize=thread: accesses to memory are not seen\n");
        w->sees = SEES_CALLS_ONLY;
    }
    strbuf_free(&said);
    return error;
}

int workshop_compile(struct workshop *w, const char *file, struct strbuf *out)
{
    struct strbuf said = {0};
    if (w->files == WORKSHOP_FILES_MOST) {
        strbuf_addf(out, "there are too many files; '%s' is one too many\n", file);
        return -1;
    }
    bool hooks = w->sees == SEES_ACCESSES;
    int error = compile(w, file, hooks ? "-fsanitize=thread" : "-Wall", &said);
    if (error == 0 || !hooks || !is_about_hooks(&said) ||
        (error = compile_without(w, file, out)) != 0)
        strbuf_add(out, strbuf_text(&said));
    strbuf_free(&said);
    w->files += error == 0;
    return error;
}

/* Not linked with the compiler's own library for those hooks: beside.o has them. */
int workshop_link(struct workshop *w, struct strbuf *out)
{
    struct command c;
    char beside[400], objects[WORKSHOP_FILES_MOST][400];
    beside_name(w, beside, sizeof beside);
    command_begin(&c);
    command_add(&c, common);
    command_add(&c, (const char *const[]){"-shared", "-o", w->object, beside, NULL});
    for (int i = 0; i < w->files; i++) {
        object_name(w, i, objects[i], sizeof objects[i]);
        command_add(&c, (const char *const[]){objects[i], NULL});
    }
    command_add(&c, (const char *const[]){"-lm", NULL});
#if defined(__linux__)
    command_add(&c, (const char *const[]){"-Wl,-Bsymbolic", NULL}); /* its own hooks, not ours */
#endif
    return command_run(&c, out);
}
