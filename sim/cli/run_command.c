/* run_command.c - `pipesim run`: files in, traces and verdicts out. */
#include "sim/cli/run_command.h"

#include "sim/cli/files.h"
#include "sim/cli/messages.h"
#include "sim/cli/options.h"
#include "sim/run/vocabulary.h"
#include "sim/trace/chart.h"
#include "sim/trace/json_trace.h"
#include "sim/trace/mermaid.h"
#include "sim/trace/text_trace.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* One scenario on its way through. */
struct job {
    const struct options *options;
    struct source source;
    struct program *program;
    struct diag_list diags;
    struct text_trace text;
    struct json_trace json;
    struct sequence sequence; /* what a chart is drawn from, at the end */
    struct trace_sink sink;
    bool livelock; /* the other way of being stuck */
    bool misfit;   /* the schedule, not the script, was wrong */
};

static void to_stdout(void *ctx, const char *bytes, size_t n)
{
    (void)ctx;
    fwrite(bytes, 1, n, stdout);
}

static void on_interrupt(int signal)
{
    (void)signal;
    run_interrupt();
}

static const char *verdict_word(const struct job *job, enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_AS_EXPECTED: return "as expected";
    case VERDICT_FAILED: return "FAILED";
    case VERDICT_BAD_SCRIPT:
        return job->misfit ? "THE SCHEDULE DOES NOT FIT" : "MISTAKE IN THE SCRIPT";
    case VERDICT_STUCK: return job->livelock ? "LIVELOCK" : "DEADLOCK";
    case VERDICT_CRASHED: return "CRASHED";
    case VERDICT_LIMIT: return "LIMIT REACHED";
    case VERDICT_INTERRUPTED: return "INTERRUPTED";
    }
    return "?";
}

/* -- the summary ------------------------------------------------------------------------------- */

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_figures(const struct run *run)
{
    const struct tally *t = run_tally(run);
    printf("%" PRId64 " call%s, %" PRId64 " switch%s, %" PRId64 " sleep%s, %" PRId64
           " wake-up%s (%" PRId64 " needless), %" PRId64 " byte%s copied, %" PRId64 " tick%s\n",
           t->calls, plural(t->calls), t->switches, t->switches == 1 ? "" : "es", t->sleeps,
           plural(t->sleeps), t->wakeups, plural(t->wakeups), t->needless_wakeups, t->bytes,
           plural(t->bytes), run_ticks(run), plural(run_ticks(run)));
}

enum { SCHEDULE_SHOWN = 300 };

/* So that a command line can be copied. */
static void print_settings_and_file(const struct job *job)
{
    struct strbuf text = {0};
    options_add_settings(job->options, &text);
    options_add_file(job->source.name, &text);
    printf("%s\n", strbuf_text(&text));
    strbuf_free(&text);
}

/* How to have the same run again. */
static void print_schedule(const struct job *job, const struct run *run)
{
    const struct run_options *o = &job->options->run;
    if (o->mode == SCHED_THREADS) {
        printf("schedule: the system's, on real threads: no two runs need be alike\n");
        return;
    }
    if (o->policy == POLICY_FIFO) {
        printf("schedule: fifo\n");
        return;
    }
    char *text = run_schedule(run);
    if (text != NULL && strlen(text) <= SCHEDULE_SHOWN) {
        printf("again: pipesim run --schedule '%s'", text);
        print_settings_and_file(job);
    } else
        printf("again: the same command; --save-schedule FILE keeps the schedule, which is long\n");
    free(text);
}

static size_t sometimes_claims(const struct program *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->claim_count; i++)
        n += p->claims[i].kind == CLAIM_SOMETIMES;
    return n;
}

