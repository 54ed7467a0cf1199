/* pipe.c - the monitor. The interface and the invariants I1..I4 are in pipe.h; docs/monitor.md
 * argues that they hold.
 *
 * How to read it: pipe_read and pipe_write each wait in a loop for a named condition (readable,
 * writable), copy, and leave. Whoever makes a condition true for a sleeper wakes it: wake_readers
 * and wake_writers say when that is. A sleeper that was woken and leaves with something left over
 * hands the wake-up on. Lines with patience_ in them only make it faster: skip them. */
#include "ringbuf/pipe.h"

#include "ringbuf/patience.h"
#include "ringbuf/ring.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct pipe {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    struct ring ring;
    size_t atomic;
    unsigned readers, writers; /* open ends */

    unsigned sleeping_readers, sleeping_writers; /* inside pthread_cond_wait, woken or not */
    size_t least_need, most_need; /* bytes; what the sleeping writers need lies between the two */

    struct patience patience;
    const struct pipe_hooks *hooks; /* borrowed; may be NULL */
    void *ctx;
};

/* -- what is waited for ------------------------------------------------------------------------ */

static bool readable(const struct pipe *p)
{
    return ring_used(&p->ring) > 0 || p->writers == 0;
}

static bool writable(const struct pipe *p, size_t need)
{
    return ring_free(&p->ring) >= need || p->readers == 0;
}

static size_t atomic_limit(const struct pipe *p)
{
    return p->atomic < p->ring.capacity ? p->atomic : p->ring.capacity;
}

/* The room that a write of n bytes waits for (see pipe.h, "What a writer needs"). */
static size_t need_of(const struct pipe *p, size_t n)
{
    return n <= atomic_limit(p) ? n : 1;
}

/* -- the hooks --------------------------------------------------------------------------------- */

static void tell_data(struct pipe *p, enum pipe_event_kind kind, const void *data, size_t bytes)
{
    if (p->hooks == NULL || p->hooks->observe == NULL)
        return;
    struct pipe_event event = {
        .kind = kind,
        .data = data,
        .bytes = bytes,
        .used = ring_used(&p->ring),
        .capacity = p->ring.capacity,
        .readers = p->readers,
        .writers = p->writers,
    };
    p->hooks->observe(p->ctx, &event);
}

static void tell(struct pipe *p, enum pipe_event_kind kind)
{
    tell_data(p, kind, NULL, 0);
}

static bool interrupted(struct pipe *p)
{
    return p->hooks != NULL && p->hooks->interrupted != NULL && p->hooks->interrupted(p->ctx);
}

static void used_has_changed(struct pipe *p)
{
    if (p->readers == 0 || p->writers == 0)
        patience_tell(&p->patience, PATIENCE_NO_WAITING, PATIENCE_NO_WAITING);
    else
        patience_tell(&p->patience, ring_used(&p->ring), ring_free(&p->ring));
}

/* -- who wakes whom ---------------------------------------------------------------------------- */

static void wake_one_reader(struct pipe *p)
{
    if (p->sleeping_readers == 0)
        return;
    tell(p, PIPE_WAKES_READER);
    pthread_cond_signal(&p->not_empty);
}

static void wake_all_readers(struct pipe *p)
{
    if (p->sleeping_readers == 0)
        return;
    tell(p, PIPE_WAKES_READERS);
    pthread_cond_broadcast(&p->not_empty);
}

static void wake_all_writers(struct pipe *p)
{
    if (p->sleeping_writers == 0)
        return;
    p->least_need = SIZE_MAX; /* whoever sleeps again registers its need again */
    p->most_need = 0;
    tell(p, PIPE_WAKES_WRITERS);
    pthread_cond_broadcast(&p->not_full);
}

/* Sleeping writers are alike when all need the same room: then one is as good as another, and one
 * signal is enough. A signal might else hit one whose need is not met while another's is, and that
 * other would sleep on: so wake them all. */
static void wake_writers_that_fit(struct pipe *p)
{
    if (p->sleeping_writers == 0 || ring_free(&p->ring) < p->least_need)
        return;
    if (p->least_need != p->most_need) {
        wake_all_writers(p);
        return;
    }
    tell(p, PIPE_WAKES_WRITER);
    pthread_cond_signal(&p->not_full);
}

/* Bytes have come in. Only the first into an empty pipe wake a reader: if there were some before, a
 * woken reader is already on its way (I3), and will hand the wake-up on if it leaves any behind. */
