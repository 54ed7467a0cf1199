/* story.c - see story.h. */
#include "sim/explore/story.h"

#include <stdlib.h>
#include <string.h>

struct story {
    const struct program *program;
};

struct story *story_new(const struct program *program)
{
    struct story *s = calloc(1, sizeof *s);
    if (s != NULL)
        s->program = program;
    return s;
}

void story_free(struct story *s)
{
    free(s);
}

static void tell(void *ctx, const struct event *e, const struct view *v)
{
    (void)ctx;
    (void)e;
    (void)v;
}

struct trace_sink story_sink(struct story *s)
{
    return (struct trace_sink){tell, s, SINK_ALL};
}

char *story_headline(const struct story *s, enum verdict verdict, bool claim_is_broken)
{
    (void)s;
    switch (verdict) {
    case VERDICT_STUCK: return strdup("deadlock");
    case VERDICT_LIMIT: return strdup("a limit is reached");
    case VERDICT_BAD_SCRIPT: return strdup("a mistake in the script");
    case VERDICT_FAILED:
    case VERDICT_AS_EXPECTED:
    case VERDICT_INTERRUPTED: break;
    }
    return strdup(claim_is_broken ? "a claim does not hold" : "a result does not come true");
}

char *story_text(struct story *s)
{
    (void)s;
    return strdup("");
}
