/* own.c - see own.h: loading. */
#define _GNU_SOURCE
#include "sim/own/own.h"

#include "sim/own/accesses.h"
#include "sim/own/compile.h"
#include "sim/own/included.h"
#include "sim/own/lines.h"
#include "sim/own/listing.h"
#include "sim/own/locals.h"
#include "sim/own/posix.h"
#include "sim/own/rebind.h"
#include "sim/own/variables.h"
#include "sim/own/warnings.h"
#include "sim/sched/arena.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCE_MOST = 1 << 20 };

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

bool own_is_file(const char *name)
{
    return ends_with(name, ".c") || ends_with(name, ".so");
}

/* -- the source, for whoever shows it ---------------------------------------------------------- */

/* Its text, to be freed; NULL. */
static char *read_file(const char *name)
{
    FILE *f = fopen(name, "r");
    char *text = f == NULL ? NULL : malloc(SOURCE_MOST + 1);
    if (text != NULL)
        text[fread(text, 1, SOURCE_MOST, f)] = '\0';
    if (f != NULL)
        fclose(f);
    return text;
}

/* The lines of a text, which it takes over: they are kept as long as the program runs. */
static void keep_listing(const char *file, char *text)
{
    size_t count = 1;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == '\n';
    const char **lines = calloc(count, sizeof *lines);
    char *name = strdup(file);
    if (lines == NULL || name == NULL) {
        free(lines);
        free(name);
        free(text);
        return;
    }
    size_t n = 0;
    for (char *line = text; line != NULL && n < count; n++) {
        char *end = strchr(line, '\n');
        lines[n] = line;
        if (end != NULL)
            *end = '\0';
        line = end != NULL ? end + 1 : NULL;
    }
    listing_add((struct listing){name, lines, n});
}

/* -- its functions ----------------------------------------------------------------------------- */

struct own {
    struct pipe_impl impl;
    char name[OWN_NAME_SIZE];
};

/* ISO C knows no way from void * to a function. */
static void set_function(void *function, void *symbol)
{
    memcpy(function, &symbol, sizeof symbol);
}

static int missing(struct strbuf *out, const char *name)
{
    strbuf_addf(out, "the function %s is missing: ringbuf/pipe.h says what it does\n", name);
    return -1;
}

/* What was loaded: `beside` is the same as `code` where they were linked. */
struct loaded {
    void *code, *beside;
};

static int find_functions(struct own *own, const struct loaded *from, struct strbuf *out)
{
    const struct {
        const char *name;
        void *function;
        bool needed;
    } wanted[] = {
        {"pipe_new", NULL, true},
        {"pipesim_pipe_new", &own->impl.make, true},
        {"pipesim_pipe_free", &own->impl.free, true},
        {"pipe_read", NULL, true},
        {"pipe_write", NULL, true},
        {"pipesim_pipe_read", &own->impl.read, true},
        {"pipesim_pipe_write", &own->impl.write, true},
        {"pipe_open_reader", &own->impl.open_reader, false},
        {"pipe_open_writer", &own->impl.open_writer, false},
        {"pipe_close_reader", &own->impl.close_reader, true},
        {"pipe_close_writer", &own->impl.close_writer, true},
        {"pipe_poll", &own->impl.poll, false},
        {"pipe_used", NULL, false},
        {"pipe_capacity", &own->impl.capacity, false},
        {"pipe_set_capacity", &own->impl.set_capacity, false},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        bool ours = strncmp(wanted[i].name, "pipesim_", 8) == 0;
        void *symbol = dlsym(ours ? from->beside : from->code, wanted[i].name);
        if (symbol == NULL && wanted[i].needed)
            return missing(out, wanted[i].name);
        if (wanted[i].function != NULL)
            set_function(wanted[i].function, symbol);
    }
    if (dlsym(from->code, "pipe_used") != NULL)
        set_function(&own->impl.used, dlsym(from->beside, "pipesim_pipe_used"));
    return 0;
}

