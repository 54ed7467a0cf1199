/* lab_command.c - `pipesim lab VERB`: a table of verbs. */
#include "sim/cli/lab_command.h"

#include "sim/cli/zoo_command.h"

#include "sim/lab/grade.h"
#include "sim/lab/shelf.h"
#include "sim/sched/clock.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct lab_options {
    const char *lab, *hidden, *output; /* borrowed, or NULL */
    enum format format;
    unsigned jobs;
    double budget;
    bool strict;
    char **operands;
    int count;
};

void help_lab(void)
{
    fputs(
        "pipesim lab - exercises, and their grading (docs/labs.md, docs/instructors.md)\n"
        "\n"
        "  pipesim lab list                    what there is\n"
        "  pipesim lab start 4 my-work         begins lab 4 in a folder: hand-out, code, scenarios\n"
        "  pipesim lab check my-work           how far it is, and what is wrong first (here: .)\n"
        "  pipesim lab grade submissions/*     many submissions, a folder each\n"
        "\n"
        "Options of check and grade:\n"
        "  --lab LAB        by number or name; if not, the one that was begun in the folder\n"
        "  --hidden FOLDER  of grade: the folder with the hidden items, as build/labs/instructor\n"
        "  --format text|json|gradescope|classroom|autolab|junit|tap\n"
        "                   of grade (text); gradescope, classroom and autolab are a file for each\n"
        "  -o, --output OUT of grade: where it is written, all the while: a file, or a folder if\n"
        "                   there is a file for each of several submissions (standard output, at the end)\n"
        "  -j, --jobs N     of grade: so many at a time (the number of processors)\n"
        "  --budget SECONDS of grade: for all of them; what is known by then is written\n"
        "  --strict         of grade: status 1 unless all have all points\n"
        "  -h, --help\n"
        "\n"
        "Exit status: check: 0 all points, 1 not, 4 the code does not compile; grade: 0 if the results\n"
        "could be written; 2 bad usage; 130 interrupted.\n",
        stdout);
}

static int complain(const char *format, const char *word)
{
    fputs("pipesim: error: ", stderr);
    fprintf(stderr, format, word);
    fputs("; try 'pipesim lab --help'\n", stderr);
    return 2;
}

/* -- options ----------------------------------------------------------------------------------- */

static int set_format(struct lab_options *o, const char *text)
{
    for (int i = 0; format_names[i] != NULL; i++) {
        if (strcmp(format_names[i], text) == 0) {
            o->format = (enum format)i;
            return 0;
        }
    }
    return complain("no format is named '%s'", text);
}

static int set_number(const char *text, double most, double *n)
{
    char *end;
    *n = strtod(text, &end);
    return end != text && *end == '\0' && *n > 0 && *n <= most
               ? 0
               : complain("'%s' is no number for this", text);
}

static int set_option(struct lab_options *o, int option, const char *value)
{
    double n = 0;
    int error = 0;
    switch (option) {
    case 'l': o->lab = value; return 0;
    case 'H': o->hidden = value; return 0;
    case 'o': o->output = value; return 0;
    case 'f': return set_format(o, value);
    case 's': o->strict = true; return 0;
    case 'b': return set_number(value, 1e6, &o->budget);
    case 'j':
        error = set_number(value, 64, &n);
        o->jobs = (unsigned)n;
        return error;
    case 'h': help_lab(); return -1;
    default: return 2; /* getopt has said so */
    }
}

static int parse(struct lab_options *o, int argc, char **argv)
{
    static const struct option list[] = {{"lab", required_argument, NULL, 'l'},
                                         {"hidden", required_argument, NULL, 'H'},
                                         {"output", required_argument, NULL, 'o'},
                                         {"format", required_argument, NULL, 'f'},
                                         {"jobs", required_argument, NULL, 'j'},
                                         {"budget", required_argument, NULL, 'b'},
                                         {"strict", no_argument, NULL, 's'},
                                         {"help", no_argument, NULL, 'h'},
                                         {NULL, 0, NULL, 0}};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int option, error = 0;
    *o = (struct lab_options){.jobs = processors > 0 ? (unsigned)processors : 1};
    while (error == 0 && (option = getopt_long(argc, argv, "ho:j:", list, NULL)) != -1)
        error = set_option(o, option, optarg);
    o->operands = argv + optind;
    o->count = argc - optind;
    return error;
}

/* -- which lab --------------------------------------------------------------------------------- */

