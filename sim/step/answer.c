/* answer.c - see answer.h. */
#include "sim/step/answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

/* What has been written, in the one form that is compared: a letter for its sort, and its value. */
enum sort {
    SORT_NUMBER = 'n',
    SORT_BYTES = 'b', /* in quotes */
    SORT_EOF = 'e',
    SORT_ERROR = 'x',  /* EPIPE */
    SORT_KILLED = 'k', /* SIGPIPE */
    SORT_SLEEPS = 's',
    SORT_NEVER = 'f', /* not at all */
    SORT_NO = 'o',
    SORT_EMPTY = 'y', /* the word */
    SORT_EXITED = 'q',
    SORT_WORD = 'w' /* anything else */
};

struct meaning {
    enum sort sort;
    struct strbuf value;
};

void answer_free(struct answer *a)
{
    strbuf_free(&a->text);
}

/* -- words ------------------------------------------------------------------------------------- */

/* The text behind `word`, if it begins with that in any case, and the word ends there. */
static const char *after_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    if (strncasecmp(text, word, n) != 0 || isalnum((unsigned char)text[n]) || text[n] == '_')
        return NULL;
    text += n;
    return text + strspn(text, " \t");
}

static const char *skip_words(const char *text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *rest = after_word(text, words[i]);
        if (rest != NULL && *rest != '\0') {
            text = rest;
            i = (size_t)-1; /* from the first word again */
        }
    }
    return text;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcasecmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

static const struct {
    enum sort sort;
    const char *words[10];
} known[] = {
    {SORT_EOF, {"eof", "end of file", "end-of-file", NULL}},
    {SORT_SLEEPS,
     {"sleeps", "sleep", "asleep", "falls asleep", "it sleeps", "blocks", "blocked", "block",
      "is asleep", NULL}},
    {SORT_NEVER,
     {"never", "never returns", "does not return", "for ever", "forever", "until never", NULL}},
    {SORT_NO, {"no", "not", "does not sleep", "it does not", "does not", NULL}},
    {SORT_EMPTY, {"empty", "nothing", "none", "no bytes", NULL}},
    {SORT_EXITED, {"exited", "exits", "exit", "it has exited", "has exited", "ended", NULL}},
};

static bool means_known_word(const char *text, struct meaning *m)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (is_one_of(text, known[i].words)) {
            m->sort = known[i].sort;
            return true;
        }
    }
    return false;
}

/* -- values ------------------------------------------------------------------------------------ */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A byte of a string in quotes, as the scenario language writes it. */
static const char *add_byte(const char *at, struct strbuf *out)
{
    static const char letters[] = "n\nt\tr\r0\0";
    if (at[0] != '\\' || at[1] == '\0') {
        strbuf_add_char(out, at[0]);
        return at + 1;
    }
    if (at[1] == 'x' && hex(at[2]) >= 0 && hex(at[3]) >= 0) {
        strbuf_add_char(out, (char)(hex(at[2]) * 16 + hex(at[3])));
        return at + 4;
    }
    char c = at[1];
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if (at[1] == letters[i])
            c = letters[i + 1];
    }
    strbuf_add_char(out, c);
    return at + 2;
}

static bool means_bytes(const char *text, struct meaning *m)
{
    size_t n = strlen(text);
    char quote = text[0];
    if ((quote != '"' && quote != '\'') || n < 2 || text[n - 1] != quote)
        return false;
    m->sort = SORT_BYTES;
    for (const char *at = text + 1; at < text + n - 1;)
        at = add_byte(at, &m->value);
    return true;
}

static bool means_number(const char *text, struct meaning *m)
{
    static const char *const before[] = {"line", "tick", "at", "until", "yes", "in", "on", NULL};
    static const char *const after[] = {"byte", "bytes", "tick", "ticks", "times", "", NULL};
    char *end;
    text = skip_words(text, before);
    while (*text == ',' || *text == ' ')
        text++;
    text = skip_words(text, before);
    size_t sign = *text == '-' || *text == '+';
    if (!isdigit((unsigned char)text[sign]))
        return false;
    long long n = strtoll(text, &end, 10);
    if (*end != ' ' && *end != '\0')
        return false;
    end += strspn(end, " ");
    if (!is_one_of(end, after))
        return false;
    m->sort = SORT_NUMBER;
    strbuf_add_int(&m->value, n);
    return true;
}