static void bytes_have_come(struct pipe *p, size_t used_before)
{
    used_has_changed(p);
    if (used_before == 0)
        wake_one_reader(p);
}

/* Room has grown. A sleeper must be woken if its need was not met before and is now. "When it was
 * full" would not do: a writer that needs 4 bytes may sleep while 2 are free, and 2 more make it
 * fit. */
static void room_has_grown(struct pipe *p, size_t free_before)
{
    used_has_changed(p);
    if (free_before < p->most_need)
        wake_writers_that_fit(p);
}

/* -- reading ----------------------------------------------------------------------------------- */

static size_t take(struct pipe *p, void *dst, size_t n)
{
    size_t free_before = ring_free(&p->ring);
    size_t taken = ring_take(&p->ring, dst, n);
    if (taken > 0) {
        tell_data(p, PIPE_TOOK, dst, taken);
        room_has_grown(p, free_before);
    }
    return taken;
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    ssize_t result = 0;
    bool slept = false;

    if (n == 0)
        return 0;
    if (!patience_takes(&p->lock))
        pthread_mutex_lock(&p->lock);
    if (!(flags & PIPE_NONBLOCK))
        patience_for_bytes(&p->patience, &p->lock);
    while (!readable(p)) {
        result = flags & PIPE_NONBLOCK ? -EAGAIN : interrupted(p) ? -EINTR : 0;
        if (result != 0)
            break;
        slept = true;
        p->sleeping_readers++;
        tell(p, PIPE_READER_SLEEPS);
        pthread_cond_wait(&p->not_empty, &p->lock);
        p->sleeping_readers--;
        tell(p, PIPE_READER_RETURNS);
    }
    if (result == 0)
        result = (ssize_t)take(p, dst, n); /* nothing to take: end of file */
    if (slept && ring_used(&p->ring) > 0)
        wake_one_reader(p); /* it was woken, and leaves bytes behind: the next one's turn */
    pthread_mutex_unlock(&p->lock);
    return result;
}

/* -- writing ----------------------------------------------------------------------------------- */

static size_t put(struct pipe *p, const void *src, size_t n)
{
    size_t used_before = ring_used(&p->ring);
    size_t written = ring_put(&p->ring, src, n);
    tell_data(p, PIPE_PUT, src, written);
    bytes_have_come(p, used_before);
    return written;
}

static void register_need(struct pipe *p, size_t need)
{
    if (p->sleeping_writers == 0) {
        p->least_need = SIZE_MAX;
        p->most_need = 0;
    }
    p->least_need = need < p->least_need ? need : p->least_need;
    p->most_need = need > p->most_need ? need : p->most_need;
}

/* Sleeps until a write of n bytes can go on. 0, -EPIPE, -EAGAIN or -EINTR. Sets *slept. */
static int await_room(struct pipe *p, size_t n, int flags, bool *slept)
{
    if (!(flags & PIPE_NONBLOCK))
        patience_for_room(&p->patience, &p->lock, need_of(p, n));
    while (!writable(p, need_of(p, n))) {
        if (flags & PIPE_NONBLOCK)
            return -EAGAIN;
        if (interrupted(p))
            return -EINTR;
        *slept = true;
        register_need(p, need_of(p, n));
        p->sleeping_writers++;
        tell_data(p, PIPE_WRITER_SLEEPS, NULL, need_of(p, n));
        pthread_cond_wait(&p->not_full, &p->lock);
        p->sleeping_writers--;
        tell(p, PIPE_WRITER_RETURNS);
    }
    if (p->readers > 0)
        return 0;
    tell(p, PIPE_BROKEN);
    return -EPIPE;
}

ssize_t pipe_write(struct pipe *p, const void *src, size_t n, int flags)
{
    size_t done = 0;
    int error = 0;
    bool slept = false;

    if (n == 0)
        return 0;
    if (!patience_takes(&p->lock))
        pthread_mutex_lock(&p->lock);
    while (done < n && (error = await_room(p, n, flags, &slept)) == 0)
        done += put(p, (const unsigned char *)src + done, n - done);
    if (slept && p->readers > 0)
        wake_writers_that_fit(p); /* it was woken, and leaves room behind: the next one's turn */
    pthread_mutex_unlock(&p->lock);
    return done > 0 ? (ssize_t)done : error;
}

/* -- ends -------------------------------------------------------------------------------------- */