static void *load(const char *object, struct strbuf *out)
{
    char path[400];
    snprintf(path, sizeof path, "%s%s", strchr(object, '/') == NULL ? "./" : "", object);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        strbuf_addf(out, "%s\n", dlerror());
    return library;
}

/* Its variables become part of every snapshot, and its lines known. `symbol` is one of its own. */
static int take(const char *object, const void *symbol, struct strbuf *out)
{
    Dl_info info;
    if (variables_take(symbol) != 0) {
        strbuf_add(out, "there are too many static variables\n");
        return -1;
    }
    locals_take(symbol);
    if (dladdr(symbol, &info) != 0)
        lines_take(object, info.dli_fbase);
    return 0;
}

/* It calls what it was not linked with. */
static int bind_to(const struct loaded *l, const char *object, struct strbuf *out)
{
    static const char *const functions[][2] = {{"pipe_new", "pipesim_new"},
                                               {"pipe_free", "pipesim_free"},
                                               {"pipe_read", "pipesim_read"},
                                               {"pipe_write", "pipesim_write"},
                                               {"pipe_used", "pipesim_used"}};
    if (dlsym(l->code, "pipe_new") == NULL)
        return missing(out, "pipe_new");
    if (rebind(l->code, dlsym(l->beside, "pipesim_functions")) != 0) {
        strbuf_add(out, "a shared object cannot be taken on this system: give the .c file\n");
        return -1;
    }
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(l->code, functions[i][0]);
        memcpy(dlsym(l->beside, functions[i][1]), &function, sizeof function);
    }
    strbuf_add(out, "of a shared object the calls are seen, its accesses to memory are not\n");
    return take(object, dlsym(l->code, "pipe_new"), out);
}

/* `code` is the shared object that was given, or NULL: it is linked with what is beside it. */
static int load_all(struct loaded *l, const char *code, const char *beside, struct strbuf *out)
{
    l->beside = load(beside, out);
    l->code = l->beside == NULL || code == NULL ? l->beside : load(code, out);
    if (l->code == NULL)
        return -1;
    const struct pipesim_calls **calls = dlsym(l->beside, "pipesim_calls");
    *calls = posix_calls();
    if (code != NULL && bind_to(l, code, out) != 0)
        return -1;
    return take(beside, calls, out) != 0 || posix_begin() != 0 ? -1 : 0; /* as they are now */
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash == NULL ? file : slash + 1;
}

/* The end of the comment that begins here; `at` itself when none does. */
static const char *behind_comment(const char *at)
{
    const char *end = at;
    if (at[0] == '/' && at[1] == '/')
        end = strchr(at, '\n');
    else if (at[0] == '/' && at[1] == '*')
        end = strstr(at + 2, "*/");
    return end == NULL ? at + strlen(at) : end;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Is what stands here called: "(ctx)", ")(ctx)"? */
static bool is_called(const char *at)
{
    return at[strspn(at, " )")] == '(';
}

/* Does its source call this member of the hooks, as p->hooks->observe(...)? Then it tells by itself. What is
 * said in comments does not count. */
static bool calls_member(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        at = behind_comment(at);
        bool member =
            at > text && (at[-1] == '.' || (at[-1] == '>' && at - 1 > text && at[-2] == '-'));
        if (member && strncmp(at, name, n) == 0 && !is_word(at[n]) && is_called(at + n))
            return true;
        if (*at == '\0')
            break;
    }
    return false;
}

/* What its own threads move is not known from outside. */
static enum pipe_observed how_observed(const char *text)
{
    if (calls_member(text, "observe"))
        return PIPE_TELLS;
    return strstr(text, "pthread_create") != NULL ? PIPE_IS_OBSERVED_AT_END : PIPE_IS_OBSERVED;
}

void own_name(const char *file, char name[OWN_NAME_SIZE])
{
    snprintf(name, OWN_NAME_SIZE, "%s", base_name(file));
}

