/* options.h - what the user asked for on the command line. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include "sim/explore/explore.h"
#include "sim/run/run.h"
#include "sim/trace/trace.h"

enum output_kind {
    OUTPUT_TRACE,
    OUTPUT_JSON,
    OUTPUT_CHART,
    OUTPUT_MERMAID,
    OUTPUT_VERDICT, /* a line for each file */
};

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum command_with_options { OPTIONS_RUN, OPTIONS_STEP, OPTIONS_EXPLORE, OPTIONS_COMPARE };

struct options {
    enum command_with_options command;
    struct run_options run;
    struct setting_override overrides[32];
    struct schedule schedule; /* owned */
    enum output_kind output;
    bool output_chosen;
    enum trace_depth depth;
    enum color_choice color;
    bool check_only;
    bool seed_chosen, grain_chosen;
    uint64_t runs;                  /* of each scenario, from seed on */
    int width;                      /* of a chart, in columns; 0: the screen's */
    const char *save_schedule;      /* a file name, or NULL */
    const char *commands;           /* step -x: a file name, or NULL */
    bool plain;                     /* step: line by line */
    bool predict;                   /* step: ask before each sleep and result */
    bool ascii;                     /* borders and charts of ASCII, whatever the locale */
    struct explore_options explore; /* explore; its `run` is that above */
    bool merge;                     /* explore: the files are results */
    bool all;                       /* explore: every outcome */
    bool preempts_at_races;         /* explore: at lines that it finds, */
    char racing_lines[1024];        /* these so far */
    bool verbose;                   /* explore: how long it took, and what is under way */
    const char *with;               /* compare: a pipe implementation, or "host" */
    char **files;                   /* borrowed from argv */
    int file_count;
};

/* 0, or 2 after a message on stderr; -1 when help was asked for, and given. */
int options_parse(struct options *o, enum command_with_options command, int argc, char **argv);
void options_fini(struct options *o);

/* Those of explore that decide what is found, if they are not the default: " --depth calls". */
void options_add_explore(const struct options *o, struct strbuf *out);
/* The options that change what runs, as on a command line: " --set capacity=4". */
void options_add_settings(const struct options *o, struct strbuf *out);
/* A file name, quoted for the shell if need be, after a space. */
void options_add_file(const char *name, struct strbuf *out);

/* Colour on this stream? */
bool options_color(const struct options *o, int file_descriptor);

/* What serves the calls: a built-in pipe, or a person's own in C files, compiled and loaded; then *file is what
 * was given, else NULL. 0, or the exit status after a message. */
int options_load_pipe(const char *given, const char **name, const char **file);

/* The same for messages, on stderr. */
enum diag_color options_messages(const struct options *o);

/* Does the locale say UTF-8, and nobody --ascii? */
bool options_utf8(const struct options *o);

/* The texts of --help. */
void help_overview(void);
void help_run(void);
void help_step(void);
void help_explore(void);
void help_compare(void);
void print_version(void);

#define PIPESIM_VERSION "0.1.0"

#endif
