/* decoy.c - see decoy.h. */
#include "sim/lab/decoy.h"

#include "sim/quiz/draw.h"

#include <stdlib.h>

enum { EAGAIN_NUMBER = 11, EPIPE_NUMBER = 32 };

/* -- which results ----------------------------------------------------------------------------- */

/* May what follows this instruction be left out? */
static bool may_branch(const struct program *p, size_t i)
{
    const struct instruction in = p->code[i];
    switch (in.op) {
    case OP_JUMP: return (size_t)in.arg > i;
    case OP_REPEAT: return p->code[i - 1].op != OP_INT || p->integers[p->code[i - 1].arg] < 1;
    case OP_CALL:
        return p->sites[in.arg].end.kind == TIME_NEVER || p->sites[in.arg].expect == EXPECT_KILLED;
    case OP_JUMP_IF_FALSE:
    case OP_AND:
    case OP_OR:
    case OP_FUNCTION: return true;
    default: return false;
    }
}

static bool is_literal(const struct program *p, struct instruction in)
{
    return in.op == OP_INT || (in.op == OP_BYTES && p->strings[in.arg].size > 0);
}

static bool is_wanted_result(const struct program *p, size_t i)
{
    const struct instruction in = p->code[i];
    if (in.op != OP_EXPECT)
        return false;
    const struct site *s = &p->sites[in.arg];
    if (s->expect == EXPECT_VALUE)
        return is_literal(p, p->code[i - 1]) && p->code[i - 2].op == OP_CALL &&
               p->code[i - 2].arg == in.arg;
    return s->expect == EXPECT_EOF || (s->expect == EXPECT_ERROR && s->expected_number != 0);
}

/* A signal may keep a process from coming to where it surely comes. */
static bool has_signals(const struct program *p)
{
    static const char *const calls[] = {"kill", "raise", "alarm"};
    for (size_t i = 0; i < p->site_count; i++) {
        const struct span name = p->sites[i].name;
        for (size_t j = 0; j < sizeof calls / sizeof *calls; j++) {
            if (name.length == strlen(calls[j]) &&
                strncmp(p->source.text + name.at, calls[j], name.length) == 0)
                return true;
        }
    }
    return false;
}

enum { RESULTS_MOST = 64 };

/* The instructions that want them. */
struct results {
    size_t at[RESULTS_MOST], count;
};

static void find_in_block(const struct program *p, const struct block *b, struct results *found)
{
    for (size_t i = (size_t)b->code; p->code[i].op != OP_END && !may_branch(p, i); i++) {
        if (is_wanted_result(p, i) && found->count < RESULTS_MOST)
            found->at[found->count++] = i;
    }
}

/* -- changing one ------------------------------------------------------------------------------ */

static bool change_number(struct program *p, struct instruction *in, struct draw *d)
{
    int64_t *grown = realloc(p->integers, (p->integer_count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    p->integers = grown;
    p->integer_room = p->integer_count + 1;
    grown[p->integer_count] = grown[in->arg] + 1 + (int64_t)draw_below(d, 3);
    in->arg = (int32_t)p->integer_count++;
    return true;
}

static bool change_bytes(struct program *p, struct instruction *in, struct draw *d)
{
    struct byte_string *grown = realloc(p->strings, (p->string_count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    p->strings = grown;
    p->string_room = p->string_count + 1;
    struct byte_string *to = &grown[p->string_count], from = grown[in->arg];
    *to = (struct byte_string){malloc(from.size), from.size};
    if (to->bytes == NULL)
        return false;
    memcpy(to->bytes, from.bytes, from.size);
    to->bytes[draw_below(d, from.size)] ^= (char)(1 + draw_below(d, 3));
    in->arg = (int32_t)p->string_count++;
    return true;
}

static bool change(struct program *p, size_t at, struct draw *d)
{
    struct site *s = &p->sites[p->code[at].arg];
    struct instruction *value = &p->code[at - 1];
    if (s->expect == EXPECT_VALUE)
        return value->op == OP_INT ? change_number(p, value, d) : change_bytes(p, value, d);
    s->expected_number = s->expect == EXPECT_ERROR && s->expected_number == EAGAIN_NUMBER
                             ? EPIPE_NUMBER
                             : EAGAIN_NUMBER;
    s->expect = EXPECT_ERROR;
    return true;
}

static bool fails(const struct program *p, const struct run_options *options)
{
    struct diag_list diags = {0};
    struct run *run = run_begin(p, options, &diags);
    bool failed = run != NULL && run_judge(run, run_go(run, UINT64_MAX)) == VERDICT_FAILED;
    run_free(run);
    diag_list_free(&diags);
    return failed;
}

bool decoy_make(struct program *program, const struct run_options *options, uint64_t seed)
{
    struct results found = {.count = 0};
    struct draw d = draw_from(seed, 0);
    if (has_signals(program))
        return false;
    for (size_t i = 0; i < program->block_count; i++) {
        if (program->blocks[i].start == START_AT_ONCE)
            find_in_block(program, &program->blocks[i], &found);
    }
    while (found.count > 0) {
        size_t i = (size_t)draw_below(&d, found.count);
        if (!change(program, found.at[i], &d))
            return false;
        if (fails(program, options))
            return true;
        found.at[i] = found.at[--found.count]; /* nobody comes there: that one does no harm */
    }
    return false;
}
