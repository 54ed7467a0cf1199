/* json_trace.c - see json_trace.h. */
#include "sim/trace/json_trace.h"

#include <string.h>

static void key(struct strbuf *s, const char *name)
{
    if (s->length > 0 && s->bytes[s->length - 1] != '{')
        strbuf_add_char(s, ',');
    strbuf_add_char(s, '"');
    strbuf_add(s, name);
    strbuf_add(s, "\":");
}

void json_add_text(struct strbuf *s, const char *name, const void *text, size_t size)
{
    key(s, name);
    strbuf_add_json(s, text, size);
}

void json_add_int(struct strbuf *s, const char *name, int64_t n)
{
    key(s, name);
    strbuf_add_int(s, n);
}

/* What stands before a value in an event is written as a literal, comma, key and colon, and these
 * are inline: most of the bytes of a trace are keys. */
static inline void add_int(struct strbuf *s, const char *before, int64_t n)
{
    strbuf_add(s, before);
    strbuf_add_int(s, n);
}

static inline void add_string(struct strbuf *s, const char *before, const char *text)
{
    strbuf_add(s, before);
    strbuf_add_json(s, text, strlen(text));
}

static inline void add_actor(struct strbuf *s, const char *before, int actor, const struct view *v)
{
    if (actor >= 0 && (size_t)actor < v->actor_count)
        add_string(s, before, v->actors[actor].name);
}

static void add_pipe(struct strbuf *s, int pipe, const struct view *v)
{
    if (pipe < 0 || (size_t)pipe >= v->pipe_count)
        return;
    const struct view_pipe *p = &v->pipes[pipe];
    add_string(s, ",\"pipe\":{\"name\":", p->name);
    add_int(s, ",\"used\":", p->used);
    add_int(s, ",\"capacity\":", p->capacity);
    add_int(s, ",\"atomic\":", p->atomic);
    add_int(s, ",\"readers\":", p->readers);
    add_int(s, ",\"writers\":", p->writers);
    strbuf_add(s, "}");
}

static void add_file(struct strbuf *s, int file, const struct view *v)
{
    if (file <= 0 || (size_t)file > v->file_count)
        return;
    add_string(s, ",\"file\":{\"name\":", v->files[file - 1].name);
    add_int(s, ",\"size\":", v->files[file - 1].size);
    strbuf_add(s, "}");
}

static void add_event(struct strbuf *s, const struct event *e, const struct view *v)
{
    add_int(s, "{\"seq\":", (int64_t)e->seq);
    add_int(s, ",\"tick\":", e->tick);
    if (e->ns != 0)
        add_int(s, ",\"ns\":", e->ns);
    add_string(s, ",\"event\":", event_name(e->kind));
    add_actor(s, ",\"process\":", e->actor, v);
    add_actor(s, ",\"other\":", e->other, v);
    if (e->line != 0)
        add_int(s, ",\"line\":", e->line);
    if (e->sleep_on != ON_NOTHING)
        add_string(s, ",\"on\":", sleep_on_name(e->sleep_on));
    if (e->value != 0 || e->kind == EV_RETURN || e->kind == EV_EXIT)
        add_int(s, ",\"value\":", e->value);
    if (e->value2 != 0)
        add_int(s, ",\"value2\":", e->value2);
    if (e->size > 0) {
        strbuf_add(s, ",\"text\":");
        strbuf_add_json(s, e->text, e->size);
    }
    if (e->site != NULL)
        add_string(s, ",\"site\":", e->site);
    add_pipe(s, e->pipe, v);
    add_file(s, e->file, v);
    strbuf_add(s, "}\n");
}

static void write_event(void *ctx, const struct event *e, const struct view *after)
{
    struct json_trace *j = ctx;
    strbuf_clear(&j->line);
    add_event(&j->line, e, after);
    j->out.write(j->out.ctx, j->line.bytes, j->line.length);
}

void json_trace_init(struct json_trace *j, struct trace_output out, enum trace_depth depth)
{
    *j = (struct json_trace){.out = out, .depth = depth};
}

void json_trace_fini(struct json_trace *j)
{
    strbuf_free(&j->line);
}

struct trace_sink json_trace_sink(struct json_trace *j)
{
    return (struct trace_sink){write_event, j,
                               j->depth == DEPTH_LOCKS ? SINK_ALL : SINK_WITHOUT_LOCKS};
}
