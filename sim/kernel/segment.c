/* segment.c - what travels on a link: when it leaves, when it arrives, and whether. */
#include "sim/kernel/line.h"
#include "sim/sched/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {"SYN", "SYN-ACK", "ACK", "DATA", "FIN", "RST"};

static void describe(const struct segment *s, char *text, size_t size)
{
    const struct line *l = s->line;
    int n;
    if (s->kind == DATA && s->size > 1)
        n = snprintf(text, size, "DATA %" PRId64 "-%" PRId64, s->first + 1, s->first + s->size);
    else if (s->kind == DATA)
        n = snprintf(text, size, "DATA %" PRId64, s->first + 1);
    else if (s->kind == ACK && s->ack > 0)
        n = snprintf(text, size, "ACK %" PRId64, s->ack);
    else
        n = snprintf(text, size, "%s", kind_names[s->kind]);
    snprintf(text + n, size - (size_t)n, " %.24s > %.24s", l->hosts[s->way], l->hosts[!s->way]);
}

void segment_tell(struct network *n, const struct segment *s, enum event_kind kind, int64_t value)
{
    const struct flow *f = &s->line->flows[s->way];
    const struct kpipe *queue = kind == EV_ARRIVED ? f->to : f->from;
    bool moves = s->kind == DATA || s->kind == FIN;
    char text[120];
    describe(s, text, sizeof text);
    kernel_emit_now(n->kernel,
                    (struct event){.kind = kind,
                                   .actor = n->thread->actor,
                                   .other = NOBODY,
                                   .pipe = moves && queue != NULL ? queue->number : NO_PIPE,
                                   .value = value,
                                   .value2 = s->kind == DATA ? s->size
                                             : s->edge > 0   ? s->edge - s->ack
                                                             : -1,
                                   .text = text,
                                   .size = strlen(text)});
}

struct segment *segment_new(struct line *l, enum way way, enum segment_kind kind, size_t size)
{
    struct segment *s = arena_alloc(sizeof *s + size);
    if (s == NULL)
        return NULL;
    s->line = l;
    s->way = way;
    s->kind = kind;
    s->size = (int64_t)size;
    return s;
}

/* What is sent again arrives, or a loss that comes as regularly as what is sent again could hit the same
 * segment each time. But where all are lost, all are. */
static bool is_lost(struct network *n, const struct segment *s)
{
    int64_t loss = link_of(n)->loss;
    if (loss == 0 || s->kind == ACK || s->kind == RST)
        return false;
    return loss == 1 || (!s->again && ++n->counted % loss == 0);
}

static tick_t time_on_wire(const struct network *n, const struct segment *s)
{
    int64_t bandwidth = link_of(n)->bandwidth;
    return s->kind != DATA || bandwidth == 0 ? 0 : (s->size + bandwidth - 1) / bandwidth;
}

/* An acknowledgement goes at once, beside the data; all else comes in the order in which it is sent. */
static void schedule(struct network *n, struct segment *s)
{
    struct flow *f = &s->line->flows[s->way];
    tick_t now = sched_now(), start = s->kind != ACK && f->free_at > now ? f->free_at : now;
    tick_t end = tick_after(start, time_on_wire(n, s));
    if (s->kind != ACK)
        f->free_at = end;
    s->sent = now;
    s->arrives = tick_after(end, link_of(n)->latency);
}

static void put_in_flight(struct network *n, struct segment *s)
{
    struct segment **at = &n->in_flight;
    while (*at != NULL && (*at)->arrives <= s->arrives)
        at = &(*at)->next;
    s->next = *at;
    *at = s;
}

/* Takes over the segment; NULL is a memory that is short, and then it is as if it were lost. */
void segment_send(struct network *n, struct segment *s)
{
    if (s == NULL)
        return;
    schedule(n, s);
    s->lost = is_lost(n, s);
    put_in_flight(n, s);
    segment_tell(n, s, EV_SENT, s->arrives);
    network_poke_now(n->kernel);
}

void segment_send_sign(struct line *l, enum way way, enum segment_kind kind)
{
    segment_send(network_of(l), segment_new(l, way, kind, 0));
}

void segment_send_sign_again(struct line *l, enum way way, enum segment_kind kind)
{
    struct segment *s = segment_new(l, way, kind, 0);
    if (s != NULL)
        s->again = true;
    segment_send(network_of(l), s);
}

/* Two round trips, twice as long after each try. */
tick_t segment_patience(const struct network *n, int tries)
{
    tick_t once = link_of(n)->latency > 0 ? 4 * link_of(n)->latency : 4;
    return once << (tries < TRIES_MOST ? tries : TRIES_MOST);
}

void segment_digest(struct digest *d, const struct segment *s, int line)
{
    digest_add(d, (uint64_t)line << 32 | (uint64_t)s->kind << 8 | (uint64_t)s->way << 1 | s->lost);
    digest_add(d, (uint64_t)s->first);
    digest_add(d, (uint64_t)s->size);
    digest_add(d, (uint64_t)s->ack);
    digest_add(d, (uint64_t)s->edge);
    digest_add(d, (uint64_t)s->arrives);
    if (s->kind == DATA)
        digest_add_bytes(d, s->bytes, (size_t)s->size);
}