void pipe_open_reader(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    assert(p->readers > 0);
    p->readers++;
    tell(p, PIPE_READER_OPENED);
    pthread_mutex_unlock(&p->lock);
}

void pipe_open_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    assert(p->writers > 0);
    p->writers++;
    tell(p, PIPE_WRITER_OPENED);
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_reader(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    assert(p->readers > 0);
    p->readers--;
    tell(p, PIPE_READER_CLOSED);
    if (p->readers == 0) {
        used_has_changed(p);
        wake_all_writers(p); /* each of them must now get EPIPE (I4) */
    }
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    assert(p->writers > 0);
    p->writers--;
    tell(p, PIPE_WRITER_CLOSED);
    if (p->writers == 0) {
        used_has_changed(p);
        wake_all_readers(p); /* each of them must now see end of file (I4) */
    }
    pthread_mutex_unlock(&p->lock);
}

/* -- asking and changing ----------------------------------------------------------------------- */

int pipe_poll(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    int mask = 0;
    if (ring_used(&p->ring) > 0)
        mask |= PIPE_IN;
    if (ring_free(&p->ring) >= atomic_limit(p))
        mask |= PIPE_OUT;
    if (p->writers == 0)
        mask |= PIPE_HUP;
    if (p->readers == 0)
        mask |= PIPE_ERR;
    pthread_mutex_unlock(&p->lock);
    return mask;
}

size_t pipe_used(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t used = ring_used(&p->ring);
    pthread_mutex_unlock(&p->lock);
    return used;
}

size_t pipe_capacity(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t capacity = p->ring.capacity;
    pthread_mutex_unlock(&p->lock);
    return capacity;
}

int pipe_set_capacity(struct pipe *p, size_t capacity)
{
    if (capacity == 0 || capacity > INT_MAX)
        return -EINVAL;
    pthread_mutex_lock(&p->lock);
    int error = ring_resize(&p->ring, capacity);
    if (error == 0) {
        tell(p, PIPE_RESIZED);
        used_has_changed(p);
        wake_all_writers(p); /* there may be more room, or less that counts as atomic */
    }
    pthread_mutex_unlock(&p->lock);
    return error == 0 ? (int)capacity : error;
}

void pipe_interrupt(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    wake_all_readers(p);
    wake_all_writers(p);
    pthread_mutex_unlock(&p->lock);
}

void pipe_state(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                void *ctx)
{
    bool needs = p->sleeping_writers > 0; /* else they are stale */
    uint64_t words[] = {p->ring.capacity,
                        p->atomic,
                        ring_used(&p->ring),
                        p->readers,
                        p->writers,
                        p->sleeping_readers,
                        p->sleeping_writers,
                        needs ? p->least_need : 0,
                        needs ? p->most_need : 0};
    add(ctx, words, sizeof words);
    ring_each_piece(&p->ring, add, ctx);
}

const char *pipe_check(struct pipe *p)
{
    const char *broken = NULL;
    pthread_mutex_lock(&p->lock);
    if (p->ring.taken > p->ring.written || ring_used(&p->ring) > p->ring.capacity)
        broken = "I1: the ring's counters are out of order";
    if (p->sleeping_writers > 0 && p->least_need <= p->most_need && p->most_need > atomic_limit(p))
        broken = "a sleeping writer needs more room than can ever be asked for";
    pthread_mutex_unlock(&p->lock);
    return broken;
}

/* -- making and freeing ------------------------------------------------------------------------ */

struct pipe *pipe_new(const struct pipe_options *options)
{
    static const struct pipe_options defaults;
    const struct pipe_options *o = options != NULL ? options : &defaults;
    struct pipe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    if (ring_init(&p->ring, o->capacity != 0 ? o->capacity : PIPE_DEFAULT_CAPACITY) != 0) {
        free(p);
        return NULL;
    }
    p->atomic = o->atomic != 0 ? o->atomic : PIPE_DEFAULT_ATOMIC;
    p->readers = 1;
    p->writers = 1;
    p->hooks = o->hooks;
    p->ctx = o->ctx;
    patience_init(&p->patience);
    used_has_changed(p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    pthread_cond_init(&p->not_full, NULL);
    return p;
}

void pipe_free(struct pipe *p)
{
    if (p == NULL)
        return;
    pthread_cond_destroy(&p->not_full);
    pthread_cond_destroy(&p->not_empty);
    pthread_mutex_destroy(&p->lock);
    ring_fini(&p->ring);
    free(p);
}
