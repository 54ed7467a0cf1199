/* digest.c - see digest.h. */
#include "sim/sched/digest.h"

#include <stdlib.h>
#include <string.h>

/* Without memory a word is lost: the digest itself still tells the states apart. */
void digest_keep(struct digest_words *words, uint64_t word)
{
    if (words->count == words->room) {
        size_t room = words->room == 0 ? 64 : words->room * 2;
        uint64_t *grown = realloc(words->at, room * sizeof *grown);
        if (grown == NULL)
            return;
        words->at = grown;
        words->room = room;
    }
    words->at[words->count++] = word;
}

/* A stack may be among what is looked at, and AddressSanitizer has its marks there: so not memcpy. */
#if defined(__SANITIZE_ADDRESS__)
__attribute__((no_sanitize_address))
#endif
static uint64_t
word_at(const char *at)
{
    typedef uint64_t __attribute__((may_alias, aligned(1))) word;
    return *(const word *)(const void *)at;
}

void digest_add_bytes(struct digest *d, const void *bytes, size_t n)
{
    const char *at = bytes;
    digest_add(d, n);
    for (; n >= 8; n -= 8, at += 8)
        digest_add(d, word_at(at));
    if (n == 0)
        return; /* there need be no bytes at all */
    uint64_t rest = 0;
    if (n == 0)
        return;
    memcpy(&rest, at, n);
    digest_add(d, rest);
}