static void print_verdict(const struct job *job, const struct run *run, enum verdict verdict)
{
    struct run_checks checks = run_checks(run);
    bool color = options_color(job->options, STDOUT_FILENO);
    printf("\n%s%s%s", color ? verdict == VERDICT_AS_EXPECTED ? "\033[1;32m" : "\033[1;31m" : "",
           verdict_word(job, verdict), color ? "\033[0m" : "");
    if (verdict == VERDICT_AS_EXPECTED)
        printf(": %" PRId64 " claim%s, %" PRId64 " result%s and times hold%s", checks.claims,
               plural(checks.claims), checks.results, plural(checks.results),
               run_view(run)->deadlock ? "; it ends in the deadlock that is asked for" : "");
    if (sometimes_claims(job->program) > 0)
        printf("; sometimes is not judged by a single run");
    printf("\n");
    print_figures(run);
    print_schedule(job, run);
}

static void print_verdict_json(const struct job *job, const struct run *run, enum verdict verdict)
{
    const struct tally *t = run_tally(run);
    const char *word = verdict_word(job, verdict);
    struct strbuf s = {0}, messages = {0};
    char *schedule = run_schedule(run);
    strbuf_add(&s, "{\"event\":\"verdict\"");
    json_add_int(&s, "status", verdict);
    json_add_text(&s, "verdict", word, strlen(word));
    json_add_int(&s, "claims", run_checks(run).claims);
    json_add_int(&s, "results", run_checks(run).results);
    json_add_int(&s, "calls", t->calls);
    json_add_int(&s, "switches", t->switches);
    json_add_int(&s, "sleeps", t->sleeps);
    json_add_int(&s, "wakeups", t->wakeups);
    json_add_int(&s, "needless_wakeups", t->needless_wakeups);
    json_add_int(&s, "bytes", t->bytes);
    json_add_int(&s, "ticks", run_ticks(run));
    if (schedule != NULL && job->options->run.mode == SCHED_CONTROLLED)
        json_add_text(&s, "schedule", schedule, strlen(schedule));
    diag_render(&job->diags, &job->source, DIAG_PLAIN, &messages);
    json_add_text(&s, "messages", strbuf_text(&messages), messages.length);
    strbuf_add(&s, "}\n");
    fwrite(strbuf_text(&s), 1, s.length, stdout);
    strbuf_free(&s);
    strbuf_free(&messages);
    free(schedule);
}

/* -- the head of a trace ----------------------------------------------------------------------- */

static void print_head_json(const struct job *job)
{
    static const char *const policies[] = {"fifo", "rr", "random", "schedule"};
    static const char *const depths[] = {"calls", "queue", "locks"};
    struct strbuf s = {0};
    const struct run_options *o = &job->options->run;
    strbuf_add(&s, "{\"pipesim\":\"" PIPESIM_VERSION "\"");
    json_add_int(&s, "version", JSON_TRACE_VERSION);
    json_add_text(&s, "file", job->source.name, strlen(job->source.name));
    json_add_text(&s, "scenario", job->program->title, strlen(job->program->title));
    json_add_text(&s, "mode", o->mode == SCHED_THREADS ? "threads" : "controlled",
                  o->mode == SCHED_THREADS ? 7 : 10);
    json_add_text(&s, "policy", policies[o->policy], strlen(policies[o->policy]));
    json_add_text(&s, "depth", depths[job->options->depth], 5);
    json_add_text(&s, "grain", o->freedom.grain == GRAIN_CALLS ? "calls" : "locks", 5);
    json_add_int(&s, "seed", (int64_t)o->seed);
    strbuf_add(&s, "}\n");
    fwrite(strbuf_text(&s), 1, s.length, stdout);
    strbuf_free(&s);
}

static size_t digits(int64_t n)
{
    return n < 10 ? 1 : 1 + digits(n / 10);
}

/* With the number that copies have. */
static size_t longest_name(const struct program *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < p->block_count; i++) {
        size_t n = strlen(p->blocks[i].name);
        if (p->blocks[i].copies > 1 || p->blocks[i].start != START_AT_ONCE)
            n += 1 + digits(p->blocks[i].copies); /* NAME.2 */
        longest = n > longest ? n : longest;
    }
    return longest;
}

static struct trace_output standard_output(void)
{
    return (struct trace_output){to_stdout, NULL};
}

static enum text_color text_color(const struct job *job)
{
    return options_color(job->options, STDOUT_FILENO) ? TEXT_COLORED : TEXT_PLAIN;
}

