/* conditions.c - the commands that evaluate: print, until, watch. What they take is what a claim of
 * the language can say. */
#include "sim/run/vocabulary.h"
#include "sim/step/session.h"

#include <stdio.h>
#include <string.h>

/* Where the code of the condition begins, or -1 after a message; `usage` is that for no condition. */
static int parse(struct stepper *s, const char *text, const char *usage, struct strbuf *out)
{
    if (*text == '\0') {
        strbuf_addf(out, "%s\n", usage);
        return -1;
    }
    struct source source = {"condition", text, strlen(text)};
    struct diag_list diags = {0};
    int code = script_parse_condition(walk_program(s->walk), &source, vocabulary(), &diags);
    diag_render(&diags, &source, DIAG_PLAIN, out);
    diag_list_free(&diags);
    return code;
}

void print_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    int code = parse(s, rest, "print EXPR, such as `print p.stream`", out);
    if (code < 0)
        return;
    run_evaluate(walk_run(s->walk), code, out);
    strbuf_add_char(out, '\n');
}

static void remark(struct stepper *s, const char *condition, const char *came_to, const char *more,
                   struct strbuf *out)
{
    snprintf(s->remark, sizeof s->remark, "%s: %s%s", condition, came_to, more);
    strbuf_addf(out, "%s: %s%s\n", condition, came_to, more);
}

/* From event to event until the condition is true. */
void until_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    struct walk *w = s->walk;
    uint64_t from = walk_position(w);
    int code = parse(s, rest, "until COND, such as `until p.used == 4`", out);
    if (code < 0)
        return;
    bool holds = false;
    while (!holds && walk_position(w) < walk_length(w)) {
        walk_goto(w, walk_position(w) + 1);
        holds = run_evaluate(walk_run(w), code, NULL);
    }
    uint64_t to = walk_position(w);
    walk_goto(w, from);
    stepper_move_to(s, to, out);
    if (!holds && walk_position(w) == to)
        remark(s, rest, "not once from there to the end", "", out);
}

/* From event to event until the value is another one, and says both. */
void watch_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    struct walk *w = s->walk;
    uint64_t from = walk_position(w);
    struct strbuf before = {0}, now = {0};
    int code = parse(s, rest, "watch EXPR, such as `watch p.used`", out);
    if (code < 0)
        return;
    run_evaluate(walk_run(w), code, &before);
    do {
        walk_goto(w, walk_position(w) + 1);
        strbuf_clear(&now);
        run_evaluate(walk_run(w), code, &now);
    } while (walk_position(w) < walk_length(w) &&
             strcmp(strbuf_text(&before), strbuf_text(&now)) == 0);
    uint64_t to = walk_position(w);
    walk_goto(w, from);
    stepper_move_to(s, to, out);
    bool same = strcmp(strbuf_text(&before), strbuf_text(&now)) == 0;
    if (walk_position(w) == to && same) /* and nothing was asked before */
        remark(s, rest, strbuf_text(&now), ", up to the end", out);
    else if (walk_position(w) == to) {
        strbuf_addf(&now, ", before %s", strbuf_text(&before));
        remark(s, rest, strbuf_text(&now), "", out);
    }
    strbuf_free(&before);
    strbuf_free(&now);
}
