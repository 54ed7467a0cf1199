/* fuzz_run.c - any bytes as a script: parse it, run it, render all there is to render. It must not
 * crash, hang, leak, or take more than it was granted.
 *
 * The limits are small, so that a run is over soon. Each input runs twice, since who runs next is
 * an input as well: once by the fifo policy, and once by the random one, at every lock operation,
 * with a seed that depends on the bytes. */
#include "sim/run/run.h"
#include "sim/run/vocabulary.h"
#include "sim/trace/chart.h"
#include "sim/trace/json_trace.h"
#include "sim/trace/mermaid.h"
#include "sim/trace/text_trace.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct setting_override limits[] = {
    {.setting = SETTING_capacity, .value = 64},      {.setting = SETTING_max_calls, .value = 2000},
    {.setting = SETTING_max_steps, .value = 20000},  {.setting = SETTING_max_idle, .value = 1000},
    {.setting = SETTING_max_processes, .value = 32}, {.setting = SETTING_max_files, .value = 64},
    {.setting = SETTING_max_bytes, .value = 65536},  {.setting = SETTING_max_depth, .value = 50},
    {.setting = SETTING_max_memory, .value = 16},
};

/* Output goes nowhere, but every byte of it is read. */
static void swallow(void *ctx, const char *bytes, size_t n)
{
    unsigned char *sum = ctx;
    for (size_t i = 0; i < n; i++)
        *sum ^= (unsigned char)bytes[i];
}

static void render_messages(const struct diag_list *diags, const struct source *source)
{
    struct strbuf text = {0};
    unsigned char sum = 0;
    diag_render(diags, source, DIAG_PLAIN, &text);
    swallow(&sum, strbuf_text(&text), text.length);
    strbuf_free(&text);
}

static void run_to_the_end(const struct program *program, struct run_options *options,
                           const struct source *source)
{
    struct diag_list diags = {0};
    struct run *run = run_begin(program, options, &diags);
    if (run != NULL) {
        run_judge(run, run_go(run, UINT64_MAX));
        free(run_schedule(run));
        run_free(run);
    }
    render_messages(&diags, source);
    diag_list_free(&diags);
}

static void run_it(const struct program *program, const struct source *source, uint64_t seed)
{
    unsigned char sum = 0;
    struct trace_output out = {swallow, &sum};
    struct text_trace text;
    struct json_trace json;
    struct sequence sequence;
    struct chart_style style = {.width = 80, .color = TEXT_COLORED};
    struct run_options options = {
        .mode = SCHED_CONTROLLED,
        .policy = seed == 0 ? POLICY_FIFO : POLICY_RANDOM,
        .freedom.grain = seed == 0 ? GRAIN_CALLS : GRAIN_LOCKS,
        .seed = seed,
        .overrides = limits,
        .override_count = sizeof limits / sizeof *limits,
    };
    text_trace_init(&text, out, seed == 0 ? DEPTH_CALLS : DEPTH_LOCKS, TEXT_COLORED, 7);
    json_trace_init(&json, out, text.depth);
    sequence_init(&sequence, text.depth);
    struct trace_sink sinks[] = {text_trace_sink(&text), json_trace_sink(&json),
                                 sequence_sink(&sequence)};
    options.sinks = sinks;
    options.sink_count = sizeof sinks / sizeof *sinks;
    run_to_the_end(program, &options, source);
    chart_write(&sequence, &style, out);
    mermaid_write(&sequence, program->title, out);
    sequence_fini(&sequence);
    json_trace_fini(&json);
    text_trace_fini(&text);
}

static uint64_t hash(const uint8_t *data, size_t size)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        h = (h ^ data[i]) * 0x100000001b3;
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + (size == 0)); /* just so large: reading past its end is seen */
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    struct source source = {.name = "fuzz.pipe", .text = copy, .size = size};
    struct diag_list diags = {0};
    struct program *program = script_parse(&source, vocabulary(), &diags);
    render_messages(&diags, &source);
    diag_list_free(&diags);
    if (program != NULL) {
        run_it(program, &source, 0);
        run_it(program, &source, hash(data, size) | 1);
        program_free(program);
    }
    free(copy);
    return 0;
}
