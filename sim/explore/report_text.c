/* report_text.c - see report_text.h. */
#include "sim/explore/report_text.h"

#include "sim/explore/contrast.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OUTCOMES_SHOWN = 20, FAILURES_SHOWN = 10, CLAIM_WIDTH = 60 };

struct page {
    const struct report *r;
    struct report_style style;
    struct strbuf *out; /* borrowed */
};

#define GREEN  "\033[1;32m"
#define RED    "\033[1;31m"
#define BOLD   "\033[1m"
#define NORMAL "\033[0m"

static void color(const struct page *p, const char *code)
{
    if (p->style.color == REPORT_COLORED)
        strbuf_add(p->out, code);
}

/* -- numbers ----------------------------------------------------------------------------------- */

static void add_number(struct strbuf *out, uint64_t n)
{
    char text[64];
    paths_format((struct tally_of_paths){.low = n}, text, sizeof text);
    strbuf_add(out, text);
}

static void add_count(struct strbuf *out, uint64_t n, const char *one, const char *many)
{
    add_number(out, n);
    strbuf_addf(out, " %s", n == 1 ? one : many);
}

static bool is_one(struct tally_of_paths n)
{
    return n.low == 1 && n.high == 0 && !n.infinite && !n.too_many;
}

static bool same_number(struct tally_of_paths a, struct tally_of_paths b)
{
    return a.low == b.low && a.high == b.high && !a.infinite && !b.infinite && !a.too_many &&
           !b.too_many;
}

/* "every schedule", "3 of 27 schedules", "infinitely many schedules" */
static void add_schedules(const struct page *p, struct tally_of_paths n)
{
    char text[64];
    const struct report *r = p->r;
    const char *what = r->samples > 0 ? "samples" : "schedules";
    paths_format(n, text, sizeof text);
    if (same_number(n, r->executions) && report_complete(r)) {
        strbuf_add(p->out, is_one(n) ? "the only schedule" : "every schedule");
        return;
    }
    strbuf_add(p->out, text);
    if (!n.infinite && !n.too_many) {
        paths_format(r->executions, text, sizeof text);
        strbuf_addf(p->out, " of %s", text);
    }
    strbuf_addf(p->out, " %s",
                is_one(r->executions) ? r->samples > 0 ? "sample" : "schedule" : what);
}

static void add_cost(struct strbuf *out, struct cost c)
{
    add_count(out, c.preemptions, "preemption", "preemptions");
    strbuf_add(out, ", ");
    add_count(out, c.switches, "switch", "switches");
    strbuf_add(out, ", ");
    add_count(out, c.steps, "step", "steps");
}

/* -- how to have it again ---------------------------------------------------------------------- */

static void add_again(const struct page *p, const struct again *again, const char *indentation)
{
    strbuf_addf(p->out, "%sagain: pipesim run --schedule '%s'%s\n", indentation, again->schedule,
                p->r->tail);
}

/* -- the head ---------------------------------------------------------------------------------- */

static const char *bound_name(enum search_end end)
{
    switch (end) {
    case SEARCH_EXECUTIONS: return "--executions";
    case SEARCH_BYTES: return "--memory";
    case SEARCH_SECONDS: return "--time";
    case SEARCH_COMPLETE:
    case SEARCH_STOPPED: break;
    }
    return "Ctrl-C";
}

static void add_percentage(struct strbuf *out, double share)
{
    if (share >= 0.995)
        strbuf_add(out, "more than 99 %");
    else if (share >= 0.01)
        strbuf_addf(out, "about %.0f %%", share * 100);
    else if (share >= 0.0001)
        strbuf_addf(out, "about %.2g %%", share * 100);
    else
        strbuf_add(out, "less than 0.01 %");
}

static bool is_none(struct tally_of_paths n)
{
    return n.low == 0 && n.high == 0 && !n.infinite && !n.too_many;
}

/* "all 27 schedules that can differ" */
static void add_what_was_explored(const struct page *p)
{
    const struct report *r = p->r;
    char text[64];
    bool one = is_one(r->executions);
    paths_format(r->executions, text, sizeof text);
    if (is_none(r->executions) && r->cycle_count > 0) {
        strbuf_add(p->out, "no schedule comes to an end");
        return;
    }
    if (report_complete(r) && !one && !r->executions.infinite)
        strbuf_add(p->out, "all ");
    strbuf_addf(p->out, "%s %s", text, one ? "schedule" : "schedules");
    if (r->samples > 0)
        strbuf_add(p->out, " at random");
    else if (r->reduction == REDUCTION_STATES && !one)
        strbuf_add(p->out, " that can differ");
    else if (r->reduction == REDUCTION_ORDERS)
        strbuf_add(p->out, ", one for each order of the steps that depend on each other");
}

