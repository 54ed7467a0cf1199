/* claims.c - judging what a script says must hold, on the view of the run. */
#include "sim/run/vm.h"
#include "sim/run/vocabulary.h"

#include <inttypes.h>
#include <string.h>

/* -- what claims speak of ---------------------------------------------------------------------- */

static struct value pipe_property(struct run *run, const struct view_pipe *p, int property)
{
    const struct view *v = &run->trace.view;
    struct bytes *b;
    switch ((enum pipe_property)property) {
    case PIPE_PROPERTY_USED: return value_integer(p->used);
    case PIPE_PROPERTY_FREE: return value_integer(p->capacity - p->used);
    case PIPE_PROPERTY_CAPACITY: return value_integer(p->capacity);
    case PIPE_PROPERTY_ATOMIC: return value_integer(p->atomic);
    case PIPE_PROPERTY_READERS: return value_integer(p->readers);
    case PIPE_PROPERTY_WRITERS: return value_integer(p->writers);
    case PIPE_PROPERTY_READS: return value_integer(p->reads);
    case PIPE_PROPERTY_WRITES: return value_integer(p->writes);
    case PIPE_PROPERTY_LOST: return value_integer(p->lost + p->gone);
    case PIPE_PROPERTY_IN_FLIGHT: return value_integer(view_in_flight(v, p));
    case PIPE_PROPERTY_SLOTS: return value_integer(p->page > 0 ? p->capacity / p->page : 0);
    case PIPE_PROPERTY_SLOTS_USED: return value_integer((int64_t)p->slot_count);
    case PIPE_PROPERTY_STREAM: break;
    }
    b = bytes_copy(p->stream, p->stream_size);
    if (b == NULL) {
        vm_limit(run->judge, SETTING_max_memory);
        return value_integer(0);
    }
    return value_bytes(b);
}

static struct value file_property(struct run *run, const struct view_file *f,
                                  enum file_property property)
{
    switch (property) {
    case FILE_PROPERTY_SIZE: return value_integer(f->size);
    case FILE_PROPERTY_READS: return value_integer(f->reads);
    case FILE_PROPERTY_WRITES: return value_integer(f->writes);
    case FILE_PROPERTY_CONTENT: break;
    }
    size_t kept =
        (size_t)f->size <= f->content_room ? (size_t)f->size : 0; /* beyond the limit: none */
    struct bytes *b = bytes_copy(f->content, kept);
    if (b != NULL)
        return value_bytes(b);
    vm_limit(run->judge, SETTING_max_memory);
    return value_integer(0);
}

/* NULL: there is no such file (yet), or what is asked for only pipes have. */
static const struct view_file *file_of_atom(const struct view *v, const struct atom *a)
{
    bool of_both = a->kind == ATOM_PIPE &&
                   (a->property == PIPE_PROPERTY_READS || a->property == PIPE_PROPERTY_WRITES);
    return a->kind == ATOM_FILE || of_both ? view_file_named(v, a->name, strlen(a->name)) : NULL;
}

static struct value property_of_file(struct run *run, const struct atom *a)
{
    static const struct view_file none;
    const struct view_file *f = file_of_atom(&run->trace.view, a);
    enum file_property property = a->kind == ATOM_FILE ? (enum file_property)a->property
                                  : a->property == PIPE_PROPERTY_READS ? FILE_PROPERTY_READS
                                                                       : FILE_PROPERTY_WRITES;
    return file_property(run, f != NULL ? f : &none, property);
}

static struct value process_property(struct run *run, const struct view_actor *a, int property)
{
    switch ((enum process_property)property) {
    case PROCESS_PROPERTY_CALLS: return value_integer(a->calls);
    case PROCESS_PROPERTY_SLEEPS: return value_integer(a->sleeps);
    case PROCESS_PROPERTY_OUTPUT: break;
    }
    struct bytes *b = bytes_copy(a->output, a->output_size);
    if (b == NULL) {
        vm_limit(run->judge, SETTING_max_memory);
        return value_integer(0);
    }
    return value_bytes(b);
}

static bool asleep_on(const struct view *v, const struct view_actor *a, const struct atom *atom)
{
    if (a->state != ACTOR_ASLEEP)
        return false;
    if (atom->on == NULL)
        return a->sleep_on != ON_TIME;
    if (atom->of == NULL)
        return strcmp(sleep_on_name(a->sleep_on), atom->on) == 0;
    return a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE &&
           strcmp(v->pipes[a->pipe].name, atom->of) == 0 && strcmp(a->condition, atom->on) == 0;
}