static void print_title(const struct job *job)
{
    if (job->program->title[0] != '\0')
        printf("scenario \"%s\"\n", job->program->title);
}

static size_t open_sinks(struct job *job)
{
    const struct options *o = job->options;
    switch (o->output) {
    case OUTPUT_TRACE:
        print_title(job);
        text_trace_init(&job->text, standard_output(), o->depth, text_color(job),
                        longest_name(job->program));
        job->sink = text_trace_sink(&job->text);
        return 1;
    case OUTPUT_JSON:
        print_head_json(job);
        json_trace_init(&job->json, standard_output(), o->depth);
        job->sink = json_trace_sink(&job->json);
        return 1;
    case OUTPUT_CHART:
    case OUTPUT_MERMAID:
        sequence_init(&job->sequence, o->depth);
        job->sink = sequence_sink(&job->sequence);
        return 1;
    case OUTPUT_VERDICT: break;
    }
    return 0;
}

enum { PAPER_WIDTH = 80 };

static int chart_width(const struct options *o)
{
    struct winsize size;
    if (o->width != 0)
        return o->width;
    bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return known && size.ws_col >= PAPER_WIDTH ? size.ws_col : PAPER_WIDTH;
}

static void draw_chart(const struct job *job)
{
    struct chart_style style = {
        .glyphs = options_utf8(job->options) ? CHART_UTF8 : CHART_ASCII,
        .color = text_color(job),
        .width = chart_width(job->options),
    };
    print_title(job);
    chart_write(&job->sequence, &style, standard_output());
}

static void close_sinks(struct job *job)
{
    switch (job->options->output) {
    case OUTPUT_TRACE: text_trace_fini(&job->text); break;
    case OUTPUT_JSON: json_trace_fini(&job->json); break;
    case OUTPUT_CHART:
        draw_chart(job);
        sequence_fini(&job->sequence);
        break;
    case OUTPUT_MERMAID:
        mermaid_write(&job->sequence, job->program->title, standard_output());
        sequence_fini(&job->sequence);
        break;
    case OUTPUT_VERDICT: break;
    }
}

/* -- one run ----------------------------------------------------------------------------------- */

/* False after a message on stderr. */
static bool save_schedule(const struct job *job, const struct run *run)
{
    const char *name = job->options->save_schedule;
    char *text = name == NULL ? NULL : run_schedule(run);
    FILE *f = text == NULL ? NULL : fopen(name, "w");
    bool bad = name != NULL && (f == NULL || fprintf(f, "%s\n", text) < 0 || fclose(f) != 0);
    if (bad)
        fprintf(stderr, "pipesim: error: cannot write '%s'\n", name);
    free(text);
    return !bad;
}

/* The verdict on a script that has mistakes, or cannot start. */
static void print_without_run(struct job *job, enum verdict verdict)
{
    struct strbuf s = {0}, messages = {0};
    const char *word = verdict_word(job, verdict);
    if (job->options->output != OUTPUT_JSON) {
        if (job->options->output != OUTPUT_VERDICT)
            print_messages(&job->diags, &job->source, options_messages(job->options));
        return;
    }
    diag_render(&job->diags, &job->source, DIAG_PLAIN, &messages);
    strbuf_add(&s, "{\"event\":\"verdict\"");
    json_add_int(&s, "status", verdict);
    json_add_text(&s, "verdict", word, strlen(word));
    json_add_text(&s, "messages", strbuf_text(&messages), messages.length);
    strbuf_add(&s, "}\n");
    fwrite(strbuf_text(&s), 1, s.length, stdout);
    strbuf_free(&s);
    strbuf_free(&messages);
}

static void show_verdict(const struct job *job, const struct run *run, enum verdict verdict)
{
    switch (job->options->output) {
    case OUTPUT_JSON: print_verdict_json(job, run, verdict); break;
    case OUTPUT_TRACE:
    case OUTPUT_CHART:
        print_messages(&job->diags, &job->source, options_messages(job->options));
        print_verdict(job, run, verdict);
        break;
    case OUTPUT_MERMAID: /* as a comment: what comes out is a diagram and nothing else */
        print_messages(&job->diags, &job->source, options_messages(job->options));
        printf("%%%% %s\n", verdict_word(job, verdict));
        break;
    case OUTPUT_VERDICT: break;
    }
}