static void add_upper(const char *text, struct strbuf *out)
{
    for (; *text != '\0'; text++)
        strbuf_add_char(out, (char)toupper((unsigned char)*text));
}

/* EPIPE, -EPIPE, -1 EPIPE; SIGPIPE, killed SIGPIPE, killed by SIGPIPE. */
static bool means_name(const char *text, const char *prefix, const char *const *before,
                       enum sort sort, struct meaning *m)
{
    const char *name = skip_words(text, before);
    size_t n = strlen(prefix);
    if (*name == '-')
        name++;
    if (strncasecmp(name, prefix, n) != 0 || strlen(name) < n + 2 ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ12")] != '\0')
        return false;
    m->sort = sort;
    add_upper(name, &m->value);
    return true;
}

static struct meaning meaning_of(const char *text)
{
    static const char *const before_error[] = {"-1", "fails", "with", "error", NULL};
    static const char *const before_signal[] = {"killed", "dies", "by", "of", "is", NULL};
    struct meaning m = {SORT_WORD, {0}};
    if (means_bytes(text, &m) || means_known_word(text, &m) || means_number(text, &m) ||
        means_name(text, "SIG", before_signal, SORT_KILLED, &m))
        return m;
    if (!means_name(text, "E", before_error, SORT_ERROR, &m))
        strbuf_add(&m.value, text);
    return m;
}

/* -- comparing --------------------------------------------------------------------------------- */

static bool same_bytes(const struct strbuf *a, const struct strbuf *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

static bool same_word(const struct strbuf *a, const struct strbuf *b)
{
    return strcasecmp(strbuf_text(a), strbuf_text(b)) == 0;
}

static bool is_number(const struct meaning *m, const char *number)
{
    return m->sort == SORT_NUMBER && strcmp(strbuf_text(&m->value), number) == 0;
}

/* A read's end of file is 0 bytes, as C and the scenario language have it. */
static bool is_end_of_file(const struct meaning *given)
{
    return given->sort == SORT_EOF || is_number(given, "0") ||
           (given->sort == SORT_BYTES && given->value.length == 0);
}

/* In quotes; or bare, when it is nothing else. */
static bool are_bytes(const struct meaning *right, const struct meaning *given)
{
    if (given->sort != SORT_BYTES && given->sort != SORT_WORD)
        return right->value.length == 0 && given->sort == SORT_EMPTY;
    return same_bytes(&right->value, &given->value) &&
           (given->sort == SORT_BYTES || given->value.length > 0);
}

/* "asleep on p.not_empty", "in wait". */
static bool is_state(const char *right, const char *given)
{
    static const char *const before[] = {"it",      "is", "asleep", "sleeps", "sleeping",
                                         "blocked", "on", "in",     NULL};
    return strcasecmp(right, skip_words(given, before)) == 0;
}

static bool matches(enum answer_kind kind, const char *right_text, const struct meaning *right,
                    const char *given_text, const struct meaning *given)
{
    if (kind == ANSWER_NAME)
        return strcmp(right_text, given_text) == 0;
    switch (right->sort) {
    case SORT_EOF: return is_end_of_file(given);
    case SORT_BYTES: return are_bytes(right, given);
    case SORT_WORD: return is_state(right_text, given_text);
    case SORT_NUMBER:
    case SORT_ERROR:
    case SORT_KILLED: return given->sort == right->sort && same_word(&right->value, &given->value);
    case SORT_NEVER:
        return given->sort == SORT_NEVER || (kind == ANSWER_RESULT && given->sort == SORT_SLEEPS);
    case SORT_SLEEPS:
    case SORT_NO:
    case SORT_EMPTY:
    case SORT_EXITED: break;
    }
    return given->sort == right->sort;
}

bool answer_accepts(const struct answer *a, const char *given)
{
    struct strbuf text = {0};
    given += strspn(given, " \t=");
    strbuf_add(&text, given);
    while (text.length > 0 && strchr(" \t\r\n", text.bytes[text.length - 1]) != NULL)
        text.bytes[--text.length] = '\0';
    struct meaning right = meaning_of(strbuf_text(&a->text));
    struct meaning meant = meaning_of(strbuf_text(&text));
    bool same = text.length > 0 &&
                matches(a->kind, strbuf_text(&a->text), &right, strbuf_text(&text), &meant);
    strbuf_free(&right.value);
    strbuf_free(&meant.value);
    strbuf_free(&text);
    return same;
}