static bool state_holds(const struct view *v, const struct atom *atom)
{
    const struct view_actor *a = view_actor_named(v, atom->name, strlen(atom->name));
    if (a == NULL)
        return false; /* not yet started */
    switch (atom->kind) {
    case ATOM_ASLEEP: return asleep_on(v, a, atom);
    case ATOM_EXITED:
        return a->state == ACTOR_EXITED && a->status >= 0 &&
               (atom->any || a->status == atom->number);
    case ATOM_KILLED:
        return a->state == ACTOR_EXITED && a->status < 0 &&
               (atom->any || a->status == -atom->number);
    default: return false;
    }
}

static bool somebody_asleep(const struct view *v)
{
    for (size_t i = 0; v->asleep > 0 && i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_ASLEEP && v->actors[i].sleep_on != ON_TIME)
            return true;
    }
    return false;
}

struct value atom_value(struct run *run, const struct atom *a)
{
    const struct view *v = &run->trace.view;
    const struct view_pipe *p;
    const struct view_actor *actor;
    static const struct view_pipe no_pipe = {.feeds = NO_PIPE, .fed_by = NO_PIPE};
    static const struct view_actor no_actor;
    switch (a->kind) {
    case ATOM_FILE: return property_of_file(run, a);
    case ATOM_PIPE:
        p = view_pipe_named(v, a->name, strlen(a->name));
        if (p == NULL && file_of_atom(v, a) != NULL)
            return property_of_file(run, a);
        return pipe_property(run, p != NULL ? p : &no_pipe, a->property);
    case ATOM_PROCESS:
        actor = view_actor_named(v, a->name, strlen(a->name));
        return process_property(run, actor != NULL ? actor : &no_actor, a->property);
    case ATOM_NOBODY_ASLEEP: return value_integer(!somebody_asleep(v));
    case ATOM_NO_DESCRIPTOR: return value_integer(v->open_ends == 0);
    case ATOM_DEADLOCK: return value_integer(v->deadlock);
    case ATOM_ASLEEP:
    case ATOM_EXITED:
    case ATOM_KILLED: break;
    }
    return value_integer(state_holds(v, a));
}

/* -- messages ---------------------------------------------------------------------------------- */

static void add_state(struct strbuf *out, const struct view *v, const struct atom *atom)
{
    static const char *const words[] = {[ACTOR_RUNNABLE] = "is runnable",
                                        [ACTOR_ASLEEP] = "is asleep",
                                        [ACTOR_IDLE] = "is idle",
                                        [ACTOR_EXITED] = "has exited"};
    const struct view_actor *a = view_actor_named(v, atom->name, strlen(atom->name));
    if (a == NULL) {
        strbuf_addf(out, "%s has not started", atom->name);
        return;
    }
    strbuf_addf(out, "%s %s", atom->name, words[a->state]);
    if (a->state == ACTOR_ASLEEP && a->sleep_on == ON_CONDITION && a->pipe != NO_PIPE)
        strbuf_addf(out, " on %s.%s", v->pipes[a->pipe].name, a->condition);
    else if (a->state == ACTOR_ASLEEP)
        strbuf_addf(out, " on %s", sleep_on_name(a->sleep_on));
    else if (a->state == ACTOR_EXITED && a->status < 0)
        strbuf_addf(out, ", killed by %s", signal_name((int)-a->status));
    else if (a->state == ACTOR_EXITED)
        strbuf_addf(out, " with %" PRId64, a->status);
}

static void add_sleepers(struct strbuf *out, const struct view *v)
{
    int n = 0;
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_ASLEEP && v->actors[i].sleep_on != ON_TIME)
            strbuf_addf(out, "%s%s", n++ > 0 ? ", " : "asleep: ", v->actors[i].name);
    }
    if (n == 0)
        strbuf_add(out, "nobody is asleep");
}

static void add_open_ends(struct strbuf *out, const struct view *v)
{
    int n = 0;
    for (size_t i = 0; i < v->pipe_count; i++) {
        const struct view_pipe *p = &v->pipes[i];
        if (p->readers + p->writers > 0)
            strbuf_addf(out, "%sof %s %" PRId64 " read end%s and %" PRId64 " write end%s",
                        n++ > 0 ? ", " : "open: ", p->name, p->readers, p->readers == 1 ? "" : "s",
                        p->writers, p->writers == 1 ? "" : "s");
    }
}

/* What a property is said of: it is there by now. */
static bool is_there(const struct view *v, const struct atom *a)
{
    size_t n = strlen(a->name);
    if (a->kind == ATOM_PROCESS)
        return view_actor_named(v, a->name, n) != NULL;
    return file_of_atom(v, a) != NULL ||
           (a->kind == ATOM_PIPE && view_pipe_named(v, a->name, n) != NULL);
}

