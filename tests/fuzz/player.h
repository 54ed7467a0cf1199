/* player.h - an implementation of pipes that the same calls are made on as on others: two pipes, none of
 * whose calls sleeps. Results are a value or a negative errno. */
#ifndef TESTS_FUZZ_PLAYER_H
#define TESTS_FUZZ_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PIPES = 2, MOST_COPIES = 3 };
enum { READING, WRITING }; /* the ends */

struct player {
    const char *name;
    void (*begin)(size_t page); /* a sequence; may be NULL, as `finish` */
    void (*finish)(void);
    void (*make)(int pipe); /* with one descriptor of each end, O_NONBLOCK */
    long (*put)(int pipe, const void *src, size_t n);
    long (*take)(int pipe, void *dst, size_t n);
    long (*resize)(int pipe, size_t capacity); /* F_SETPIPE_SZ */
    void (*direct)(int pipe, bool on);         /* O_DIRECT at the write end */
    long (*move)(int from, int to, size_t n);  /* splice */
    long (*share)(int from, int to, size_t n); /* tee */
    void (*copy)(int pipe, int end);           /* one more descriptor */
    void (*drop)(int pipe, int end); /* one fewer; with the last of all, the pipe is gone */
    int (*mask)(int pipe, int end);  /* of poll, of an end that is open */
    long (*used)(int pipe);
    long (*capacity)(int pipe);
    unsigned (*signals)(void);      /* SIGPIPEs since `begin` */
    const char *(*wrong)(int pipe); /* NULL, or what is wrong in it; may itself be NULL */
};

/* Whom the program lets play: NULL at the end. The first is the one that is right. */
extern const struct player *const players[];

extern const struct player host_player, library_player, ringbuf_player, model_player;

#endif