static void add_explored(const struct page *p)
{
    const struct report *r = p->r;
    strbuf_add(p->out, "explored: ");
    add_what_was_explored(p);
    if (r->states > 0) {
        strbuf_add(p->out, ", by way of ");
        add_count(p->out, r->states, "state", "states");
    }
    if (p->style.time == REPORT_TIMED)
        strbuf_addf(p->out, ", in %.2f s", r->seconds);
    if (report_complete(r))
        strbuf_add(p->out, r->cycle_count == 0
                               ? ": nothing is left out"
                               : ": nothing is left out but further rounds of what never ends");
    strbuf_add(p->out, "\n");
}

static void add_probability(struct strbuf *out, double p)
{
    if (p >= 0.9995)
        strbuf_add(out, "more than 0.999");
    else if (p >= 0.001)
        strbuf_addf(out, "%.3f", p);
    else
        strbuf_add(out, "less than 0.001");
}

/* How far random schedules can be trusted (samples.h). */
static void add_what_samples_find(const struct page *p)
{
    const struct sample *s = &p->r->sample;
    strbuf_add(p->out,
               "left out: all that chance did not show. A failure that needs 2 steps in one "
               "order would have been\n          found with a probability of at least ");
    add_probability(p->out, s->probability[0]);
    for (int d = SAMPLE_LEAST_DEPTH + 1; d <= SAMPLE_MOST_DEPTH; d++) {
        strbuf_addf(p->out, ", %d steps: ", d);
        add_probability(p->out, s->probability[d - SAMPLE_LEAST_DEPTH]);
    }
    strbuf_add(p->out, "\n");
}

/* What was not looked at. */
static void add_left_out(const struct page *p)
{
    const struct report *r = p->r;
    if (r->parts > 0 && r->joined == 0)
        strbuf_addf(p->out, "this is part %u of %u: --merge joins them\n", r->part, r->parts);
    else if (r->parts > 0 && r->joined < r->parts)
        strbuf_addf(p->out, "left out: %u of %u parts are not here\n", r->parts - r->joined,
                    r->parts);
    bool all_samples = r->samples > 0 && r->end == SEARCH_EXECUTIONS;
    if (r->end != SEARCH_COMPLETE && !all_samples) {
        strbuf_addf(p->out, "left out: %s ended the search; ", bound_name(r->end));
        add_percentage(p->out, r->covered);
        strbuf_add(p->out, " of it was done (an estimate)\n");
    }
    if (r->samples > 0)
        add_what_samples_find(p);
    if (r->bounded)
        strbuf_addf(p->out, "left out: schedules with more than %" PRId64 " preemption%s\n",
                    r->preemptions, r->preemptions == 1 ? "" : "s");
}

static void add_head(const struct page *p)
{
    const struct report *r = p->r;
    if (r->title[0] != '\0')
        strbuf_addf(p->out, "scenario \"%s\"\n", r->title);
    add_explored(p);
    add_left_out(p);
    if (r->how[0] != '\0')
        strbuf_addf(p->out, "options:%s\n", r->how);
}

/* -- outcomes ---------------------------------------------------------------------------------- */

/* By its number, from 0. */
static size_t failure_of(const struct report *r, const struct report_outcome *o)
{
    size_t i = 0;
    while (i < r->failure_count && strcmp(r->failures[i].id, o->failure) != 0)
        i++;
    return i;
}

static bool said_before(const struct facts *f, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (f->items[k].kind == FACT_WRONG && f->items[k].line == f->items[i].line)
            return true;
    }
    return false;
}

/* Which lines and claims did not come true. */
static void add_what_fails(const struct page *p, const struct report_outcome *o)
{
    const char *separator = "       not as written: ";
    for (size_t i = 0; i < o->facts.count; i++) {
        if (o->facts.items[i].kind != FACT_WRONG || o->facts.items[i].line == 0 ||
            said_before(&o->facts, i))
            continue;
        strbuf_addf(p->out, "%sline %d", separator, o->facts.items[i].line);
        separator = ", ";
    }
    if (strcmp(separator, ", ") == 0)
        strbuf_add(p->out, "\n");
    for (size_t i = 0; i < p->r->claim_count && i < 64; i++) {
        if ((o->broken >> i & 1) != 0)
            strbuf_addf(p->out, "       does not hold: %s\n", p->r->claims[i].text);
    }
}