/* Where the instructor has more of it: FOLDER, or FOLDER/NAME. To be freed. */
static char *hidden_folder(const char *hidden, const char *lab)
{
    struct strbuf path = {0};
    const char *slash = strrchr(lab, '/');
    strbuf_addf(&path, "%s/%s", hidden, slash != NULL ? slash + 1 : lab);
    if (access(strbuf_text(&path), F_OK) != 0) {
        strbuf_clear(&path);
        strbuf_add(&path, hidden);
    }
    return path.bytes;
}

/* NULL after a message. */
static struct lab *read_lab(const char *shelf, const char *name, const char *hidden)
{
    struct strbuf said = {0};
    char *folder = shelf_lab(shelf, name);
    if (folder == NULL) {
        complain("no lab, or more than one, is called '%s'", name);
        return NULL;
    }
    char *more = hidden != NULL ? hidden_folder(hidden, folder) : NULL;
    struct lab *lab = lab_read(folder, more, &said);
    if (lab == NULL)
        fprintf(stderr, "%s", strbuf_text(&said));
    strbuf_free(&said);
    free(folder);
    free(more);
    return lab;
}

/* The one that is asked for, or the one begun there. NULL after a message. */
static struct lab *lab_for(const char *shelf, const struct lab_options *o, const char *folder)
{
    char *begun = o->lab == NULL ? work_lab(folder) : NULL;
    struct lab *lab = NULL;
    if (o->lab == NULL && begun == NULL)
        complain("in '%s' no lab was begun: say which one by --lab", folder);
    else
        lab = read_lab(shelf, o->lab != NULL ? o->lab : begun, o->hidden);
    free(begun);
    return lab;
}

/* -- the verbs --------------------------------------------------------------------------------- */

static int list_labs(const char *shelf, const struct lab_options *o)
{
    char **names;
    int count = shelf_list(shelf, &names), status = 0;
    (void)o;
    for (int i = 0; i < count; i++) {
        struct lab *lab = read_lab(shelf, names[i], NULL);
        if (lab != NULL)
            printf("%-24s %3lld points  %s\n", lab->name, (long long)lab_points(lab), lab->title);
        else
            status = 2;
        lab_free(lab);
        free(names[i]);
    }
    free(names);
    if (status == 0)
        printf("\npipesim lab start 4 FOLDER begins number 4\n");
    return status;
}

static int start_lab(const char *shelf, const struct lab_options *o)
{
    struct strbuf why = {0};
    if (o->count != 2)
        return complain("start takes %s", "a lab and a folder");
    struct lab *lab = read_lab(shelf, o->operands[0], NULL);
    if (lab == NULL)
        return 2;
    int status = work_begin(lab, o->operands[1], &why) ? 0 : 2;
    if (status == 0)
        printf("lab %s is in %s: begin with %s/README.md\n"
               "then: edit %s, and see how far it is: pipesim lab check %s\n",
               lab->name, o->operands[1], o->operands[1], lab->hand_in, o->operands[1]);
    else
        fprintf(stderr, "pipesim: error: %s\n", strbuf_text(&why));
    strbuf_free(&why);
    lab_free(lab);
    return status;
}

static int check_lab(const char *shelf, const struct lab_options *o)
{
    struct check c;
    struct strbuf text = {0};
    const char *folder = o->count > 0 ? o->operands[0] : ".";
    struct lab *lab = lab_for(shelf, o, folder);
    if (lab == NULL)
        return 2;
    int status = 2;
    if (check_init(&c, lab, folder)) {
        check_make(&c);
        format_for_student(&c, &text);
        fputs(strbuf_text(&text), stdout);
        status = c.built == BUILT_NOT ? 4 : check_score(&c) == lab_points(lab) ? 0 : 1;
    }
    check_free(&c);
    strbuf_free(&text);
    lab_free(lab);
    return status;
}

/* -- grade ------------------------------------------------------------------------------------- */

struct desk {
    const struct lab_options *options;
    double written; /* when */
    bool failed;
};

/* In one go, so that there is never half of it. */
static void write_file(struct desk *d, const char *path, const struct strbuf *text)
{
    struct strbuf new = {0};
    strbuf_addf(&new, "%s.new", path);
    FILE *f = fopen(strbuf_text(&new), "w");
    bool good = f != NULL && fwrite(strbuf_text(text), 1, text->length, f) == text->length;
    good = f != NULL && fclose(f) == 0 && good;
    if (!good || rename(strbuf_text(&new), path) != 0) {
        fprintf(stderr, "pipesim: error: cannot write '%s': %s\n", path, strerror(errno));
        d->failed = true;
    }
    strbuf_free(&new);
}

static void write_single(struct desk *d, const struct group *g, const struct submission *s)
{
    struct strbuf text = {0}, path = {0};
    strbuf_add(&path, d->options->output);
    if (g->count > 1)
        strbuf_addf(&path, "/%s.json", s->name);
    format_one(s, d->options->format, &text);
    write_file(d, strbuf_text(&path), &text);
    strbuf_free(&text);
    strbuf_free(&path);
}

