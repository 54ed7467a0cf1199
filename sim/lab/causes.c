/* causes.c - what a failed item comes from, most likely: item_cause of check.h. */
#include "sim/lab/check.h"

/* What is wrong in the same way whatever is asked. */
static const struct {
    const char *words, *sentence;
} common_causes[] = {
    {"E? ()",
     "It returns an error that no pipe gives: is the function still as it was given to you, with "
     "-ENOSYS?"},
    {"with a lock that it still holds",
     "One way out of the function keeps the lock: is there a `return` between lock and unlock?"},
    {"lets go a lock that it does not hold",
     "A lock is let go twice, or by somebody who does not have it: follow each way through the "
     "function, and count."},
    {"waits with a lock that it does not hold",
     "pthread_cond_wait is called with the lock held: it lets it go by itself, and has it again when "
     "it returns."},
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
    {"data race",
     "Two use the same field at the same time, and one of them changes it: the line that is named must "
     "come after pthread_mutex_lock and before pthread_mutex_unlock."},
    {"killed by SIGPIPE",
     "The pipe takes it that nobody reads, and somebody does: are the ends counted right? pipe_new "
     "begins with one of each kind, pipe_open_... is one more, pipe_close_... one fewer."},
};

static bool speaks_of(const struct item_result *r, const char *words)
{
    return strstr(strbuf_text(&r->trial.headline), words) != NULL ||
           strstr(strbuf_text(&r->trial.story), words) != NULL;
}

const char *item_cause(const struct item_result *r)
{
    const struct lab_item *item = r->item;
    for (size_t i = 0; i < item->cause_count; i++) {
        if (speaks_of(r, item->causes[i].words))
            return item->causes[i].sentence;
    }
    for (size_t i = 0; i < sizeof common_causes / sizeof *common_causes; i++) {
        if (speaks_of(r, common_causes[i].words))
            return common_causes[i].sentence;
    }
    return item->hint != NULL ? item->hint : "";
}
