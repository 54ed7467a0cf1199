/* grading.c - reading a grading file: lines `key = value`, under `[item]` (docs/instructors.md). */
#include "sim/lab/lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/program.h"

struct reader {
    struct lab *lab;
    const char *folder; /* borrowed by the items */
    enum visibility visibility;
    struct lab_item *item; /* the one under way; NULL: the lab's own lines */
    struct strbuf path;
    int line;
    struct strbuf *out;
};

static bool complain(struct reader *r, const char *format, const char *word)
{
    strbuf_addf(r->out, "%s:%d: error: ", strbuf_text(&r->path), r->line);
    strbuf_addf(r->out, format, word);
    strbuf_add(r->out, "\n");
    return false;
}

static bool grow(void *array, size_t count, size_t size)
{
    void **items = array;
    void *grown = realloc(*items, (count + 1) * size);
    if (grown == NULL)
        return false;
    *items = grown;
    memset((char *)grown + count * size, 0, size);
    return true;
}

static void set_text(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
}

static bool parse_number(const char *text, int64_t most, int64_t *n)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    *n = value;
    return errno == 0 && end != text && *end == '\0' && value >= 0 && value <= most;
}

/* -- the words behind a file ------------------------------------------------------------------- */

static bool set_freedom(struct lab_case *c, const char *key, const char *value, bool *is_one)
{
    int64_t n = 0;
    *is_one = true;
    if (strcmp(key, "wake") == 0) {
        c->freedom.wake = strcmp(value, "any") == 0 ? WAKE_ANY : WAKE_FIFO;
        return strcmp(value, "any") == 0 || strcmp(value, "fifo") == 0;
    }
    if (strcmp(key, "depth") == 0) {
        c->freedom.grain = strcmp(value, "calls") == 0 ? GRAIN_CALLS : GRAIN_LOCKS;
        return strcmp(value, "calls") == 0 || strcmp(value, "locks") == 0;
    }
    if (strcmp(key, "spurious") == 0) {
        bool good = parse_number(value, 10, &n);
        c->freedom.spurious = (unsigned)n;
        return good;
    }
    *is_one = false;
    return true;
}

static bool set_bound(struct lab_case *c, const char *key, const char *value, bool *is_one)
{
    struct {
        const char *key;
        int64_t *n;
    } bounds[] = {{"preemptions", &c->preemptions},   {"most-switches", &c->most_switches},
                  {"most-wakeups", &c->most_wakeups}, {"most-calls", &c->most_calls},
                  {"question", &c->question},         {"executions", (int64_t *)&c->executions}};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        *is_one = strcmp(key, bounds[i].key) == 0;
        if (*is_one)
            return parse_number(value, INT64_MAX, bounds[i].n);
    }
    return true;
}

static bool set_wanted(struct lab_case *c, const char *value)
{
    static const char *const words[] = {"holds", "fails", "one-fails"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(value, words[i]) == 0) {
            c->wants = (enum case_wants)i;
            return true;
        }
    }
    return false;
}

static bool set_setting(struct reader *r, struct lab_case *c, const char *key, const char *value)
{
    struct setting_override o = {.setting = setting_named(key, strlen(key))};
    if (o.setting < 0)
        return complain(r, "'%s' is no option and no setting", key);
    if (c->override_count == OVERRIDES_MOST)
        return complain(r, "there are too many settings; '%s' is one too many", key);
    if (!parse_number(value, setting_most(o.setting), &o.value) ||
        o.value < setting_least(o.setting))
        return complain(r, "this setting cannot be '%s'", value);
    c->overrides[c->override_count++] = o;
    return true;
}

/* So that somebody else can do the same on a command line. */
static void add_option(struct strbuf *s, const char *key, const char *value)
{
    if (strcmp(key, "pipe") == 0 || strcmp(key, "expect") == 0 || strncmp(key, "most-", 5) == 0)
        return;
    if (setting_named(key, strlen(key)) >= 0)
        strbuf_addf(s, " --set %s=%s", key, value);
    else
        strbuf_addf(s, " --%s%s%s", key, strcmp(key, "spurious") == 0 ? "=" : " ", value);
}

static bool read_option(struct reader *r, struct lab_case *c, char *word, struct strbuf *options)
{
    bool is_one, good;
    char *value = strchr(word, '=');
    if (value == NULL)
        return complain(r, "behind the file there are options KEY=VALUE, not '%s'", word);
    *value++ = '\0';
    add_option(options, word, value);
    if (strcmp(word, "pipe") == 0) {
        set_text(&c->pipe, value);
        return true;
    }
    if (strcmp(word, "expect") == 0)
        return set_wanted(c, value) ||
               complain(r, "expect takes holds, fails or one-fails, not '%s'", value);
    good = set_freedom(c, word, value, &is_one);
    if (!is_one)
        good = set_bound(c, word, value, &is_one);
    if (!is_one)
        return set_setting(r, c, word, value);
    return good || complain(r, "this option cannot be '%s'", value);
}