static void add_property(struct strbuf *out, struct run *run, const struct atom *a)
{
    const struct view *v = &run->trace.view;
    const struct vocabulary *words = vocabulary();
    if (!is_there(v, a)) {
        strbuf_addf(out, "%s has not been %s", a->name,
                    a->kind == ATOM_PROCESS ? "started" : "made");
        return;
    }
    const char *name = a->kind == ATOM_PIPE   ? words->pipe_properties[a->property]
                       : a->kind == ATOM_FILE ? words->file_properties[a->property]
                                              : words->process_properties[a->property];
    struct value value = atom_value(run, a);
    strbuf_addf(out, "%s.%s is ", a->name, name);
    value_describe(value, out);
    value_drop(value);
}

static bool same_atom(const struct atom *a, const struct atom *b)
{
    return a->kind == b->kind && a->property == b->property && a->name != NULL && b->name != NULL &&
           strcmp(a->name, b->name) == 0;
}

static bool said_already(const struct program *program, const struct claim *c, int pc)
{
    const struct atom *a = &program->atoms[program->code[pc].arg];
    for (int at = c->code; at < pc; at++) {
        if (program->code[at].op == OP_ATOM && same_atom(a, &program->atoms[program->code[at].arg]))
            return true;
    }
    return false;
}

/* What the atoms of a claim were, so that one sees why it does not hold. */
static void describe_atoms(struct run *run, const struct claim *c, struct strbuf *out)
{
    const struct program *program = run->program;
    for (int pc = c->code; program->code[pc].op != OP_END; pc++) {
        if (program->code[pc].op != OP_ATOM)
            continue;
        const struct atom *a = &program->atoms[program->code[pc].arg];
        if (said_already(program, c, pc))
            continue;
        if (out->length > 0)
            strbuf_add(out, "; ");
        if (a->kind == ATOM_PIPE || a->kind == ATOM_FILE || a->kind == ATOM_PROCESS)
            add_property(out, run, a);
        else if (a->kind == ATOM_NOBODY_ASLEEP)
            add_sleepers(out, &run->trace.view);
        else if (a->kind == ATOM_NO_DESCRIPTOR)
            add_open_ends(out, &run->trace.view);
        else if (a->kind == ATOM_DEADLOCK)
            strbuf_add(out,
                       run->trace.view.deadlock ? "there is a deadlock" : "there is no deadlock");
        else
            add_state(out, &run->trace.view, a);
    }
}

static void describe_event(struct run *run, const struct event *e, struct strbuf *out)
{
    const struct view *v = &run->trace.view;
    if (e == NULL || e->actor < 0)
        return;
    const struct view_actor *a = &v->actors[e->actor];
    bool moves = e->kind == EV_PUT || e->kind == EV_TOOK;
    if (moves)
        strbuf_addf(out, "\nafter %s %s %" PRId64 " byte%s %s %s", a->name,
                    e->kind == EV_PUT ? "put" : "took", e->value, e->value == 1 ? "" : "s",
                    e->kind == EV_PUT ? "into" : "from", v->pipes[e->pipe].name);
    else
        strbuf_addf(out, "\nafter an event of %s: %s", a->name, event_name(e->kind));
    if (a->line != 0)
        strbuf_addf(out, ", in the call on line %d", a->line);
}

static void broken(struct run *run, const struct claim *c, const struct event *e)
{
    struct strbuf text = {0}, note = {0};
    strbuf_addf(&text, "this %s at tick %" PRId64,
                c->kind == CLAIM_NEVER ? "holds, and never may," : "does not hold",
                run->trace.view.tick);
    describe_atoms(run, c, &note);
    describe_event(run, e, &note);
    run->failed = true;
    diag_add(run->outside->diags, DIAG_FAILED, c->place, "%s", strbuf_text(&text));
    if (note.length > 0)
        diag_add_unplaced(run->outside->diags, DIAG_NOTE, "%s", strbuf_text(&note));
    strbuf_free(&text);
    strbuf_free(&note);
}

/* -- judging ----------------------------------------------------------------------------------- */

static bool holds(struct run *run, const struct claim *c)
{
    struct value v = vm_evaluate(run->judge, c->code);
    bool yes = value_true(v);
    value_drop(v);
    return yes;
}

/* A property of a pipe that was not made, or of a process that was not started. */
static bool speaks_of_nothing(struct run *run, const struct claim *c)
{
    const struct program *program = run->program;
    const struct view *v = &run->trace.view;
    for (int pc = c->code; program->code[pc].op != OP_END; pc++) {
        if (program->code[pc].op != OP_ATOM)
            continue;
        const struct atom *a = &program->atoms[program->code[pc].arg];
        bool property = a->kind == ATOM_PIPE || a->kind == ATOM_FILE || a->kind == ATOM_PROCESS;
        if (property && !is_there(v, a))
            return true;
    }
    return false;
}