/* "deadlock: reader sleeps" -> "deadlock" */
static void add_sort(struct strbuf *out, const char *headline)
{
    strbuf_add_bytes(out, headline, strcspn(headline, ":"));
}

static void add_outcome(const struct page *p, const struct contrast *d, size_t i)
{
    const struct report_outcome *o = &p->r->outcomes[i];
    size_t failure = o->failure != NULL ? failure_of(p->r, o) : p->r->failure_count;
    bool bad = failure < p->r->failure_count;
    strbuf_addf(p->out, "%4zu  ", i + 1);
    color(p, bad ? RED : GREEN);
    if (bad)
        add_sort(p->out, p->r->failures[failure].headline);
    else
        strbuf_add(p->out, "as expected");
    color(p, NORMAL);
    if (bad)
        strbuf_addf(p->out, " (failure %zu)", failure + 1);
    strbuf_add(p->out, ", in ");
    add_schedules(p, o->executions);
    strbuf_add(p->out, "\n");
    contrast_show(d, i, p->out);
    if (bad)
        add_what_fails(p, o);
    add_again(p, &o->again, "       ");
}

static void add_outcomes(const struct page *p)
{
    const struct report *r = p->r;
    bool all = p->style.length == REPORT_WHOLE || r->outcome_count <= OUTCOMES_SHOWN + 1;
    size_t shown = all ? r->outcome_count : OUTCOMES_SHOWN;
    struct contrast *d =
        contrast_new(r, p->style.length == REPORT_WHOLE ? CONTRAST_WHOLE : CONTRAST_SHORT);
    strbuf_add(p->out, "\n");
    color(p, BOLD);
    if (r->outcome_count == 1 && report_complete(r))
        strbuf_add(p->out, "1 outcome, whatever the schedule");
    else
        add_count(p->out, r->outcome_count, "outcome", "outcomes, by what differs");
    color(p, NORMAL);
    if (r->repeats && r->outcome_count > 1)
        strbuf_add(p->out, " (a call that does nothing again in the same place is told once)");
    strbuf_add(p->out, "\n");
    for (size_t i = 0; d != NULL && i < shown; i++)
        add_outcome(p, d, i);
    if (shown < r->outcome_count) {
        strbuf_add(p->out, "      and ");
        add_number(p->out, r->outcome_count - shown);
        strbuf_add(p->out, " more: --all shows them\n");
    }
    contrast_free(d);
}

/* -- claims ------------------------------------------------------------------------------------ */

/* In how many outcomes it was judged, and held. */
struct held {
    size_t judged, held;
};

static struct held how_often(const struct report *r, size_t claim)
{
    struct held h = {0, 0};
    bool at_the_end = r->claims[claim].kind == CLAIM_END || r->claims[claim].kind == CLAIM_AT;
    for (size_t i = 0; i < r->outcome_count; i++) {
        const struct report_outcome *o = &r->outcomes[i];
        bool broken = claim < 64 && (o->broken >> claim & 1) != 0;
        if (at_the_end && o->verdict != VERDICT_AS_EXPECTED && o->verdict != VERDICT_FAILED)
            continue;
        h.judged++;
        h.held += !broken;
    }
    return h;
}

static void add_sometimes(const struct page *p, const struct report_claim *c)
{
    if (c->met)
        strbuf_add(p->out, "holds sometimes");
    else if (report_complete(p->r))
        strbuf_add(p->out, "HOLDS NEVER");
    else
        strbuf_add(p->out, "has not held so far");
}

static void add_how_it_holds(const struct page *p, const struct held *h)
{
    const char *so_far = report_complete(p->r) ? "" : " so far";
    if (h->judged == 0)
        strbuf_add(p->out, "not judged: no schedule comes that far");
    else if (h->held == 0)
        strbuf_addf(p->out, "HOLDS NEVER%s", so_far);
    else if (h->held < h->judged)
        strbuf_addf(p->out, "HOLDS SOMETIMES: in %zu of %zu outcomes", h->held, h->judged);
    else if (h->judged < p->r->outcome_count)
        strbuf_addf(p->out, "holds always%s, where it comes that far: in %zu of %zu outcomes",
                    so_far, h->held, p->r->outcome_count);
    else
        strbuf_addf(p->out, "holds always%s", so_far);
}