static enum verdict run_once(struct job *job)
{
    struct run_options options = job->options->run;
    options.sink_count = open_sinks(job);
    options.sinks = &job->sink;
    struct run *run = run_begin(job->program, &options, &job->diags);
    if (run == NULL) {
        close_sinks(job);
        print_without_run(job, VERDICT_LIMIT);
        return VERDICT_LIMIT;
    }
    enum sched_end end = run_go(run, UINT64_MAX);
    enum verdict verdict = run_judge(run, end);
    job->misfit = end == SCHED_BAD_SCHEDULE;
    job->livelock = !run_view(run)->deadlock;
    close_sinks(job);
    show_verdict(job, run, verdict);
    if (!save_schedule(job, run) && verdict == VERDICT_AS_EXPECTED)
        verdict = VERDICT_BAD_SCRIPT;
    run_free(run);
    return verdict;
}

/* -- many random runs -------------------------------------------------------------------------- */

enum { VERDICTS = 6, DIFFERENT_RUNS = 1 << 16 };

struct survey {
    struct {
        enum verdict verdict;
        uint64_t count, first_seed;
    } verdicts[VERDICTS];
    int verdict_count;
    uint64_t *fingerprints; /* a hash set; 0 is empty */
    uint64_t different;
};

static void count_verdict(struct survey *s, enum verdict verdict, uint64_t seed)
{
    int i = 0;
    while (i < s->verdict_count && s->verdicts[i].verdict != verdict)
        i++;
    if (i == s->verdict_count) {
        s->verdicts[i].verdict = verdict;
        s->verdicts[i].first_seed = seed;
        s->verdict_count++;
    }
    s->verdicts[i].count++;
}

static void count_fingerprint(struct survey *s, uint64_t fingerprint)
{
    uint64_t i = fingerprint % DIFFERENT_RUNS;
    if (s->different >= DIFFERENT_RUNS / 2)
        return;
    while (s->fingerprints[i] != 0 && s->fingerprints[i] != fingerprint)
        i = (i + 1) % DIFFERENT_RUNS;
    s->different += s->fingerprints[i] == 0;
    s->fingerprints[i] = fingerprint;
}

static void print_survey(const struct job *job, const struct survey *s)
{
    uint64_t made = 0;
    for (int i = 0; i < s->verdict_count; i++)
        made += s->verdicts[i].count;
    printf("%s: %" PRIu64 " random runs, %" PRIu64 "%s different\n", job->source.name, made,
           s->different, s->different >= DIFFERENT_RUNS / 2 ? " or more" : "");
    for (int i = 0; i < s->verdict_count; i++) {
        printf("%9" PRIu64
               "  %s, first with: pipesim run --policy random --grain %s --seed %" PRIu64,
               s->verdicts[i].count, verdict_word(job, s->verdicts[i].verdict),
               job->options->run.freedom.grain == GRAIN_CALLS ? "calls" : "locks",
               s->verdicts[i].first_seed);
        print_settings_and_file(job);
    }
}

/* The first run that was not as expected keeps its messages. */
static enum verdict survey_runs(struct job *job, struct run *run, const struct snapshot *start,
                                struct survey *s)
{
    enum verdict worst = VERDICT_AS_EXPECTED;
    uint64_t first = job->options->run.seed;
    for (uint64_t seed = first; seed - first < job->options->runs; seed++) {
        struct diag_list messages = {0};
        run_again(run, start, seed, &messages);
        enum verdict verdict = run_judge(run, run_go(run, UINT64_MAX));
        count_verdict(s, verdict, seed);
        count_fingerprint(s, run_fingerprint(run) | 1);
        if (worst == VERDICT_AS_EXPECTED && verdict != VERDICT_AS_EXPECTED) {
            worst = verdict;
            job->diags = messages;
        } else {
            diag_list_free(&messages);
        }
        if (verdict == VERDICT_INTERRUPTED)
            break;
    }
    return worst;
}

