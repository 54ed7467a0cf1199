/* lex.c - see lex.h. */
#include "sim/script/lex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct lexer {
    const struct source *source;
    struct diag_list *diags;
    size_t at;
    bool line_is_bad; /* a stray byte was reported on this line: one message is enough */
};

static int byte_at(const struct lexer *l, size_t at)
{
    return at < l->source->size ? (unsigned char)l->source->text[at] : -1;
}

static bool name_start(int c)
{
    return c == '_' || (c >= 0 && c < 128 && isalpha(c));
}

static bool name_byte(int c)
{
    return c == '_' || (c >= 0 && c < 128 && isalnum(c));
}

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static void error(struct lexer *l, size_t at, size_t length, const char *message)
{
    diag_add(l->diags, DIAG_ERROR, (struct span){at, length}, "%s", message);
}

static void skip_blanks(struct lexer *l)
{
    for (;;) {
        int c = byte_at(l, l->at);
        if (c == '#') {
            while (l->at < l->source->size && byte_at(l, l->at) != '\n')
                l->at++;
        } else if (c == ' ' || c == '\t' || (c == '\r' && byte_at(l, l->at + 1) == '\n')) {
            l->at++;
        } else {
            return;
        }
    }
}

/* -- strings and characters ------------------------------------------------------------------- */

/* The escape after the backslash at `at`: its value, and its length with the backslash in *length;
 * -1 when there is no such escape. */
static int escape(const struct lexer *l, size_t at, size_t *length)
{
    static const char letters[] = "n\nt\tr\r0\0\\\\\"\"'\'";
    int c = byte_at(l, at + 1);
    *length = 2;
    for (size_t i = 0; i + 1 < sizeof letters - 1; i += 2) {
        if (c == letters[i])
            return (unsigned char)letters[i + 1];
    }
    int high = hex_value(byte_at(l, at + 2)), low = hex_value(byte_at(l, at + 3));
    if (c != 'x' || high < 0 || low < 0)
        return -1;
    *length = 4;
    return high * 16 + low;
}

static void check_escape(struct lexer *l, size_t *at)
{
    size_t length;
    if (escape(l, *at, &length) < 0) {
        error(l, *at, 2, "there is no such escape in a string");
        diag_add_unplaced(l->diags, DIAG_HELP,
                          "\\n \\t \\r \\0 \\\\ \\\" \\' and \\xHH are the ones");
        length = 2;
    }
    *at += length;
}

static struct token string(struct lexer *l)
{
    size_t start = l->at++;
    int c;
    while ((c = byte_at(l, l->at)) != '"' && c != '\n' && c >= 0) {
        if (c == '\\' && byte_at(l, l->at + 1) >= 0 && byte_at(l, l->at + 1) != '\n')
            check_escape(l, &l->at);
        else
            l->at++;
    }
    if (c == '"')
        l->at++;
    else
        error(l, start, l->at - start, "this string has no closing '\"' on its line");
    return (struct token){TOKEN_STRING, {start, l->at - start}, 0};
}

size_t token_string(const struct source *source, const struct token *t, char *out)
{
    struct lexer l = {.source = source};
    size_t n = 0;
    size_t end = t->place.at + t->place.length - 1;
    for (size_t at = t->place.at + 1; at < end;) {
        size_t length = 1;
        int c = byte_at(&l, at);
        if (c == '\\')
            c = escape(&l, at, &length);
        out[n++] = (char)c;
        at += length;
    }
    return n;
}

static struct token character(struct lexer *l)
{
    size_t start = l->at++;
    size_t length = 1;
    int value = byte_at(l, l->at);
    if (value == '\\')
        value = escape(l, l->at, &length);
    if (value < 0 || byte_at(l, l->at + length) != '\'') {
        error(l, start, 1, "a character is written as one byte between quotes, like 'a' or '\\n'");
        while (byte_at(l, l->at) >= 0 && byte_at(l, l->at) != '\n')
            l->at++; /* where it was meant to end is anybody's guess */
        return (struct token){TOKEN_INTEGER, {start, 1}, 0};
    }
    l->at += length + 1;
    return (struct token){TOKEN_INTEGER, {start, l->at - start}, value};
}

/* -- numbers, names, signs --------------------------------------------------------------------- */