static void add_claim(const struct page *p, size_t i, size_t width)
{
    const struct report_claim *c = &p->r->claims[i];
    size_t start = p->out->length + 2;
    struct held h = how_often(p->r, i);
    strbuf_addf(p->out, "  %s", c->text);
    strbuf_pad(p->out, start, width);
    strbuf_add(p->out, "  ");
    if (i >= 64)
        strbuf_add(p->out, "is judged, but not followed: it is not among the first 64");
    else if (c->kind == CLAIM_SOMETIMES)
        add_sometimes(p, c);
    else
        add_how_it_holds(p, &h);
    strbuf_add(p->out, "\n");
}

static size_t claim_width(const struct report *r)
{
    size_t width = 0;
    for (size_t i = 0; i < r->claim_count; i++) {
        size_t n = strlen(r->claims[i].text);
        width = n > width && n <= CLAIM_WIDTH ? n : width;
    }
    return width;
}

static void add_claims(const struct page *p)
{
    if (p->r->claim_count == 0)
        return;
    strbuf_add(p->out, "\n");
    color(p, BOLD);
    strbuf_add(p->out, "claims");
    color(p, NORMAL);
    strbuf_add(p->out, "\n");
    for (size_t i = 0; i < p->r->claim_count; i++)
        add_claim(p, i, claim_width(p->r));
}

/* -- failures ---------------------------------------------------------------------------------- */

static void add_indented(struct strbuf *out, const char *text, const char *indentation)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        strbuf_add(out, indentation);
        strbuf_add_bytes(out, text, n);
        strbuf_add(out, "\n");
        text += n + (text[n] == '\n');
    }
}

static void add_failure(const struct page *p, size_t i)
{
    const struct report_failure *f = &p->r->failures[i];
    strbuf_add(p->out, "\n");
    color(p, RED);
    const char *failed = "failed: "; /* the number has said so */
    bool plain = strncmp(f->headline, failed, strlen(failed)) == 0;
    strbuf_addf(p->out, "failure %zu: %s", i + 1, f->headline + (plain ? strlen(failed) : 0));
    color(p, NORMAL);
    strbuf_add(p->out, "\nin ");
    add_schedules(p, f->executions);
    strbuf_add(p->out, "; the shortest has ");
    add_cost(p->out, f->again.cost);
    strbuf_add(p->out, ":\n");
    add_indented(p->out, f->story, "  ");
    add_indented(p->out, f->messages, "  ");
    add_again(p, &f->again, "  ");
}

static void add_failures(const struct page *p)
{
    bool all = p->style.length == REPORT_WHOLE || p->r->failure_count <= FAILURES_SHOWN + 1;
    size_t shown = all ? p->r->failure_count : FAILURES_SHOWN;
    for (size_t i = 0; i < shown; i++)
        add_failure(p, i);
    if (shown < p->r->failure_count)
        strbuf_addf(p->out, "\nand %zu more failures: --all shows them\n",
                    p->r->failure_count - shown);
}

static void add_cycles(const struct page *p)
{
    for (size_t i = 0; i < p->r->cycle_count; i++) {
        const struct report_cycle *c = &p->r->cycles[i];
        strbuf_add(p->out, "\n");
        color(p, c->progress ? BOLD : RED);
        strbuf_add(p->out, c->progress ? "work without end: " : "livelock: ");
        color(p, NORMAL);
        strbuf_addf(p->out, "%s can go on for ever%s\n", c->who,
                    c->progress ? "" : ", and nothing changes");
        strbuf_add(p->out, "  a way there has ");
        add_cost(p->out, c->again.cost);
        strbuf_add(p->out, "\n");
        add_again(p, &c->again, "  ");
    }
}

/* -- the verdict ------------------------------------------------------------------------------- */

static void add_good_verdict(const struct page *p)
{
    const struct report *r = p->r;
    if (r->parts > 0 && r->joined == 0) {
        strbuf_addf(p->out, "as expected in all schedules of part %u of %u", r->part, r->parts);
        return;
    }
    if (r->outcome_count == 0 && r->cycle_count > 0) {
        strbuf_add(p->out, "as expected so far as it goes: it never ends");
        return;
    }
    strbuf_add(p->out, is_one(r->executions) ? "as expected in the only schedule"
                                             : "as expected in every schedule");
    if (r->outcome_count > 0) {
        strbuf_add(p->out, ": ");
        add_count(p->out, r->outcome_count, "outcome", "outcomes");
    }
    size_t endless = 0;
    for (size_t i = 0; i < r->cycle_count; i++)
        endless += r->cycles[i].progress;
    if (endless > 0)
        strbuf_add(p->out, "; it can also go on for ever");
}

