/* causes.c - what a failed item comes from, most likely: item_cause of check.h. */
#include "sim/lab/check.h"

struct cause {
    const char *words, *sentence;
};

/* Of C code: what is wrong in itself, whatever is asked. */
static const struct cause faults[] = {
    {"with a lock that it still holds",
     "One way out of the function keeps the lock: is there a `return` between lock and unlock?"},
    {"lets go a lock that it does not hold",
     "A lock is let go twice, or by somebody who does not have it: follow each way through the "
     "function, and count."},
    {"waits with a lock that it does not hold",
     "pthread_cond_wait is called with the lock held: it lets it go by itself, and has it again when "
     "it returns."},
    {"takes a lock that it holds already",
     "The lock is taken twice on one way through the code: after pthread_cond_wait it is held again "
     "without your doing; and a function that takes it must not be called by one that has it."},
    {"waits for a lock that",
     "Two locks, or a lock and a sleep, are in each other's way: who sleeps keeps all locks but the one "
     "that pthread_cond_wait is given, and two locks must always be taken in the same order."},
    {"that was never initialized",
     "Each mutex, condition and semaphore of a struct needs its ..._init in pipe_new: memory from "
     "malloc is not zero."},
    {"that has been destroyed",
     "It is destroyed while somebody still needs it: when the last end is closed, a call may still be "
     "on its way out. pipe_free is called when nobody is left."},
    {"destroys what is held",
     "Something is destroyed that somebody still holds or sleeps on: only pipe_free, which comes last, "
     "destroys anything."},
    {"initializes what has been initialized",
     "The same mutex or condition is initialized twice: once is enough, in pipe_new. A copy of one "
     "that is initialized counts as well."},
    {"memory that has been freed",
     "The memory was given back before its last use: pipe_close_... must not free what a call that is "
     "still asleep will use. pipe_free is the place."},
    {"frees memory",
     "free gets a pointer that did not come from malloc, or was freed before: is every pointer freed "
     "once, and no pointer freed that was moved, or never set?"},
    {"past the end of",
     "An index, or a length, is one too large or more: compare the line that is named "
     "with the size of what it uses."},
    {"before the beginning of",
     "An index has become negative: look at what is subtracted on the line "
     "that is named, and whether the type can be below 0."},
    {"memory that is none of its own",
     "A pointer or an index has a value that it was never meant to have: was it ever set? Memory from "
     "malloc is not zero."},
    {"through a null pointer", "A pointer is NULL where it is used: a malloc that failed or was "
                               "forgotten, or a field that was never set."},
    {"end of its stack", "A function calls itself for ever, or has a very large array of its own."},
    {"crashes: the assertion",
     "What your own assert says does not hold there: the story says how it came "
     "to that."},
    {"crashes",
     "The line that is named crashes; the command below crashes in the same way, also under a "
     "debugger: gdb --args ..."},
    {"ends the program", "A pipe never ends the program: it returns an error."},
    {"goes round for ever",
     "The loop at the line that is named never ends: nothing in it changes what it "
     "waits for. While you hold the lock, nobody else can change it."},
    {"computes for seconds", "A loop never ends: nothing in it changes what it waits for."},
    {"was over long ago",
     "pthread_cond_timedwait takes a time of day: ask clock_gettime, and add to it."},
    {"a count, or an error as a negative",
     "The functions return how many bytes they moved, or an error as "
     "a negative number: -EAGAIN, -EPIPE."},
    {"E? ()",
     "It returns an error that no pipe gives: is the function still as it was given to you, with "
     "-ENOSYS?"},
    {"data race",
     "Two use the same field at the same time, and one of them changes it: the one of the two lines that "
     "holds no lock, or another one, must come after pthread_mutex_lock and before "
     "pthread_mutex_unlock."},
};

/* The same, where the lab has no better word for it. */
static const struct cause common_causes[] = {
    {"EPERM", "The functions give the error's number, negative, as -EAGAIN; -1 with errno is what "
              "the system call makes of it."},
    {"livelock", "Somebody looks again and again instead of sleeping (a busy wait): sleep by "
                 "pthread_cond_wait until another changes what is waited for."},
    {"the code crashed",
     "An index outside of the buffer, or a pointer that points nowhere; the command below crashes in "
     "the same way, also under a debugger: gdb --args ..."},
    {"a call did not return",
     "A loop whose condition nobody changes while it runs, or a sleep that is not "
     "pthread_cond_wait, perhaps with the lock held."},
};

/* Only if it says so itself: it may be a consequence elsewhere. */
static const struct cause headline_causes[] = {
    {"killed by SIGPIPE",
     "The pipe takes it that nobody reads, and somebody does: are the ends counted right? pipe_new "
     "begins with one of each kind, pipe_open_... is one more, pipe_close_... one fewer."},
};

static bool speaks_of(const struct item_result *r, const char *words)
{
    return strstr(strbuf_text(&r->trial.headline), words) != NULL ||
           strstr(strbuf_text(&r->trial.story), words) != NULL;
}

static bool headline_has(const struct item_result *r, const char *words)
{
    return strstr(strbuf_text(&r->trial.headline), words) != NULL;
}

/* The first of these that a test finds, or NULL. */
static const char *first_of(const struct cause *causes, size_t count, const struct item_result *r,
                            bool (*says)(const struct item_result *r, const char *words))
{
    for (size_t i = 0; i < count; i++) {
        if (says(r, causes[i].words))
            return causes[i].sentence;
    }
    return NULL;
}

#define FIRST_OF(causes, says) first_of(causes, sizeof causes / sizeof *causes, r, says)

static const char *of_the_item(const struct item_result *r)
{
    const struct lab_item *item = r->item;
    for (size_t i = 0; i < item->cause_count; i++) {
        if (speaks_of(r, item->causes[i].words))
            return item->causes[i].sentence;
    }
    return NULL;
}

const char *item_cause(const struct item_result *r)
{
    enum lab_kind kind = r->item->kind;
    if (r->state == NOT_LOOKED_AT)
        return "";
    const char *cause = kind == LAB_PIPE ? FIRST_OF(faults, headline_has) : NULL;
    if (cause == NULL)
        cause = of_the_item(r);
    if (cause == NULL && kind == LAB_PIPE)
        cause = FIRST_OF(common_causes, speaks_of);
    if (cause == NULL && kind == LAB_PIPE)
        cause = FIRST_OF(headline_causes, headline_has);
    if (cause == NULL)
        cause = r->item->hint;
    return cause != NULL ? cause : "";
}
