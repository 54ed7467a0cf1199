/* conditions.c - the commands that evaluate: print, until, watch. What they take is what a claim of
 * the language can say. */
#include "sim/run/vocabulary.h"
#include "sim/step/session.h"

#include <string.h>

/* Where the code of the condition begins, or -1 after a message. */
static int parse(struct stepper *s, const char *text, struct strbuf *out)
{
    struct source source = {"condition", text, strlen(text)};
    struct diag_list diags = {0};
    int code = script_parse_condition(walk_program(s->walk), &source, vocabulary(), &diags);
    diag_render(&diags, &source, DIAG_PLAIN, out);
    diag_list_free(&diags);
    return code;
}

void print_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    int code = parse(s, rest, out);
    if (code < 0)
        return;
    run_evaluate(walk_run(s->walk), code, out);
    strbuf_add_char(out, '\n');
}

/* From event to event until the condition is true. */
void until_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    struct walk *w = s->walk;
    uint64_t from = walk_position(w);
    int code = parse(s, rest, out);
    if (code < 0)
        return;
    while (walk_position(w) < walk_length(w)) {
        walk_goto(w, walk_position(w) + 1);
        if (run_evaluate(walk_run(w), code, NULL))
            break;
    }
    uint64_t to = walk_position(w);
    walk_goto(w, from);
    stepper_move_to(s, to, out);
}

/* From event to event until the value is another one, and says both. */
void watch_command(struct stepper *s, const char *rest, struct strbuf *out)
{
    struct walk *w = s->walk;
    uint64_t from = walk_position(w);
    struct strbuf before = {0}, now = {0};
    int code = parse(s, rest, out);
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
    if (walk_position(w) == to) /* and nothing was asked before */
        strbuf_addf(out, "%s: %s, before %s\n", rest, strbuf_text(&now), strbuf_text(&before));
    strbuf_free(&before);
    strbuf_free(&now);
}
