/* run.c - see run.h: setting a run up, running it, and its verdict. */
#include "sim/kernel/bugs.h"
#include "sim/run/vm.h"
#include "sim/run/vocabulary.h"
#include "sim/sched/arena.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* -- sinks of the run's own -------------------------------------------------------------------- */

static uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32;
}

static uint64_t word_at(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Each step of a hash waits for the one before it, so long texts are hashed as four. */
static uint64_t hash_of(const char *bytes, size_t n)
{
    uint64_t a = 1, b = 2, c = 3, d = n;
    for (; n >= 32; n -= 32, bytes += 32) {
        a = mixed(a, word_at(bytes));
        b = mixed(b, word_at(bytes + 8));
        c = mixed(c, word_at(bytes + 16));
        d = mixed(d, word_at(bytes + 24));
    }
    for (; n >= 8; n -= 8, bytes += 8)
        a = mixed(a, word_at(bytes));
    uint64_t rest = 0;
    for (size_t i = 0; i < n; i++)
        rest = rest << 8 | (unsigned char)bytes[i];
    return mixed(a + c, mixed(b + d, rest));
}

/* The factors are odd and otherwise arbitrary. */
static void fingerprint(uint64_t *hash, const struct event *e)
{
    uint64_t sum = (uint64_t)e->tick * 0x9e3779b97f4a7c15 +
                   ((uint64_t)e->kind << 32 | (uint64_t)e->sleep_on) * 0xbf58476d1ce4e5b9 +
                   ((uint64_t)(uint32_t)e->actor << 32 | (uint32_t)e->other) * 0x94d049bb133111eb +
                   ((uint64_t)(uint32_t)e->pipe << 32 | (uint32_t)e->line) * 0xd6e8feb86659fd93 +
                   (uint64_t)e->value * 0xc2b2ae3d27d4eb4f +
                   (uint64_t)e->value2 * 0xff51afd7ed558ccd;
    *hash = mixed(*hash, e->size > 0 ? sum + hash_of(e->text, e->size) : sum);
}

static bool is_progress(enum event_kind kind)
{
    switch (kind) {
    case EV_START:
    case EV_PUT:
    case EV_TOOK:
    case EV_PIPE:
    case EV_FILE:
    case EV_FILE_EMPTIED:
    case EV_FILE_WRITTEN:
    case EV_FIFO:
    case EV_OPEN_READER:
    case EV_OPEN_WRITER:
    case EV_CLOSE_READER:
    case EV_CLOSE_WRITER:
    case EV_RESIZE:
    case EV_PRINT:
    case EV_EXIT:
    case EV_HANDLER: return true;
    default: return false;
    }
}

static void watch(void *ctx, const struct event *e, const struct view *v)
{
    struct run *run = ctx;
    if (is_progress(e->kind)) {
        run->idle = 0;
        run->outside->progressed = true;
    }
    if (is_progress(e->kind) || e->kind == EV_CALL || e->kind == EV_SLEEP)
        run->turns = run->signals = 0;
    if (is_progress(e->kind) || e->kind == EV_CALL)
        run->naps = run->naps_in_tick = 0;
    else if (e->kind == EV_SLEEP && e->sleep_on == ON_CONDITION)
        locks_count_nap(run, e->actor);
    if (run->options->mode == SCHED_CONTROLLED)
        fingerprint(&run->outside->fingerprint, e);
    if (e->kind == EV_PRINT && run->options->explored)
        history_add_output(run, e);
    claims_after_event(run, e, v);
    if (e->seq == run->outside->pause_at)
        sched_pause();
}

static void on_sync(void *ctx, const struct sync_event *e)
{
    struct run *run = ctx;
    bool takes = e->kind == SYNC_LOCK || e->kind == SYNC_RETURN;
    bool lets_go = e->kind == SYNC_UNLOCK || e->kind == SYNC_WAIT;
    run->locks += takes;
    if (e->kind == SYNC_MISUSE)
        locks_misused(run, e);
    else if (e->kind == SYNC_LOCK || e->kind == SYNC_NO_WAIT || e->kind == SYNC_SIGNAL ||
             e->kind == SYNC_BROADCAST || (e->kind == SYNC_ACCESS && e->object != NULL))
        locks_count_turn(run, e);
    kernel_on_sync(run->kernel, e);
    run->locks -= lets_go;
    if (lets_go)
        claims_judge_states(run);
}

static int stop_wanted(void *ctx)
{
    struct run *run = ctx;
    return vm_interrupt_wanted() || run->bad_script || run->misused != MISUSE_NONE;
}

static void on_time(void *ctx, tick_t now)
{
    ((struct run *)ctx)->naps_in_tick = 0;
    claims_on_time(ctx, now);
}

/* -- setting up -------------------------------------------------------------------------------- */

static void apply_overrides(struct settings *s, const struct run_options *options)
{
    for (size_t i = 0; i < options->override_count; i++) {
        const struct setting_override *o = &options->overrides[i];
        if (o->setting >= 0)
            settings_set(s, o->setting, o->value);
        else if (o->pipe != NULL)
            strcpy(s->pipe, o->pipe);
    }
}

void override_add(const struct setting_override *o, struct strbuf *out)
{
    if (o->setting >= 0)
        strbuf_addf(out, " --set %s=%" PRId64, setting_name(o->setting), o->value);
    else if (o->file != NULL)
        strbuf_addf(out, " --pipe %s", o->file);
    else if (o->lines != NULL)
        strbuf_addf(out, o->lines[0] != '\0' ? " --preempt %s" : "%s", o->lines);
    else
        strbuf_addf(out, bug_named(o->pipe) != NULL ? " --bug %s" : " --set pipe=%s", o->pipe);
}

static bool uses_property(const struct program *p, enum atom_kind kind, int property)
{
    for (size_t i = 0; i < p->atom_count; i++) {
        if (p->atoms[i].kind == kind && p->atoms[i].property == property)
            return true;
    }
    return false;
}

static bool has_state_claims(const struct program *p)
{
    for (size_t i = 0; i < p->claim_count; i++) {
        if (p->claims[i].kind == CLAIM_ALWAYS || p->claims[i].kind == CLAIM_NEVER ||
            p->claims[i].kind == CLAIM_SOMETIMES)
            return true;
    }
    return false;
}

static bool has_call(const struct program *p, const char *const *names)
{
    for (size_t pc = 0; pc < p->code_count; pc++) {
        for (size_t i = 0; p->code[pc].op == OP_CALL && names[i] != NULL; i++) {
            if (call_is(p->sites[p->code[pc].arg].callee, names[i]))
                return true;
        }
    }
    return false;
}

/* A process that ends sends SIGCHLD, which concerns nobody unless the script mentions it. */
static bool mentions(const struct program *p, int64_t number)
{
    for (size_t pc = 0; pc < p->code_count; pc++) {
        if (p->code[pc].op == OP_INT && p->integers[p->code[pc].arg] == number)
            return true;
    }
    return false;
}

static void set_up_trace(struct run *run)
{
    struct view *v = &run->trace.view;
    trace_init(&run->trace);
    bool all = run->options->keep == KEEP_ALL;
    v->keep_streams = all || uses_property(run->program, ATOM_PIPE, PIPE_PROPERTY_STREAM);
    v->keep_contents = all || uses_property(run->program, ATOM_FILE, FILE_PROPERTY_CONTENT);
    v->keep_output = all || uses_property(run->program, ATOM_PROCESS, PROCESS_PROPERTY_OUTPUT);
    v->keep_limit = (size_t)run->settings.values[SETTING_max_bytes];
    run->has_state_claims = has_state_claims(run->program);
    run->has_kill = has_call(run->program, (const char *const[]){"kill", NULL}) ||
                    mentions(run->program, ABI_SIGCHLD);
    run->want_text = run->options->sink_count > 0;
    for (size_t i = 0; i < run->options->sink_count; i++)
        trace_add_sink(&run->trace, run->options->sinks[i]);
    trace_add_sink(&run->trace, tally_sink(&run->outside->tally));
    trace_add_sink(&run->trace, (struct trace_sink){watch, run, SINK_WITHOUT_LOCKS});
}

static bool set_up_sched(struct run *run)
{
    const struct run_options *o = run->options;
    bool records = o->mode == SCHED_CONTROLLED && o->policy != POLICY_FIFO;
    schedule_init(&run->outside->record, o->freedom);
    run->sched = (struct sched_config){
        .mode = o->mode,
        .policy = o->policy,
        .freedom = o->freedom,
        .seed = o->seed,
        .schedule = o->walk != NULL ? o->walk : o->schedule,
        .record = o->walk != NULL ? o->walk
                  : records       ? &run->outside->record
                                  : NULL,
        .watch = o->watch,
        .tick_ns = (long)(run->settings.values[SETTING_tick] * 1000000),
        .ctx = run,
        .on_sync = on_sync,
        .on_time = on_time,
        .stop_wanted = stop_wanted,
    };
    return sched_init(&run->sched) == 0;
}

static bool set_up_kernel(struct run *run)
{
    const struct settings *s = &run->settings;
    const int64_t *set = s->values;
    const struct pipe_impl *impl = pipe_impl_named(s->pipe);
    const struct dialect *dialect = &impl->dialect;
    bool slots = dialect->storage == PIPE_SLOTS;
    struct kernel_config config = {
        .impl = impl,
        .capacity = (size_t)settings_or(s, SETTING_capacity,
                                        slots ? set[SETTING_page] * KERNEL_DEFAULT_SLOTS
                                              : (int64_t)dialect->capacity),
        .atomic = slots ? (size_t)set[SETTING_page]
                        : (size_t)settings_or(s, SETTING_atomic, (int64_t)dialect->atomic),
        .page = (size_t)set[SETTING_page],
        .max_pipe_size = (uint64_t)set[SETTING_max_pipe_size],
        .user_pages_soft = (uint64_t)set[SETTING_user_pages_soft],
        .user_pages_hard = (uint64_t)set[SETTING_user_pages_hard],
        .privilege = set[SETTING_privileged] != 0 ? PRIVILEGED : UNPRIVILEGED,
        .socket_buffer = (size_t)set[SETTING_socket_buffer],
        .link = {.latency = set[SETTING_latency],
                 .bandwidth = set[SETTING_bandwidth],
                 .loss = set[SETTING_loss],
                 .segment = set[SETTING_segment]},
        .max_files = (int)set[SETTING_max_files],
        .max_file = (size_t)set[SETTING_max_bytes],
        .max_processes = (int)set[SETTING_max_processes],
        .trace = &run->trace,
        .explored = run->options->explored,
        .signals = run->has_kill,
        .sets_flags = has_call(run->program, (const char *const[]){"fcntl", NULL}),
        .strangers = !has_call(run->program, (const char *const[]){"fork", "thread", "wait", "join",
                                                                   "kill", "open", NULL}),
    };
    run->looks_unlocked = config.impl->keeps == PIPE_KEEPS_ALL;
    run->kernel = kernel_new(&config);
    return run->kernel != NULL;
}

/* The program's constants, and room for what the run counts. */
static bool set_up_tables(struct run *run)
{
    const struct program *p = run->program;
    run->strings = arena_alloc_array(p->string_count + 1, sizeof *run->strings);
    run->claims = arena_alloc_array(p->claim_count + 1, sizeof *run->claims);
    run->block_instances = arena_alloc_array(p->block_count + 1, sizeof(int));
    run->pipe_instances = arena_alloc_array(p->variable_count + 1, sizeof(int));
    run->judge = vm_new(run, NULL, -1, NULL);
    if (run->strings == NULL || run->claims == NULL || run->block_instances == NULL ||
        run->pipe_instances == NULL || run->judge == NULL)
        return false;
    run->string_count = p->string_count;
    for (size_t i = 0; i < p->string_count; i++) {
        run->strings[i] = bytes_copy(p->strings[i].bytes, p->strings[i].size);
        if (run->strings[i] == NULL)
            return false;
    }
    return true;
}

static struct kpipe **declare_pipes(struct run *run)
{
    const struct program *p = run->program;
    struct kpipe **pipes = arena_alloc_array(p->pipe_count + 1, sizeof *pipes);
    for (size_t i = 0; pipes != NULL && i < p->pipe_count; i++) {
        const struct declared_pipe *d = &p->pipes[i];
        pipes[i] =
            kernel_declare_pipe(run->kernel, d->name, (size_t)d->capacity, (size_t)d->atomic);
        if (pipes[i] == NULL)
            return NULL;
    }
    return pipes;
}

static bool declare_paths(struct run *run)
{
    const struct program *p = run->program;
    for (size_t i = 0; i < p->path_count; i++) {
        if (p->paths[i].kind == PATH_OF_FIFO &&
            kernel_declare_fifo(run->kernel, p->paths[i].name) != 0)
            return false;
        const struct byte_string *b = &p->paths[i].bytes;
        if (p->paths[i].kind == PATH_OF_FILE &&
            kernel_declare_file(run->kernel, p->paths[i].name, b->bytes, b->size) != 0)
            return false;
    }
    return true;
}

static bool is_pair(const struct block *b, const struct redirection *r)
{
    for (size_t i = 0; i < b->redirection_count; i++) {
        if (b->redirections[i].pipe == r->pipe && b->redirections[i].end != r->end)
            return true;
    }
    return false;
}

/* As a shell: the first < is descriptor 0, the first > is 1. */
static bool redirect(struct vm *vm, const struct block *b, struct kpipe **pipes,
                     struct diag_list *diags)
{
    bool used[2] = {false, false};
    for (size_t i = 0; i < b->redirection_count; i++) {
        const struct redirection *r = &b->redirections[i];
        enum pipe_end end = r->end == REDIRECT_READ ? READ_END : WRITE_END;
        int fd = process_open_end(vm->thread, pipes[r->pipe], end, used[end] ? -1 : (int)end);
        if (fd < 0) {
            diag_add(diags, DIAG_ERROR, b->place,
                     "'%s' has no descriptor left for '%s': max_files is "
                     "%" PRId64,
                     b->name, vm->run->program->pipes[r->pipe].name,
                     vm->run->settings.values[SETTING_max_files]);
            return false;
        }
        used[end] = true;
        struct value *v = &vm->variables[r->variable];
        if (is_pair(b, r)) {
            v->kind = VALUE_PAIR;
            v->pair[end] = fd;
        } else {
            *v = value_integer(fd);
        }
    }
    return true;
}

static bool add_process(struct run *run, int block, struct kpipe **pipes)
{
    const struct block *b = &run->program->blocks[block];
    struct thread *t;
    const char *name = instance_name(b->name, ++run->block_instances[block]);
    if (name == NULL || process_new(run->kernel, name, &t) != 0)
        return false;
    if (b->host != NULL)
        process_set_host(t, b->host);
    struct vm *vm = vm_new(run, t, block, NULL);
    return vm != NULL && redirect(vm, b, pipes, run->outside->diags) &&
           thread_start(t, vm_thread_body, vm) == 0;
}

/* Is there anything between the hosts? */
static bool has_links(const struct run *run)
{
    const int64_t *set = run->settings.values;
    return set[SETTING_latency] > 0 || set[SETTING_bandwidth] > 0 || set[SETTING_loss] > 0;
}

/* Schedules go by names, so it must be no process's; those are numbered from 2. */
static const char *name_of_network(const struct run *run)
{
    for (size_t i = 0; i < run->program->block_count; i++) {
        if (strcmp(run->program->blocks[i].name, "network") == 0)
            return "network.0";
    }
    return "network";
}

static bool set_up_processes(struct run *run)
{
    struct kpipe **pipes = declare_pipes(run);
    bool good = pipes != NULL && declare_paths(run);
    for (size_t i = 0; good && i < run->program->block_count; i++) {
        const struct block *b = &run->program->blocks[i];
        for (int64_t n = 0; good && b->start == START_AT_ONCE && n < b->copies; n++)
            good = add_process(run, (int)i, pipes);
    }
    for (size_t i = 0; good && i < run->program->pipe_count; i++)
        kernel_release_pipe(pipes[i]);
    return good && (!has_links(run) || kernel_link_hosts(run->kernel, name_of_network(run)) == 0);
}

static void look(void *arg)
{
    (void)arg; /* the scheduler tells that time has moved, and that is all that is needed */
}

/* Real time passes without anything happening: somebody must look when an `expect at` is due. */
static bool set_up_looks(struct run *run)
{
    const struct program *p = run->program;
    if (run->options->mode == SCHED_CONTROLLED)
        return true;
    run->looks = arena_alloc_array(p->claim_count + 1, sizeof *run->looks);
    for (size_t i = 0; run->looks != NULL && i < p->claim_count; i++) {
        if (p->claims[i].kind == CLAIM_AT &&
            sched_timer_set(&run->looks[i], tick_after(p->claims[i].tick, 1), look, NULL) != 0)
            return false;
    }
    return run->looks != NULL;
}

static int64_t process_count(const struct program *p)
{
    int64_t n = 0;
    for (size_t i = 0; i < p->block_count; i++)
        n += p->blocks[i].start == START_AT_ONCE ? p->blocks[i].copies : 0;
    return n;
}

static bool set_up(struct run *run, struct diag_list *diags)
{
    const struct settings *s = &run->settings;
    if (process_count(run->program) > s->values[SETTING_max_processes]) {
        diag_add_unplaced(diags, DIAG_ERROR,
                          "the limit max_processes = %" PRId64 " is reached: %" PRId64
                          " processes start at time 0",
                          s->values[SETTING_max_processes], process_count(run->program));
        run->limit = setting_name(SETTING_max_processes);
        return false;
    }
    if (set_up_sched(run) && set_up_kernel(run) && set_up_tables(run) && set_up_processes(run) &&
        set_up_looks(run))
        return true;
    if (diags->messages > 0)
        return false;
    diag_add_unplaced(diags, DIAG_ERROR,
                      "the limit max_memory = %" PRId64 " (mebibytes) is reached before time 0",
                      s->values[SETTING_max_memory]);
    return false;
}

struct run *run_begin(const struct program *program, const struct run_options *options,
                      struct diag_list *diags)
{
    struct settings settings = program->settings;
    apply_overrides(&settings, options);
    size_t heap = (size_t)settings.values[SETTING_max_memory] << 20;
    enum arena_use use = options->mode == SCHED_THREADS ? ARENA_MANY_THREADS : ARENA_ONE_THREAD;
    if (arena_open(heap, (size_t)settings.values[SETTING_max_processes] + 2, use) != 0) {
        diag_add_unplaced(diags, DIAG_ERROR,
                          "the system does not grant %" PRId64 " MiB of address space",
                          settings.values[SETTING_max_memory]);
        diag_add_unplaced(diags, DIAG_HELP,
                          "--set max_memory=N and --set max_processes=N ask for less");
        return NULL;
    }
    struct run *run = arena_alloc(sizeof *run);
    struct outside *outside = calloc(1, sizeof *outside);
    if (run == NULL || outside == NULL) {
        free(outside);
        return NULL;
    }
    outside->diags = diags;
    run->program = program;
    run->options = options;
    run->settings = settings;
    run->outside = outside;
    run->spinner = NOBODY;
    set_up_trace(run);
    if (!set_up(run, diags)) {
        run_free(run);
        return NULL;
    }
    run->is_set_up = true;
    outside->start_fingerprint = outside->fingerprint;
    outside->start_tally = outside->tally;
    return run;
}

void run_free(struct run *run)
{
    if (run == NULL)
        return;
    schedule_fini(&run->outside->record);
    strbuf_free(&run->outside->text);
    strbuf_free(&run->outside->message);
    strbuf_free(&run->outside->cause);
    free(run->outside);
}

enum sched_end run_go(struct run *run, uint64_t choices)
{
    (void)run;
    return sched_run(choices);
}

void run_again(struct run *run, const struct snapshot *start, uint64_t seed,
               struct diag_list *diags)
{
    snapshot_restore(start);
    sched_reseed(seed);
    schedule_cut(&run->outside->record, (struct schedule_cursor){0, 0});
    run->outside->diags = diags;
    run->outside->fingerprint = run->outside->start_fingerprint;
    run->outside->tally = run->outside->start_tally;
}

void run_pause_at(struct run *run, uint64_t seq)
{
    run->outside->pause_at = seq;
}

void run_send_messages(struct run *run, struct diag_list *diags)
{
    run->outside->diags = diags;
}

/* -- the verdict ------------------------------------------------------------------------------- */

static enum verdict judge_deadlock(struct run *run)
{
    run->trace.view.deadlock = true;
    if (!claim_asks_for_deadlock(run)) {
        explain_deadlock(run);
        return VERDICT_STUCK;
    }
    claims_at_end(run);
    return run->failed ? VERDICT_FAILED : VERDICT_AS_EXPECTED;
}

static enum verdict judge_end(struct run *run, enum sched_end end)
{
    switch (end) {
    case SCHED_ALL_EXITED:
        claims_at_end(run);
        return run->failed ? VERDICT_FAILED : VERDICT_AS_EXPECTED;
    case SCHED_DEADLOCK: return judge_deadlock(run);
    case SCHED_BAD_SCHEDULE:
        diag_add_unplaced(run->outside->diags, DIAG_ERROR, "%s", sched_complaint());
        return VERDICT_BAD_SCRIPT;
    case SCHED_PAUSED:
    case SCHED_STOPPED: break;
    }
    if (run->livelock) {
        explain_livelock(run);
        return VERDICT_STUCK;
    }
    return VERDICT_INTERRUPTED;
}

enum verdict run_judge(struct run *run, enum sched_end end)
{
    if (run->limit != NULL)
        return VERDICT_LIMIT;
    if (run->bad_script)
        return VERDICT_BAD_SCRIPT;
    if (run->misused != MISUSE_NONE)
        return run->misused == MISUSE_CRASH  ? VERDICT_CRASHED
               : run->misused == MISUSE_LOOP ? VERDICT_STUCK
                                             : VERDICT_FAILED;
    enum verdict verdict = judge_end(run, end);
    if (run->trace.view.limit_reached && run->options->keep == KEEP_WHAT_CLAIMS_ASK) {
        diag_add_unplaced(run->outside->diags, DIAG_ERROR,
                          "a claim asks for all bytes of a pipe or an output, and they are more "
                          "than the limit max_bytes");
        return VERDICT_LIMIT;
    }
    return run->limit != NULL ? VERDICT_LIMIT : run->bad_script ? VERDICT_BAD_SCRIPT : verdict;
}

/* -- asking ------------------------------------------------------------------------------------ */

struct kernel *run_kernel(const struct run *run)
{
    return run->kernel;
}

const struct settings *run_settings(const struct run *run)
{
    return &run->settings;
}

const struct view *run_view(const struct run *run)
{
    return &run->trace.view;
}

const struct tally *run_tally(const struct run *run)
{
    return &run->outside->tally;
}

char *run_schedule(const struct run *run)
{
    return schedule_text(&run->outside->record);
}

int run_site(const struct run *run, int actor)
{
    const struct thread *t = thread_numbered(run->kernel, actor + 1);
    return t == NULL || thread_program(t) == NULL ? -1 : ((struct vm *)thread_program(t))->site;
}

bool run_evaluate(struct run *run, int code, struct strbuf *out)
{
    struct value v = vm_evaluate(run->judge, code);
    bool yes = value_true(v);
    if (out != NULL)
        value_describe(v, out);
    value_drop(v);
    return yes;
}

uint64_t run_fingerprint(const struct run *run)
{
    return run->outside->fingerprint;
}

struct run_checks run_checks(const struct run *run)
{
    struct run_checks checks = {0, run->results_checked};
    for (size_t i = 0; i < run->program->claim_count; i++)
        checks.claims += run->program->claims[i].kind != CLAIM_SOMETIMES;
    return checks;
}

int64_t run_ticks(const struct run *run)
{
    return run->trace.view.tick;
}
