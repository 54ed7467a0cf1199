/* code.c - building a program, and freeing it. */
#include "sim/script/parser.h"

#include <stdlib.h>
#include <string.h>

void *grow_array(struct parser *p, void *array, size_t count, size_t *room, size_t size)
{
    if (count == *room) {
        size_t more = *room == 0 ? 16 : *room * 2;
        void *grown = realloc(array, more * size);
        if (grown == NULL)
            longjmp(p->out_of_memory, 1);
        array = grown;
        *room = more;
    }
    memset((char *)array + count * size, 0, size);
    return array;
}

int code_here(const struct parser *p)
{
    return (int)p->program->code_count;
}

int emit_code(struct parser *p, enum op op, int arg, struct span place)
{
    struct program *program = p->program;
    size_t room = program->code_room;
    program->code_places =
        grow_array(p, program->code_places, program->code_count, &room, sizeof(size_t));
    program->code_places[program->code_count] = place.at;
    *ADD(p, program->code, program->code_count, program->code_room) = (struct instruction){op, arg};
    return code_here(p) - 1;
}

void patch_jump(struct parser *p, int jump)
{
    p->program->code[jump].arg = code_here(p);
}

void emit_integer(struct parser *p, int64_t n, struct span place)
{
    struct program *program = p->program;
    *ADD(p, program->integers, program->integer_count, program->integer_room) = n;
    emit_code(p, OP_INT, (int)program->integer_count - 1, place);
}

int add_string(struct parser *p, const char *bytes, size_t n)
{
    struct program *program = p->program;
    char *copy = malloc(n + 1);
    if (copy == NULL)
        longjmp(p->out_of_memory, 1);
    memcpy(copy, bytes, n);
    copy[n] = '\0';
    *ADD(p, program->strings, program->string_count, program->string_room) =
        (struct byte_string){copy, n};
    return (int)program->string_count - 1;
}

static void protocol_free(struct protocol *protocol)
{
    for (size_t i = 0; i < protocol->state_count; i++)
        free(protocol->states[i].name);
    for (size_t i = 0; i < protocol->transition_count; i++)
        free(protocol->transitions[i].bytes.bytes);
    free(protocol->name);
    free(protocol->states);
    free(protocol->transitions);
}

void program_free(struct program *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->string_count; i++)
        free(p->strings[i].bytes);
    for (size_t i = 0; i < p->block_count; i++) {
        free(p->blocks[i].name);
        free(p->blocks[i].host);
        free(p->blocks[i].redirections);
        for (size_t j = 0; j < p->blocks[i].role_count; j++)
            free(p->blocks[i].roles[j].pipes);
        free(p->blocks[i].roles);
    }
    for (size_t i = 0; i < p->protocol_count; i++)
        protocol_free(&p->protocols[i]);
    for (size_t i = 0; i < p->function_count; i++)
        free(p->functions[i].name);
    for (size_t i = 0; i < p->pipe_count; i++)
        free(p->pipes[i].name);
    for (size_t i = 0; i < p->atom_count; i++) {
        free(p->atoms[i].name);
        free(p->atoms[i].of);
        free(p->atoms[i].on);
    }
    for (size_t i = 0; i < p->variable_count; i++)
        free(p->variables[i].name);
    free(p->title);
    free(p->code);
    free(p->code_places);
    free(p->integers);
    free(p->strings);
    free(p->sites);
    free(p->blocks);
    free(p->functions);
    free(p->protocols);
    free(p->pipes);
    for (size_t i = 0; i < p->path_count; i++)
        free(p->paths[i].name), free(p->paths[i].bytes.bytes);
    free(p->paths);
    free(p->claims);
    free(p->atoms);
    free(p->variables);
    free(p);
}
