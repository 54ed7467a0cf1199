/* calls.h - what a pipe of your own can ask of pipesim: every call that a C library would have made, with its
 * place and text. */
#ifndef PIPESIM_CALLS_H
#define PIPESIM_CALLS_H

#include <stddef.h>
#include <time.h>

/* A pthread_mutex_t, sem_t or the like: what is in it is pipesim's own, within the size that it has. All zero
 * is as good as initialized, as with the static initializers. */
struct pipesim_sync;
struct pipe;

/* Lies on the stack of whoever has pushed it. */
struct pipesim_cleanup {
    void (*function)(void *);
    void *arg;
    struct pipesim_cleanup *before;
};

/* What `site` says: "my_pipe.c:41 pthread_mutex_lock(&p->lock)". */
struct pipesim_calls {
    const char *(*site)(const void *from, const char *function); /* of a call that returns to there */

    void *(*allocate)(size_t n, const char *site);
    void *(*allocate_zeros)(size_t count, size_t n, const char *site);
    void *(*allocate_aligned)(size_t alignment, size_t n, const char *site);
    void *(*resize)(void *old, size_t n, const char *site);
    void (*release)(void *memory, const char *site);
    void *(*move)(void *to, const void *from, size_t n); /* the C library's own */
    void *(*fill)(void *to, int byte, size_t n);
    int (*compare)(const void *a, const void *b, size_t n);

    int (*mutex_init)(struct pipesim_sync *m, const void *attributes, const char *site);
    int (*mutex_destroy)(struct pipesim_sync *m, const char *site);
    int (*mutex_lock)(struct pipesim_sync *m, const char *site);
    int (*mutex_trylock)(struct pipesim_sync *m, const char *site);
    int (*mutex_timedlock)(struct pipesim_sync *m, const struct timespec *until, const char *site);
    int (*mutex_unlock)(struct pipesim_sync *m, const char *site);
    int (*spin_init)(struct pipesim_sync *m, const char *site);
    int (*spin_destroy)(struct pipesim_sync *m, const char *site);
    int (*spin_lock)(struct pipesim_sync *m, const char *site);
    int (*spin_trylock)(struct pipesim_sync *m, const char *site);
    int (*spin_unlock)(struct pipesim_sync *m, const char *site);
    int (*cond_init)(struct pipesim_sync *c, const char *site);
    int (*cond_destroy)(struct pipesim_sync *c, const char *site);
    int (*cond_wait)(struct pipesim_sync *c, struct pipesim_sync *m, const char *site);
    int (*cond_timedwait)(struct pipesim_sync *c, struct pipesim_sync *m,
                          const struct timespec *until, const char *site);
    int (*cond_signal)(struct pipesim_sync *c, const char *site);
    int (*cond_broadcast)(struct pipesim_sync *c, const char *site);

    int (*sem_init)(struct pipesim_sync *s, unsigned value, const char *site);
    int (*sem_destroy)(struct pipesim_sync *s, const char *site);
    int (*sem_wait)(struct pipesim_sync *s, const char *site);
    int (*sem_timedwait)(struct pipesim_sync *s, const struct timespec *until, const char *site);
    int (*sem_trywait)(struct pipesim_sync *s, const char *site);
    int (*sem_post)(struct pipesim_sync *s, const char *site);
    int (*sem_getvalue)(struct pipesim_sync *s, int *value, const char *site);

    int (*rwlock_init)(struct pipesim_sync *l, const char *site);
    int (*rwlock_destroy)(struct pipesim_sync *l, const char *site);
    int (*rwlock_lock)(struct pipesim_sync *l, int writes, const char *site);
    int (*rwlock_timedlock)(struct pipesim_sync *l, int writes, const struct timespec *until,
                            const char *site);
    int (*rwlock_trylock)(struct pipesim_sync *l, int writes, const char *site);
    int (*rwlock_unlock)(struct pipesim_sync *l, const char *site);

    int (*barrier_init)(struct pipesim_sync *b, unsigned count, const char *site);
    int (*barrier_wait)(struct pipesim_sync *b, const char *site);
    int (*barrier_destroy)(struct pipesim_sync *b, const char *site);
    int (*once)(struct pipesim_sync *o, void (*function)(void), const char *site);

    int (*thread_create)(unsigned long *thread, void *(*function)(void *), void *arg,
                         const char *function_text, const char *site);
    int (*thread_join)(unsigned long thread, void **result, const char *site);
    int (*thread_detach)(unsigned long thread, const char *site);
    void (*thread_exit)(void *result, const char *site);
    void (*cleanup_push)(struct pipesim_cleanup *c);
    void (*cleanup_pop)(int execute);
    int (*key_create)(unsigned *key, void (*freer)(void *));
    int (*key_delete)(unsigned key);
    void *(*getspecific)(unsigned key);
    int (*setspecific)(unsigned key, const void *value);

    void *(*local)(size_t offset); /* a thread-local variable */

    unsigned long (*self)(void);
    int (*yield)(const char *site);
    int (*clock)(struct timespec *now);
    /* What it prints: bytes for a FILE; NULL is standard output. */
    void (*prints)(void *file, const char *bytes, size_t n);
    void (*refuses)(const char *what, const char *site); /* a call that it must not make: ends the run */

    /* Every access of your code to memory that others may see (the compiler's hooks). */
    void (*reads)(const void *at, size_t n, const void *from);
    void (*writes)(const void *at, size_t n, const void *from);
    void (*reads_atomically)(const void *at, size_t n, const void *from);
    void (*writes_atomically)(const void *at, size_t n, const void *from);

    void (*begins)(const void *from); /* a function */
    void (*enters)(void); /* pipe_new, or pipe_free, */
    void (*leaves)(int pipes); /* and there are so many pipes more */
    void (*made)(const struct pipe *p); /* what pipe_new has given */
    void (*unmade)(const struct pipe *p);
    void (*returns)(const char *function, long result, size_t asked);
    /* pipe_used, asked from outside: what it writes is taken back. SIZE_MAX: it does not say. */
    size_t (*look)(size_t (*used)(struct pipe *p), struct pipe *p);
};
extern const struct pipesim_calls *pipesim_calls;

/* A function of beside.c, as rebind.h has it. */
struct pipesim_function {
    const char *name;
    void *function;
};

#define PIPESIM_LINE_(line) #line
#define PIPESIM_LINE(line)  PIPESIM_LINE_(line)
#define PIPESIM_AT(text)    __FILE__ ":" PIPESIM_LINE(__LINE__) " " text

#endif
