/* faults.c - see faults.h. */
#define _GNU_SOURCE
#include "sim/own/faults.h"

#include "sim/kernel/kernel.h"
#include "sim/own/lines.h"
#include "sim/sched/arena.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

/* The newer one of the two is not NULL. */
static const char *last_site;
static const void *last_from;

static long accesses;                /* since the last call */
static volatile unsigned long pulse; /* of calls and accesses, for the clock */

void fault_at_call(const char *site)
{
    last_site = site;
    last_from = NULL;
    fault_no_loop();
}

void fault_at_access(const void *from)
{
    last_site = NULL;
    last_from = from;
}

const char *fault_place(void)
{
    static char place[200];
    struct strbuf text = {0};
    if (last_from != NULL)
        lines_add(last_from, &text);
    else
        strbuf_add(&text, last_site != NULL ? last_site : "before its first call");
    snprintf(place, sizeof place, "%s", strbuf_text(&text));
    strbuf_free(&text);
    return place;
}

/* -- telling ----------------------------------------------------------------------------------- */

enum { CRASHED = 4 }; /* exit status */

static enum fault_main main_stack = MAIN_ELSEWHERE;

void fault_main_stack(enum fault_main where)
{
    main_stack = where;
}

/* Before the first task runs there is no run that could fail. */
static void give_up(const struct sched_fault *f)
{
    fflush(stdout);
    fprintf(stderr, "pipesim: error: the pipe's own code, in pipe_new or pipe_free, %s\n", f->what);
    for (size_t i = 0; i < sizeof f->notes / sizeof *f->notes && f->notes[i] != NULL; i++)
        fprintf(stderr, "  note: %s\n", f->notes[i]);
    fflush(stderr);
    _exit(CRASHED);
}

static jmp_buf *escape;

void fault_escape_to(jmp_buf *place)
{
    escape = place;
}

void fault_escape(void)
{
    if (escape != NULL)
        _longjmp(*escape, 1);
}

void fault_raise(struct sched_fault f)
{
    fault_escape();
    if (f.notes[0] == NULL)
        f.notes[0] = fault_place();
    if (sched_self() == NULL)
        give_up(&f);
    sched_fault(&f);
}

/* -- loops ------------------------------------------------------------------------------------- */

void fault_no_loop(void)
{
    accesses = 0;
    pulse++;
}

void fault_pulse(void)
{
    pulse++;
    if (++accesses < FAULT_ACCESSES)
        return;
    accesses = 0;
    fault_raise((struct sched_fault){
        .misuse = MISUSE_LOOP,
        .what = "goes round for ever: 5 million accesses to memory since its last call"});
}

/* -- signals ----------------------------------------------------------------------------------- */

static const struct {
    int signal;
    const char *what;
} crashes[] = {
    {SIGSEGV, "crashes: SIGSEGV, memory that is not there"},
    {SIGBUS, "crashes: SIGBUS, memory that is not there"},
    {SIGFPE, "crashes: SIGFPE, a division by 0"},
    {SIGILL, "crashes: SIGILL, what is no instruction"},
    {SIGABRT, "crashes: SIGABRT, abort()"},
};

static bool in_pipe(void)
{
    const struct task *t = sched_begun() ? sched_self() : NULL;
    return t != NULL ? thread_in_pipe(task_arg(t)) : main_stack == MAIN_IN_PIPE;
}

/* Where the processor was, if that is known, and in the code whose lines are. */
static const void *program_counter(const void *context)
{
    const ucontext_t *c = context;
#if defined(__linux__) && defined(__x86_64__)
    return (const void *)c->uc_mcontext.gregs[REG_RIP];
#elif defined(__linux__) && defined(__aarch64__)
    return (const void *)c->uc_mcontext.pc;
#else
    (void)c;
    return NULL;
#endif
}

/* What stands beside the code (beside.c) is none of the person's. */
static bool is_theirs(const void *at)
{
    struct code_line l = lines_find(at);
    return l.line != 0 && strcmp(l.file, "beside.c") != 0;
}

static void describe_place(const void *context, char *note, size_t size)
{
    const void *at = program_counter(context);
    if (is_theirs(at))
        fault_at_access(at);
    snprintf(note, size, "%s%s", is_theirs(at) ? "" : "the last that was seen: ", fault_place());
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    if (!in_pipe()) {
        signal(number, SIG_DFL); /* it is ours */
        raise(number);
        return;
    }
    struct sched_fault f = {.misuse = MISUSE_CRASH};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        if (crashes[i].signal == number)
            f.what = crashes[i].what;
    }
    if (number == SIGSEGV && arena_place_of(info->si_addr) == ARENA_STACKS)
        f.what =
            "runs over the end of its stack (256 KiB): it calls itself for ever, or has too large "
            "an array";
    char note[240];
    describe_place(context, note, sizeof note);
    f.notes[0] = note;
    sched_stack_is_lost();
    fault_raise(f);
    _exit(CRASHED); /* on real threads */
}

static void on_clock(int number, siginfo_t *info, void *context)
{
    static unsigned long before;
    static int silent;
    (void)number, (void)info;
    silent = in_pipe() && pulse == before ? silent + 1 : 0;
    before = pulse;
    if (silent < FAULT_SECONDS)
        return;
    silent = 0;
    char note[240];
    describe_place(context, note, sizeof note);
    sched_stack_is_lost();
    fault_raise(
        (struct sched_fault){.misuse = MISUSE_LOOP,
                             .what = "computes for seconds and calls nobody: an endless loop?",
                             .notes = {note}});
    _exit(CRASHED);
}

static void set_handler(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO | SA_RESTART};
    action.sa_sigaction = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

enum { HANDLER_STACK = 256 * 1024 };

void fault_catch_signals(void)
{
    static void *memory;
    if (memory != NULL || (memory = malloc(HANDLER_STACK)) == NULL)
        return;
    stack_t stack = {.ss_sp = memory, .ss_size = HANDLER_STACK};
    struct itimerval second = {{1, 0}, {1, 0}};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        set_handler(crashes[i].signal, on_crash);
    set_handler(SIGVTALRM, on_clock);
    setitimer(ITIMER_VIRTUAL, &second, NULL);
}
