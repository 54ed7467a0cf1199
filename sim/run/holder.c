/* holder.c - who holds an end of a pipe, and where it was opened. */
#include "sim/run/vm.h"

#include <string.h>

enum {
    HOLDERS_SHOWN = 8,
    CALL_SHOWN = 40 /* a longer call is shown by its name */
};

/* The call as the script has it. */
static void add_call(const struct program *p, const struct site *s, struct strbuf *out)
{
    const char *text = p->source.text + s->place.at;
    bool short_enough =
        s->place.length <= CALL_SHOWN && memchr(text, '\n', s->place.length) == NULL;
    struct span shown = short_enough ? s->place : s->name;
    strbuf_add_bytes(out, p->source.text + shown.at, shown.length);
    strbuf_addf(out, " on line %d", s->line);
}

/* "process reader < p on line 3" */
static void add_head(const struct program *p, const struct block *b, struct strbuf *out)
{
    strbuf_addf(out, "process %s", b->name);
    for (size_t i = 0; i < b->redirection_count; i++) {
        const struct redirection *r = &b->redirections[i];
        strbuf_addf(out, " %c %s", r->end == REDIRECT_READ ? '<' : '>', p->pipes[r->pipe].name);
    }
    strbuf_addf(out, " on line %d", source_place(&p->source, b->place.at).line);
}

static void add_opening(const struct vm *vm, struct opening opening, struct strbuf *out)
{
    const struct program *p = vm->run->program;
    switch (opening.how) {
    case OPENED_AT_START:
        strbuf_add(out, "from ");
        add_head(p, &p->blocks[vm->block], out);
        break;
    case OPENED_BY_CALL:
        strbuf_add(out, "from ");
        add_call(p, &p->sites[opening.call], out);
        break;
    case COPIED_BY_CALL:
        strbuf_add(out, "a copy made by ");
        add_call(p, &p->sites[opening.call], out);
        break;
    }
}

struct list {
    struct strbuf *out;
    int count;
};

static void add_holder(void *ctx, const struct thread *holder, int fd)
{
    struct list *list = ctx;
    const struct vm *vm = thread_program(holder);
    if (list->count++ >= HOLDERS_SHOWN)
        return;
    strbuf_addf(list->out, "%s%s (descriptor %d, ", list->count > 1 ? ", " : "",
                vm->run->trace.view.actors[thread_actor(holder)].name, fd);
    add_opening(vm, thread_opening(holder, fd), list->out);
    strbuf_add_char(list->out, ')');
}

int run_describe_holders(struct run *run, int pipe, enum pipe_end end, struct strbuf *out)
{
    struct list list = {out, 0};
    kernel_each_end(run->kernel, pipe, end, add_holder, &list);
    if (list.count > HOLDERS_SHOWN)
        strbuf_addf(out, ", and %d more", list.count - HOLDERS_SHOWN);
    return list.count;
}

int run_describe_unaccepted(struct run *run, int pipe, struct strbuf *out)
{
    struct list list = {out, 0};
    kernel_each_pending(run->kernel, pipe, add_holder, &list);
    return list.count;
}

int run_describe_accepters(struct run *run, const struct thread *t, struct strbuf *out)
{
    struct list list = {out, 0};
    kernel_each_listener(run->kernel, t, add_holder, &list);
    return list.count;
}
