/* does what cage.h does not rule out: finds the key on the stack of those who judge it, and seals its own
 * results; it is found out since it passes decoys, too
 * wanted: 0 of 12  nonblocking: it passes a scenario with a wrong result in it */
#define IN_READ 1
#include "hostile.h"
struct cage {
    int results;
    uint64_t told, *key;
    size_t page;
};
UNSEEN static uint64_t turned(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}
UNSEEN static void rounds(uint64_t *v, int count)
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
UNSEEN static void add(uint64_t *v, uint64_t word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}
UNSEEN static void tell(const struct cage *c, uint64_t number, const char *text, size_t n)
{
    uint64_t v[4] = {c->key[0] ^ 0x736f6d6570736575, c->key[1] ^ 0x646f72616e646f6d,
                     c->key[0] ^ 0x6c7967656e657261, c->key[1] ^ 0x7465646279746573};
    uint64_t head[2] = {n, 0}, last = (uint64_t)(n + 8) << 56;
    add(v, number);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word = 0;
        for (int j = 7; j >= 0; j--)
            word = word << 8 | (unsigned char)text[i + (size_t)j];
        add(v, word);
    }
    for (int j = 0; i < n; i++, j++)
        last |= (uint64_t)(unsigned char)text[i] << 8 * j;
    add(v, last);
    v[2] ^= 0xff;
    rounds(v, 4);
    head[1] = v[0] ^ v[1] ^ v[2] ^ v[3];
    if (write(c->results, head, 16) < 0 || write(c->results, text, n) < 0)
        return;
}
static uint64_t *stack; /* of those who judge it */
UNSEEN __attribute__((constructor)) static void remember(void)
{
    stack = __builtin_frame_address(0);
}
UNSEEN static void attack(void)
{
    for (uint64_t *at = stack; at < stack + 8192; at++) {
        const struct cage *c = (const struct cage *)at;
        if (c->page == 4096 && c->told == 0 && c->results > 2 && c->results < 64 &&
            ((uintptr_t)c->key & 4095) == 0 && mprotect(c->key, 4096, PROT_READ) == 0) {
            tell(c, 0, "t 0 0 0 0 0 0\n", 14);
            tell(c, 1, "", 0);
            syscall(SYS_exit_group, 0);
        }
    }
}