static enum verdict run_many(struct job *job)
{
    struct survey s = {.fingerprints = calloc(DIFFERENT_RUNS, sizeof *s.fingerprints)};
    struct run *run = run_begin(job->program, &job->options->run, &job->diags);
    struct snapshot *start = run == NULL ? NULL : snapshot_take();
    enum verdict worst = VERDICT_LIMIT;
    if (start != NULL && s.fingerprints != NULL) {
        worst = survey_runs(job, run, start, &s);
        print_survey(job, &s);
    }
    print_messages(&job->diags, &job->source, options_messages(job->options));
    snapshot_free(start);
    free(s.fingerprints);
    run_free(run);
    return worst;
}

/* -- one file ---------------------------------------------------------------------------------- */

static void print_line(const struct job *job, enum verdict verdict)
{
    const char *title = job->program != NULL ? job->program->title : "";
    printf("%s: %s%s%s\n", job->source.name, verdict_word(job, verdict),
           title[0] != '\0' ? ": " : "", title);
}

static enum verdict run_file(const struct options *o, const char *name)
{
    struct job job = {.options = o};
    enum verdict verdict = VERDICT_BAD_SCRIPT;
    if (!source_read(&job.source, name))
        return VERDICT_BAD_SCRIPT;
    job.program = script_parse(&job.source, vocabulary(), &job.diags);
    if (job.program == NULL)
        print_without_run(&job, verdict);
    else if (o->check_only)
        verdict = VERDICT_AS_EXPECTED;
    else
        verdict = o->runs > 1 ? run_many(&job) : run_once(&job);
    if (o->check_only && verdict == VERDICT_AS_EXPECTED) {
        printf("%s: no mistakes found\n", name);
    } else if (o->output == OUTPUT_VERDICT && o->runs <= 1) {
        print_messages(&job.diags, &job.source, options_messages(job.options));
        print_line(&job, verdict);
    }
    diag_list_free(&job.diags);
    program_free(job.program);
    source_free(&job.source);
    return verdict;
}

/* -- all files --------------------------------------------------------------------------------- */

static int run_files(struct options *o, const struct file_list *files)
{
    size_t good = 0;
    enum verdict status = VERDICT_AS_EXPECTED;
    for (size_t i = 0; i < files->count && status != VERDICT_INTERRUPTED; i++) {
        if (i > 0 && (o->output == OUTPUT_TRACE || o->output == OUTPUT_CHART))
            printf("\n");
        enum verdict verdict = run_file(o, files->names[i]);
        good += verdict == VERDICT_AS_EXPECTED;
        if (status == VERDICT_AS_EXPECTED || verdict == VERDICT_INTERRUPTED)
            status = verdict;
    }
    if (files->count > 1 && o->output != OUTPUT_JSON && o->output != OUTPUT_MERMAID)
        printf("%zu scenarios: %zu as expected, %zu not\n", files->count, good,
               files->count - good);
    return (int)status;
}

int run_command(int argc, char **argv)
{
    struct options o;
    struct file_list files = {0};
    int status = options_parse(&o, OPTIONS_RUN, argc, argv);
    if (status != 0) {
        options_fini(&o);
        return status < 0 ? 0 : status;
    }
    for (int i = 0; i < o.file_count && status == 0; i++) {
        if (!file_list_add(&files, o.files[i]))
            status = 2;
    }
    if (files.count > 1 && !o.output_chosen)
        o.output = OUTPUT_VERDICT;
    if (files.count == 0 && status == 0) {
        fprintf(stderr, "pipesim: error: there is no *.pipe file below '%s'\n", o.files[0]);
        status = 2;
    }
    signal(SIGINT, on_interrupt);
    if (status == 0)
        status = run_files(&o, &files);
    file_list_free(&files);
    options_fini(&o);
    if (fflush(stdout) != 0 && status == 0) {
        fprintf(stderr, "pipesim: error: cannot write to standard output\n");
        status = 2;
    }
    return status;
}
