/* event.c - see event.h. */
#include "sim/trace/event.h"

#include <string.h>

const char *event_name(enum event_kind kind)
{
    static const char *const names[] = {
#define X(k, name) name,
        EVENT_KINDS(X)
#undef X
    };
    return names[kind];
}

const char *sleep_on_name(enum sleep_on on)
{
    static const char *const names[] = {
#define X(o, name) name,
        SLEEPS_ON(X)
#undef X
    };
    return names[on];
}

static int is_one_of(const char *text, const char *const *names)
{
    size_t n = strcspn(text, "(");
    for (; *names != NULL; names++) {
        if (strlen(*names) == n && memcmp(*names, text, n) == 0)
            return 1;
    }
    return 0;
}

enum call_way call_way_of(const char *text)
{
    static const char *const reads[] = {"read", "recv", "readv", NULL};
    static const char *const writes[] = {"write", "send", "writev", NULL};
    return is_one_of(text, reads)    ? CALL_READS
           : is_one_of(text, writes) ? CALL_WRITES
                                     : CALL_MOVES_NOTHING;
}