static const char *verdict_word(const struct report *r, enum verdict v)
{
    bool livelock = r->cycle_count > 0 && !r->cycles[0].progress;
    for (size_t i = 0; i < r->failure_count; i++)
        livelock = livelock || strncmp(r->failures[i].headline, "livelock", 8) == 0;
    switch (v) {
    case VERDICT_AS_EXPECTED: return "as expected";
    case VERDICT_FAILED: return "FAILED";
    case VERDICT_BAD_SCRIPT: return "MISTAKE IN THE SCRIPT";
    case VERDICT_STUCK: return livelock ? "LIVELOCK" : "DEADLOCK";
    case VERDICT_CRASHED: return "CRASHED";
    case VERDICT_LIMIT: return "LIMIT REACHED";
    case VERDICT_INTERRUPTED: return "INTERRUPTED";
    }
    return "?";
}

/* "3 failures, in 5 of 8 outcomes, in 100 of 2,952 schedules" */
static void add_failure_count(const struct page *p)
{
    const struct report *r = p->r;
    size_t bad = 0;
    struct tally_of_paths executions = {0};
    for (size_t i = 0; i < r->outcome_count; i++) {
        if (r->outcomes[i].failure == NULL)
            continue;
        bad++;
        executions = paths_sum(executions, r->outcomes[i].executions);
    }
    add_count(p->out, r->failure_count, "failure", "failures");
    strbuf_add(p->out, ", in ");
    add_schedules(p, executions);
    if (r->outcome_count == 1)
        return;
    strbuf_add(p->out, " and ");
    add_number(p->out, bad);
    strbuf_add(p->out, " of ");
    add_count(p->out, r->outcome_count, "outcome", "outcomes");
}

static void add_bad_verdict(const struct page *p, enum verdict verdict)
{
    const struct report *r = p->r;
    const char *separator = ": ";
    strbuf_add(p->out, verdict_word(r, verdict));
    if (r->failure_count > 0) {
        strbuf_add(p->out, separator);
        add_failure_count(p);
        separator = "; ";
    }
    for (size_t i = 0; i < r->claim_count && report_complete(r); i++) {
        if (r->claims[i].kind != CLAIM_SOMETIMES || r->claims[i].met)
            continue;
        strbuf_addf(p->out, "%s\"%s\" holds in no schedule", separator, r->claims[i].text);
        separator = "; ";
    }
}

static void add_unfinished_verdict(const struct page *p, enum verdict verdict)
{
    const struct report *r = p->r;
    strbuf_add(p->out, verdict == VERDICT_INTERRUPTED ? "INTERRUPTED" : "NOT COMPLETE");
    if (r->failure_count == 0)
        strbuf_add(p->out, ": nothing has failed so far");
    else {
        strbuf_add(p->out, ": ");
        add_count(p->out, r->failure_count, "failure", "failures");
        strbuf_add(p->out, " so far");
    }
}

static void add_verdict(const struct page *p)
{
    const struct report *r = p->r;
    enum verdict verdict = report_verdict(r);
    bool unfinished =
        verdict == VERDICT_INTERRUPTED || (verdict == VERDICT_LIMIT && r->failure_count == 0);
    color(p, verdict == VERDICT_AS_EXPECTED ? GREEN : RED);
    if (verdict == VERDICT_AS_EXPECTED)
        add_good_verdict(p);
    else if (unfinished)
        add_unfinished_verdict(p, verdict);
    else
        add_bad_verdict(p, verdict);
    color(p, NORMAL);
    strbuf_add(p->out, "\n");
}

void report_render(const struct report *r, struct report_style style, struct strbuf *out)
{
    struct page p = {r, style, out};
    if (style.length == REPORT_LINE) {
        strbuf_addf(out, "%s: ", r->file);
        add_verdict(&p);
        return;
    }
    add_head(&p);
    if (r->outcome_count > 0)
        add_outcomes(&p);
    add_claims(&p);
    add_failures(&p);
    add_cycles(&p);
    strbuf_add(out, "\n");
    add_verdict(&p);
}