static const struct pipe_impl *make_impl(const char *file, const struct loaded *l, const char *text,
                                         struct strbuf *out)
{
    struct own *own = calloc(1, sizeof *own);
    if (own == NULL || find_functions(own, l, out) != 0) {
        free(own);
        return NULL;
    }
    own_name(file, own->name);
    own->impl.name = own->name;
    own->impl.keeps = PIPE_KEEPS_STACK;
    own->impl.observed = how_observed(text);
    own->impl.interruptible = calls_member(text, "interrupted") ? PIPE_ASKS : PIPE_DOES_NOT_ASK;
    posix_complete(&own->impl);
    pipe_impl_register(&own->impl);
    return &own->impl;
}

/* Its text may be shown, and tells what it uses of pipe.h. Appended to `all`. 0 or -1. */
static int keep_text(const char *file, struct strbuf *all, struct strbuf *out)
{
    char *text = read_file(file);
    if (text == NULL) {
        strbuf_addf(out, "cannot read '%s': %s\n", file, strerror(errno));
        return -1;
    }
    strbuf_add(all, text);
    keep_listing(base_name(file), text);
    return 0;
}

/* Each name is followed by a zero; the last by two. */
static char *split(const char *files)
{
    size_t n = strlen(files);
    char *names = calloc(n + 2, 1);
    for (size_t i = 0; names != NULL && i < n; i++)
        names[i] = files[i] == ',' ? '\0' : files[i];
    return names;
}

/* Of C files, what comes of them; of a shared object, what stands beside it: in w->object. 0 or -1. */
static int build(struct workshop *w, const char *names, struct strbuf *text, struct strbuf *out)
{
    if (workshop_open(w, out) != 0)
        return -1;
    for (const char *file = names; *file != '\0'; file += strlen(file) + 1) {
        if (ends_with(file, ".so"))
            continue;
        if (keep_text(file, text, out) != 0 || workshop_compile(w, file, out) != 0)
            return -1;
    }
    return workshop_link(w, out);
}

const struct pipe_impl *own_load(const char *files, struct strbuf *out)
{
    struct workshop w = {.folder = ""};
    struct strbuf text = {0};
    struct loaded l;
    const struct pipe_impl *impl = NULL;
    char *names = split(files);
    if (names != NULL && build(&w, names, &text, out) == 0 &&
        load_all(&l, ends_with(names, ".so") ? names : NULL, w.object, out) == 0)
        impl = make_impl(names, &l, strbuf_text(&text), out);
    workshop_close(&w);
    strbuf_free(&text);
    free(names);
    return impl;
}

int own_compile(const char *file, const char *object, struct strbuf *out)
{
    struct workshop w = {.folder = ""};
    int error = workshop_open(&w, out);
    if (error == 0)
        error = workshop_compile(&w, file, out);
    if (error == 0)
        error = included_hides_nothing(file, w.list, w.folder, out);
    if (error == 0)
        error = workshop_link(&w, out);
    if (error == 0 && (error = rename(w.object, object)) != 0)
        strbuf_addf(out, "cannot write '%s': %s\n", object, strerror(errno));
    workshop_close(&w);
    return error;
}

const struct pipe_impl *own_join(const char *file, const char *text, const char *object,
                                 struct strbuf *out)
{
    char *kept = strdup(text);
    if (kept != NULL)
        keep_listing(base_name(file), kept);
    struct loaded l;
    return load_all(&l, NULL, object, out) == 0 ? make_impl(file, &l, text, out) : NULL;
}

/* -- what is noticed --------------------------------------------------------------------------- */

void own_take_warnings(struct strbuf *out)
{
    warnings_take(out);
}

void own_preempt_at(const char *lines)
{
    accesses_preempt_at(lines);
}

void own_collect_races(void)
{
    accesses_collect_races();
}

enum own_races own_preempt_at_races(void)
{
    return accesses_preempt_at_races() == FOUND_NEW ? OWN_RACES_NEW : OWN_RACES_KNOWN;
}

void own_add_lines(struct strbuf *out)
{
    accesses_add_points(out);
}