/* Each claim is broken once at most: the first time tells most. */
static void judge(struct run *run, size_t i, const struct event *e)
{
    const struct claim *c = &run->program->claims[i];
    bool state = c->kind == CLAIM_ALWAYS || c->kind == CLAIM_NEVER;
    if (run->claims[i].judged || run->judge->dead || (state && speaks_of_nothing(run, c)))
        return;
    bool missing = c->kind == CLAIM_END && speaks_of_nothing(run, c);
    bool yes = holds(run, c);
    if (run->judge->dead || (!missing && yes != (c->kind == CLAIM_NEVER)))
        return;
    run->claims[i].judged = true;
    run->claims[i].broken = true;
    broken(run, c, e);
}

/* sometimes: once is enough, in whatever execution. */
static void look_for(struct run *run, size_t i)
{
    const struct claim *c = &run->program->claims[i];
    uint64_t bit = UINT64_C(1) << i;
    if ((run->outside->claims_met & bit) == 0 && !speaks_of_nothing(run, c) && holds(run, c))
        run->outside->claims_met |= bit;
}

static bool changes_nothing_seen(enum event_kind kind)
{
    return kind == EV_LOCK || kind == EV_UNLOCK || kind == EV_NOTIFY || kind == EV_FAIL ||
           kind == EV_HANDLER || kind == EV_CALL;
}

void claims_after_event(void *ctx, const struct event *e, const struct view *v)
{
    struct run *run = ctx;
    (void)v;
    if (!run->has_state_claims || changes_nothing_seen(e->kind) || !run->is_set_up)
        return;
    run->unjudged = true;
    run->changed_by = *e;
    run->changed_by.text = NULL;
    run->changed_by.size = 0;
    claims_judge_states(run);
}

void claims_judge_states(struct run *run)
{
    if (!run->unjudged || run->locks > 0)
        return;
    run->unjudged = false;
    for (size_t i = 0; i < run->program->claim_count; i++) {
        enum claim_kind kind = run->program->claims[i].kind;
        if (kind == CLAIM_ALWAYS || kind == CLAIM_NEVER)
            judge(run, i, &run->changed_by);
        else if (kind == CLAIM_SOMETIMES && run->options->explored && i < 64)
            look_for(run, i);
    }
}

/* Time is about to be `now`: what was to hold at an earlier tick must hold as things are. */
void claims_on_time(struct run *run, tick_t now)
{
    for (size_t i = 0; i < run->program->claim_count; i++) {
        const struct claim *c = &run->program->claims[i];
        if (c->kind != CLAIM_AT || c->tick >= now || run->claims[i].judged)
            continue;
        tick_t seen = run->trace.view.tick;
        run->trace.view.tick = c->tick;
        judge(run, i, NULL);
        run->trace.view.tick = seen;
        run->claims[i].judged = true;
    }
}

void claims_at_end(struct run *run)
{
    claims_on_time(run, TICK_NEVER);
    for (size_t i = 0; i < run->program->claim_count; i++) {
        enum claim_kind kind = run->program->claims[i].kind;
        if (kind == CLAIM_ALWAYS || kind == CLAIM_NEVER || kind == CLAIM_END)
            judge(run, i, NULL);
    }
}

/* -- is a deadlock asked for? ------------------------------------------------------------------ */

static bool mentions(struct run *run, const struct claim *c, enum atom_kind kind,
                     const struct view_actor *a)
{
    const struct program *program = run->program;
    for (int pc = c->code; program->code[pc].op != OP_END; pc++) {
        if (program->code[pc].op != OP_ATOM)
            continue;
        const struct atom *atom = &program->atoms[program->code[pc].arg];
        if (atom->kind == kind && (a == NULL || (strcmp(atom->name, a->name) == 0 &&
                                                 state_holds(&run->trace.view, atom))))
            return true;
    }
    return false;
}

static bool end_claim(struct run *run, enum atom_kind kind, const struct view_actor *a)
{
    for (size_t i = 0; i < run->program->claim_count; i++) {
        const struct claim *c = &run->program->claims[i];
        if (c->kind == CLAIM_END && mentions(run, c, kind, a) && holds(run, c))
            return true;
    }
    return false;
}

static bool never_returns(struct run *run, int actor)
{
    for (struct vm *vm = run->vms; vm != NULL; vm = vm->next) {
        if (thread_actor(vm->thread) == actor)
            return vm->site >= 0 && run->program->sites[vm->site].end.kind == TIME_NEVER;
    }
    return false;
}

bool claim_asks_for_deadlock(struct run *run)
{
    const struct view *v = &run->trace.view;
    if (end_claim(run, ATOM_DEADLOCK, NULL))
        return true;
    for (size_t i = 0; i < v->actor_count; i++) {
        if (v->actors[i].state == ACTOR_ASLEEP && !never_returns(run, (int)i) &&
            !end_claim(run, ATOM_ASLEEP, &v->actors[i]))
            return false;
    }
    return true;
}