static void write_group(struct desk *d, const struct group *g)
{
    struct strbuf text = {0};
    format_group(g, d->options->format, &text);
    if (d->options->output != NULL)
        write_file(d, d->options->output, &text);
    else
        fputs(strbuf_text(&text), stdout);
    strbuf_free(&text);
}

/* Often enough that little is lost, and not so often that it costs time. */
static void keep(void *ctx, const struct group *g, const struct submission *over)
{
    struct desk *d = ctx;
    const double every = 0.5;
    bool single = format_is_single(d->options->format);
    if (d->options->output == NULL)
        return;
    if (single && over != NULL)
        write_single(d, g, over);
    if (single && g->count > 1)
        return;
    if (clock_now() - d->written < every && (over == NULL || g->count > 1))
        return;
    d->written = clock_now();
    write_group(d, g);
}

static void on_interrupt(int signal)
{
    (void)signal;
    grading_stop();
}

static void write_all_of_them(struct desk *d, const struct group *g)
{
    if (!format_is_single(d->options->format) || (g->count == 1 && d->options->output == NULL)) {
        write_group(d, g);
        return;
    }
    for (size_t i = 0; i < g->count; i++)
        write_single(d, g, &g->submissions[i]);
}

static bool all_full(const struct group *g)
{
    for (size_t i = 0; i < g->count; i++) {
        if (check_score(&g->submissions[i].check) < lab_points(g->lab))
            return false;
    }
    return true;
}

/* What could be done by what is handed in here, and not elsewhere. */
static void tell_gaps(const struct group *g)
{
    static const struct {
        enum cage_bar bar;
        const char *gap;
    } gaps[] = {
        {CAGE_BAR_FILES, "it can read and change the files of whoever runs this (no Landlock)"},
        {CAGE_BAR_CALLS, "it can use the network and other processes (no seccomp)"},
        {CAGE_BAR_COMPILER,
         "it can make the compiler read any file (no Landlock, or none that this "
         "compiler works with)"},
    };
    bool told = false;
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps && g->lab->kind == LAB_PIPE; i++) {
        if ((g->bars & gaps[i].bar) != 0)
            continue;
        if (!told)
            fputs("pipesim: note: on this system what is handed in is not quite shut in:\n",
                  stderr);
        told = true;
        fprintf(stderr, "  %s\n", gaps[i].gap);
    }
    if (told)
        fputs("  docs/instructors.md says what to do about it\n", stderr);
}

static int grade_lab(const char *shelf, const struct lab_options *o)
{
    struct grading g;
    struct desk desk = {.options = o};
    if (o->count == 0)
        return complain("grade takes %s", "folders of submissions");
    if (format_is_single(o->format) && o->count > 1 &&
        (o->output == NULL || access(o->output, W_OK) != 0))
        return complain(
            "with --format %s and several submissions, --output is a folder that there is",
            format_names[o->format]);
    struct lab *lab = lab_for(shelf, o, o->operands[0]);
    if (lab == NULL)
        return 2;
    if (grading_init(&g, lab, o->operands, (size_t)o->count)) {
        g.jobs = o->jobs;
        g.budget = o->budget;
        g.progress = keep;
        g.ctx = &desk;
        grading_begin(&g);
        tell_gaps(&g.group);
        signal(SIGINT, on_interrupt);
        signal(SIGTERM, on_interrupt);
        grading_make(&g);
        write_all_of_them(&desk, &g.group);
    }
    int status = desk.failed ? 2 : o->strict && !all_full(&g.group) ? 1 : 0;
    grading_free(&g);
    lab_free(lab);
    return status;
}

/* -- the table --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*make)(const char *shelf, const struct lab_options *o);
} verbs[] = {{"list", list_labs}, {"start", start_lab}, {"check", check_lab}, {"grade", grade_lab}};

int lab_command(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "--help";
    struct lab_options o;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        help_lab();
        return 0;
    }
    if (strcmp(word, "zoo") == 0)
        return zoo_command(argc - 1, argv + 1);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(word, verbs[i].name) != 0)
            continue;
        int error = parse(&o, argc - 1, argv + 1);
        if (error != 0)
            return error < 0 ? 0 : error;
        char *shelf = shelf_find("pipesim");
        if (shelf == NULL)
            return complain("the labs are not found%s: say in PIPESIM_LABS where they are", "");
        int status = verbs[i].make(shelf, &o);
        free(shelf);
        return status;
    }
    return complain("lab has no verb '%s'", word);
}
