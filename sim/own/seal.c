/* seal.c - see seal.h. */
#include "sim/own/seal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int seal_new_key(struct seal_key *key)
{
    int fd = open("/dev/urandom", O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, key, sizeof *key);
    if (fd >= 0)
        close(fd);
    return n == (ssize_t)sizeof *key ? 0 : -1;
}

static uint64_t turned(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void rounds(uint64_t *v, int count)
{
    for (; count > 0; count--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turned(v[1], 13) ^ v[0];
        v[3] = turned(v[3], 16) ^ v[2];
        v[0] = turned(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = turned(v[1], 17) ^ v[2];
        v[3] = turned(v[3], 21) ^ v[0];
        v[2] = turned(v[2], 32);
    }
}

static void add(uint64_t *v, uint64_t word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

uint64_t seal_of(const struct seal_key *key, uint64_t number, const void *bytes, size_t n)
{
    uint64_t v[4] = {key->a ^ 0x736f6d6570736575, key->b ^ 0x646f72616e646f6d,
                     key->a ^ 0x6c7967656e657261, key->b ^ 0x7465646279746573};
    const unsigned char *at = bytes;
    uint64_t last = (uint64_t)(n + sizeof number) << 56;
    add(v, number);
    for (; n >= 8; n -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        add(v, word);
    }
    for (size_t i = 0; i < n; i++)
        last |= (uint64_t)at[i] << 8 * i;
    add(v, last);
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
