/* stepped.c - see stepped.h. */
#include "tests/sim/stepped.h"

#include "sim/run/vocabulary.h"

#include <check.h>
#include <string.h>

struct stepped step_into(const char *text)
{
    struct stepped s = {.source = {"test.pipe", text, strlen(text)}};
    struct diag_list diags = {0};
    struct run_options options = {.freedom.grain = GRAIN_CALLS};
    s.program = script_parse(&s.source, vocabulary(), &diags);
    ck_assert_msg(s.program != NULL, "this is no scenario:\n%s", text);
    s.walk = walk_new(s.program, &options, DEPTH_CALLS, &diags);
    ck_assert_ptr_nonnull(s.walk);
    s.stepper = stepper_new(s.walk);
    diag_list_free(&diags);
    return s;
}

void step_end(struct stepped *s)
{
    strbuf_free(&s->out);
    stepper_free(s->stepper);
    walk_free(s->walk);
    program_free(s->program);
}

const char *step_say(struct stepped *s, const char *command)
{
    strbuf_clear(&s->out);
    stepper_execute(s->stepper, command, &s->out);
    return strbuf_text(&s->out);
}
