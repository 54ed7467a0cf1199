/* schedule.c - see schedule.h. */
#include "sim/sched/schedule.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void schedule_init(struct schedule *s, struct freedom freedom)
{
    *s = (struct schedule){.freedom = freedom};
}

void schedule_fini(struct schedule *s)
{
    free(s->items);
    s->items = NULL;
}

static struct schedule_item *append(struct schedule *s)
{
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 16 : s->room * 2;
        struct schedule_item *grown = realloc(s->items, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        s->items = grown;
        s->room = room;
    }
    return &s->items[s->count++];
}

void schedule_add(struct schedule *s, const char *name)
{
    struct schedule_item *last = s->count > 0 ? &s->items[s->count - 1] : NULL;
    if (last == NULL || strcmp(last->name, name) != 0) {
        last = append(s);
        if (last == NULL)
            return;
        size_t n = strlen(name);
        n = n < sizeof last->name ? n : sizeof last->name - 1;
        memcpy(last->name, name, n);
        last->name[n] = '\0';
        last->times = 0;
    }
    last->times++;
}

struct schedule_cursor schedule_end(const struct schedule *s)
{
    if (s->count == 0)
        return (struct schedule_cursor){0, 0};
    return (struct schedule_cursor){s->count - 1, s->items[s->count - 1].times};
}

void schedule_cut(struct schedule *s, struct schedule_cursor end)
{
    if (end.used == 0) {
        s->count = end.item;
        return;
    }
    s->count = end.item + 1;
    s->items[end.item].times = end.used;
}

const char *schedule_next(const struct schedule *s, struct schedule_cursor *cursor)
{
    while (cursor->item < s->count && cursor->used == s->items[cursor->item].times) {
        cursor->item++;
        cursor->used = 0;
    }
    if (cursor->item >= s->count)
        return NULL;
    cursor->used++;
    return s->items[cursor->item].name;
}

/* -- text ------------------------------------------------------------------------------------- */

static int name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static bool accept(const char **at, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

/* "calls:", "locks+any+spurious=2:"; what it is no start of a list is left alone. */
static const char *parse_freedom(struct freedom *f, const char *at)
{
    const char *after = at;
    struct freedom found = {0};
    if (accept(&after, "locks"))
        found.grain = GRAIN_LOCKS;
    else if (!accept(&after, "calls"))
        return at;
    if (accept(&after, "+any"))
        found.wake = WAKE_ANY;
    if (accept(&after, "+spurious="))
        found.spurious = (unsigned)strtoul(after, (char **)&after, 10);
    if (!accept(&after, ":"))
        return at;
    *f = found;
    return after;
}

/* Parses one "name[*times]"; moves *at on. NULL, or what is wrong there. */
static const char *parse_item(struct schedule_item *item, const char **at)
{
    size_t n = 0;
    while (name_byte((*at)[n]))
        n++;
    n += n > 0 && (*at)[n] == '~';
    if (n == 0)
        return "the name of a process is expected here";
    if (n >= sizeof item->name)
        return "this name is too long";
    memcpy(item->name, *at, n);
    item->name[n] = '\0';
    item->times = 1;
    *at += n;
    if (**at != '*')
        return NULL;
    char *end;
    errno = 0;
    unsigned long long times = strtoull(*at + 1, &end, 10);
    if (!isdigit((unsigned char)(*at)[1]) || times == 0 || errno != 0)
        return "a count of at least 1 is expected after '*'";
    item->times = times;
    *at = end;
    return NULL;
}

int schedule_parse(struct schedule *s, const char *text, const char **error, size_t *where)
{
    const char *at = parse_freedom(&s->freedom, text);
    *error = NULL;
    bool more = *at != '\0';
    while (more && *error == NULL) {
        struct schedule_item *item = append(s);
        if (item == NULL)
            return -ENOMEM;
        *error = parse_item(item, &at);
        more = *error == NULL && *at == ',';
        if (more)
            at++;
        else if (*error == NULL && *at != '\0')
            *error = "',' is expected between processes";
    }
    *where = (size_t)(at - text);
    return *error == NULL ? 0 : -EINVAL;
}

char *schedule_text(const struct schedule *s)
{
    size_t room = 40 + s->count * (sizeof s->items->name + 24);
    char *text = malloc(room);
    if (text == NULL)
        return NULL;
    const struct freedom *f = &s->freedom;
    int n = snprintf(text, room, "%s%s", f->grain == GRAIN_CALLS ? "calls" : "locks",
                     f->wake == WAKE_ANY ? "+any" : "");
    if (f->spurious > 0)
        n += snprintf(text + n, room - (size_t)n, "+spurious=%u", f->spurious);
    n += snprintf(text + n, room - (size_t)n, ":");
    for (size_t i = 0; i < s->count; i++) {
        const struct schedule_item *item = &s->items[i];
        n += snprintf(text + n, room - (size_t)n, "%s%s", i > 0 ? "," : "", item->name);
        if (item->times > 1)
            n += snprintf(text + n, room - (size_t)n, "*%" PRIu64, item->times);
    }
    return text;
}
