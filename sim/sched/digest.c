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

void digest_add_bytes(struct digest *d, const void *bytes, size_t n)
{
    const char *at = bytes;
    digest_add(d, n);
    for (; n >= 8; n -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        digest_add(d, word);
    }
    if (n == 0)
        return; /* there need be no bytes at all */
    uint64_t rest = 0;
    if (n == 0)
        return;
    memcpy(&rest, at, n);
    digest_add(d, rest);
}