static struct token integer(struct lexer *l)
{
    size_t start = l->at;
    int base = 10;
    int64_t value = 0;
    bool too_large = false;
    if (byte_at(l, l->at) == '0' && (byte_at(l, l->at + 1) | 32) == 'x') {
        base = 16;
        l->at += 2;
    }
    size_t digits = l->at;
    for (int d; (d = hex_value(byte_at(l, l->at))) >= 0 && d < base; l->at++)
        too_large |=
            __builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, d, &value);
    while (name_byte(byte_at(l, l->at))) {
        l->at++;
        digits = l->at; /* reported below */
    }
    if (digits == l->at)
        error(l, start, l->at - start, "this is not a number");
    else if (too_large)
        error(l, start, l->at - start, "this number is too large: 9223372036854775807 is the most");
    return (struct token){TOKEN_INTEGER, {start, l->at - start}, value};
}

static struct token name(struct lexer *l)
{
    size_t start = l->at;
    while (name_byte(byte_at(l, l->at)))
        l->at++;
    return (struct token){TOKEN_NAME, {start, l->at - start}, 0};
}

static void stray_byte(struct lexer *l, size_t at, int c)
{
    if (l->line_is_bad)
        return;
    l->line_is_bad = true;
    if (c >= 0x20 && c < 0x7f)
        diag_add(l->diags, DIAG_ERROR, (struct span){at, 1}, "'%c' means nothing in the language",
                 c);
    else
        diag_add(l->diags, DIAG_ERROR, (struct span){at, 1},
                 "byte 0x%02x can stand only in a string or a comment", (unsigned)c);
    if (c == 0xe2 && byte_at(l, at + 1) == 0x80) /* U+2018 to U+201F, typographic quotes */
        diag_add_unplaced(l->diags, DIAG_HELP, "strings stand in plain quotes: \"");
}

static struct token sign(struct lexer *l)
{
    static const struct {
        char text[3];
        int kind;
    } pairs[] = {{"==", TOKEN_EQUAL},         {"!=", TOKEN_NOT_EQUAL}, {"<=", TOKEN_LESS_EQUAL},
                 {">=", TOKEN_GREATER_EQUAL}, {"&&", TOKEN_AND},       {"||", TOKEN_OR},
                 {"..", TOKEN_RANGE}};
    size_t at = l->at;
    int c = byte_at(l, at), next = byte_at(l, at + 1);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (c == pairs[i].text[0] && next == pairs[i].text[1]) {
            l->at += 2;
            return (struct token){pairs[i].kind, {at, 2}, 0};
        }
    }
    l->at++;
    if (c != '\0' && c < 128 && strchr("(){}[],=<>+-*/%!&|@?.:", c) != NULL)
        return (struct token){c, {at, 1}, 0};
    stray_byte(l, at, c);
    while (byte_at(l, l->at) >= 0x80) /* the rest of the same character */
        l->at++;
    return (struct token){TOKEN_NEWLINE, {at, 1}, 0};
}

static struct token next_token(struct lexer *l)
{
    skip_blanks(l);
    int c = byte_at(l, l->at);
    if (c < 0)
        return (struct token){TOKEN_END, {l->at, 0}, 0};
    if (c == '\n')
        l->line_is_bad = false;
    if (c == '\n' || c == ';')
        return (struct token){TOKEN_NEWLINE, {l->at++, 1}, 0};
    if (c == '"')
        return string(l);
    if (c == '\'')
        return character(l);
    if (isdigit(c))
        return integer(l);
    if (name_start(c))
        return name(l);
    return sign(l);
}

struct token *lex(const struct source *source, struct diag_list *diags)
{
    bool marked = source->size >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0;
    struct lexer l = {source, diags, marked ? 3 : 0, false}; /* past a byte order mark */
    struct token *tokens = NULL;
    size_t count = 0, room = 0;
    do {
        if (count == room) {
            room = room == 0 ? 256 : room * 2;
            struct token *grown = realloc(tokens, room * sizeof *grown);
            if (grown == NULL) {
                free(tokens);
                return NULL;
            }
            tokens = grown;
        }
        tokens[count++] = next_token(&l);
    } while (tokens[count - 1].kind != TOKEN_END);
    return tokens;
}
