/* json_text.c - see json_text.h: one function for each rule of the grammar. */
#include "tests/sim/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at, *end;
    int depth;
};

static bool value(struct reader *r);

static int peek(const struct reader *r)
{
    return r->at < r->end ? (unsigned char)*r->at : -1;
}

static bool accept(struct reader *r, char c)
{
    if (peek(r) != (unsigned char)c)
        return false;
    r->at++;
    return true;
}

static bool word(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool hex4(struct reader *r)
{
    for (int i = 0; i < 4; i++) {
        int c = peek(r);
        if (c < 0 || strchr("0123456789abcdefABCDEF", c) == NULL)
            return false;
        r->at++;
    }
    return true;
}

static bool string(struct reader *r)
{
    if (!accept(r, '"'))
        return false;
    for (;;) {
        int c = peek(r);
        if (c < 0x20 || c >= 0x7f)
            return false;
        r->at++;
        if (c == '"')
            return true;
        if (c != '\\')
            continue;
        c = peek(r);
        if (c < 0 || strchr("\"\\/bfnrtu", c) == NULL)
            return false;
        r->at++;
        if (c == 'u' && !hex4(r))
            return false;
    }
}

static bool digits(struct reader *r)
{
    const char *start = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at > start;
}

static bool number(struct reader *r)
{
    accept(r, '-');
    if (!accept(r, '0') && !digits(r))
        return false;
    return !accept(r, '.') || digits(r);
}

static bool member(struct reader *r)
{
    return string(r) && accept(r, ':') && value(r);
}

static bool list(struct reader *r, char close, bool (*element)(struct reader *))
{
    r->at++;
    if (accept(r, close))
        return true;
    do {
        if (!element(r))
            return false;
    } while (accept(r, ','));
    return accept(r, close);
}

static bool value(struct reader *r)
{
    bool good;
    if (++r->depth > 50)
        return false;
    switch (peek(r)) {
    case '{': good = list(r, '}', member); break;
    case '[': good = list(r, ']', value); break;
    case '"': good = string(r); break;
    case 't': good = word(r, "true"); break;
    case 'f': good = word(r, "false"); break;
    case 'n': good = word(r, "null"); break;
    default: good = number(r);
    }
    r->depth--;
    return good;
}

bool json_is_value(const char *text, size_t n)
{
    struct reader r = {text, text + n, 0};
    return value(&r) && r.at == r.end;
}

static unsigned char escaped(const char **at)
{
    char c = *(*at)++;
    if (c == 'u') {
        char code[5] = {0};
        memcpy(code, *at, 4);
        *at += 4;
        return (unsigned char)strtoul(code, NULL, 16);
    }
    return (unsigned char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
}

long json_string_of(const char *object, const char *key, unsigned char *out, size_t room)
{
    char head[64];
    size_t n = 0;
    snprintf(head, sizeof head, "\"%s\":\"", key);
    const char *at = strstr(object, head);
    if (at == NULL)
        return -1;
    at += strlen(head);
    while (*at != '"' && n < room) {
        char c = *at++;
        out[n++] = c == '\\' ? escaped(&at) : (unsigned char)c;
    }
    return (long)n;
}