static bool read_case(struct reader *r, enum case_kind kind, char *value)
{
    struct lab_item *item = r->item;
    struct strbuf options = {0};
    bool good = true;
    if (!grow(&item->cases, item->case_count, sizeof *item->cases))
        return false;
    struct lab_case *c = &item->cases[item->case_count++];
    c->kind = kind;
    c->line = r->line;
    c->preemptions = c->most_switches = c->most_wakeups = c->most_calls = -1;
    c->executions = 100000;
    c->freedom.grain = kind == CASE_RUN ? GRAIN_CALLS : GRAIN_LOCKS;
    set_text(&c->files, strtok(value, " \t"));
    for (char *word; good && (word = strtok(NULL, " \t")) != NULL;)
        good = read_option(r, c, word, &options);
    set_text(&c->options, strbuf_text(&options));
    strbuf_free(&options);
    return good;
}

/* -- lines ------------------------------------------------------------------------------------- */

static bool read_cause(struct reader *r, char *value)
{
    struct lab_item *item = r->item;
    char *arrow = strstr(value, "->");
    if (arrow == NULL)
        return complain(r, "a cause is WORDS -> SENTENCE, not '%s'", value);
    if (!grow(&item->causes, item->cause_count, sizeof *item->causes))
        return false;
    struct lab_cause *cause = &item->causes[item->cause_count++];
    char *end = arrow;
    while (end > value && end[-1] == ' ')
        end--;
    cause->words = strndup(value, (size_t)(end - value));
    set_text(&cause->sentence, arrow + 2 + strspn(arrow + 2, " "));
    return true;
}

static bool read_item_line(struct reader *r, const char *key, char *value)
{
    static const char *const kinds[] = {"run", "explore", "only-closes", "quiz"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(key, kinds[i]) == 0)
            return read_case(r, (enum case_kind)i, value);
    }
    if (strcmp(key, "title") == 0)
        set_text(&r->item->title, value);
    else if (strcmp(key, "hint") == 0)
        set_text(&r->item->hint, value);
    else if (strcmp(key, "cause") == 0)
        return read_cause(r, value);
    else if (strcmp(key, "points") == 0)
        return parse_number(value, 1000000, &r->item->points) ||
               complain(r, "points are a number, not '%s'", value);
    else
        return complain(
            r, "an item has title, points, hint, cause, run, explore, only-closes, quiz, not '%s'",
            key);
    return true;
}

static bool read_lab_line(struct reader *r, const char *key, const char *value)
{
    int64_t seconds;
    if (strcmp(key, "title") == 0) {
        set_text(&r->lab->title, value);
    } else if (strcmp(key, "hand-in") == 0) {
        set_text(&r->lab->hand_in, value);
        r->lab->kind = strstr(value, ".c") != NULL ? LAB_PIPE : LAB_SCENARIOS;
    } else if (strcmp(key, "seconds") == 0) {
        if (!parse_number(value, 3600, &seconds) || seconds == 0)
            return complain(r, "seconds are a number from 1 to 3600, not '%s'", value);
        r->lab->seconds = (double)seconds;
    } else {
        return complain(r, "before the first [item] there are title, hand-in, seconds, not '%s'",
                        key);
    }
    return true;
}

static bool begin_item(struct reader *r, char *line)
{
    char *end = strchr(line, ']');
    if (end == NULL || end == line + 1)
        return complain(r, "an item begins with [NAME], not '%s'", line);
    *end = '\0';
    for (size_t i = 0; i < r->lab->item_count; i++) {
        if (strcmp(r->lab->items[i].name, line + 1) == 0)
            return complain(r, "there are two items '%s'", line + 1);
    }
    if (!grow(&r->lab->items, r->lab->item_count, sizeof *r->lab->items))
        return false;
    r->item = &r->lab->items[r->lab->item_count++];
    r->item->visibility = r->visibility;
    r->item->folder = r->folder;
    set_text(&r->item->name, line + 1);
    set_text(&r->item->title, line + 1);
    return true;
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        text[--n] = '\0';
    return text;
}

static bool read_line(struct reader *r, char *text)
{
    char *line = trimmed(text), *equals = strchr(line, '=');
    if (line[0] == '\0' || line[0] == '#')
        return true;
    if (line[0] == '[')
        return begin_item(r, line);
    if (equals == NULL)
        return complain(r, "a line is KEY = VALUE or [ITEM], not '%s'", line);
    *equals = '\0';
    char *key = trimmed(line), *value = trimmed(equals + 1);
    if (*value == '\0')
        return complain(r, "'%s' has no value", key);
    return r->item != NULL ? read_item_line(r, key, value) : read_lab_line(r, key, value);
}

bool grading_read(struct lab *lab, const char *folder, enum visibility visibility,
                  struct strbuf *out)
{
    struct reader r = {.lab = lab, .folder = folder, .visibility = visibility, .out = out};
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    strbuf_addf(&r.path, "%s/grading", folder);
    FILE *f = fopen(strbuf_text(&r.path), "r");
    if (f == NULL)
        strbuf_addf(out, "cannot read '%s': %s\n", strbuf_text(&r.path), strerror(errno));
    while (f != NULL && good && getline(&line, &room, f) >= 0) {
        r.line++;
        good = read_line(&r, line);
    }
    if (f != NULL)
        fclose(f);
    free(line);
    strbuf_free(&r.path);
    return f != NULL && good;
}
