/* pipe.c - the monitor. The interface and the invariants I1..I4 are in pipe.h; docs/monitor.md
 * argues that they hold.
 *
 * How to read it: pipe_read and pipe_write each wait in a loop for a named condition (readable,
 * writable), copy, and leave. Whoever makes a condition true for a sleeper wakes it: wake_readers
 * and wake_writers say when that is. A sleeper that was woken and leaves with something left over
 * hands the wake-up on. Lines with patience_ in them only make it faster: skip them. */
#include "ringbuf/pipe.h"

#include "ringbuf/patience.h"
#include "ringbuf/store.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct pipe {
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t not_empty;
    pthread_cond_t not_full;
    struct store store;
    size_t atomic;
    unsigned readers, writers; /* open ends */

    unsigned sleeping_readers, sleeping_writers; /* inside pthread_cond_wait, woken or not */
    size_t least_need, most_need; /* room; what the sleeping writers need lies between the two */
    struct {
        pthread_cond_t not_empty, not_full;
        unsigned readers, writers; /* asleep on them */
    } transfers; /* splice and tee: no wake-up is used up by them, for each one reaches all */

    enum pipe_waking waking;
    struct patience patience;
    const struct pipe_hooks *hooks; /* borrowed; may be NULL */
    void *ctx;
};

/* -- what is waited for ------------------------------------------------------------------------ */

static bool readable(const struct pipe *p)
{
    return store_used(&p->store) > 0 || p->writers == 0;
}

static bool writable(const struct pipe *p, size_t need)
{
    return store_room(&p->store) >= need || p->readers == 0;
}

static size_t atomic_limit(const struct pipe *p)
{
    size_t capacity = store_capacity(&p->store);
    return p->atomic < capacity ? p->atomic : capacity;
}

/* The room that a write of n bytes waits for (see pipe.h, "What a writer needs"). With slots it is one
 * of them for everybody: all writers are alike. */
static size_t need_of(const struct pipe *p, size_t n)
{
    return p->store.kind == PIPE_BYTES && n > 0 && n <= atomic_limit(p) ? n : 1;
}

/* -- the hooks --------------------------------------------------------------------------------- */

static void tell_observer(struct pipe *p, struct pipe_event event)
{
    event.used = store_used(&p->store);
    event.capacity = store_capacity(&p->store);
    event.readers = p->readers;
    event.writers = p->writers;
    p->hooks->observe(p->ctx, &event);
}

static inline void tell_all(struct pipe *p, struct pipe_event event)
{
    if (p->hooks != NULL && p->hooks->observe != NULL)
        tell_observer(p, event);
}

static void tell(struct pipe *p, enum pipe_event_kind kind)
{
    tell_all(p, (struct pipe_event){.kind = kind});
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
        patience_tell(&p->patience, store_used(&p->store), store_room(&p->store));
}

/* What the flags of a call are by now: another thread may have changed those of the open file. */
static int flags_now(struct pipe *p, int flags)
{
    bool asks = p->hooks != NULL && p->hooks->flags != NULL;
    return asks ? p->hooks->flags(p->ctx, flags) : flags;
}

/* -- who wakes whom ---------------------------------------------------------------------------- */

static void wake_transfers_for_bytes(struct pipe *p)
{
    if (p->transfers.readers == 0)
        return;
    tell(p, PIPE_WAKES_READERS);
    pthread_cond_broadcast(&p->transfers.not_empty);
}

static void wake_transfers_for_room(struct pipe *p)
{
    if (p->transfers.writers == 0)
        return;
    tell(p, PIPE_WAKES_WRITERS);
    pthread_cond_broadcast(&p->transfers.not_full);
}

static void wake_all_readers(struct pipe *p)
{
    if (p->sleeping_readers == 0)
        return;
    tell(p, PIPE_WAKES_READERS);
    pthread_cond_broadcast(&p->not_empty);
}

static void wake_one_reader(struct pipe *p)
{
    if (p->sleeping_readers == 0)
        return;
    if (p->waking == PIPE_WAKE_EVERYBODY) {
        wake_all_readers(p);
        return;
    }
    tell(p, PIPE_WAKES_READER);
    pthread_cond_signal(&p->not_empty);
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

static void wake_one_writer(struct pipe *p)
{
    if (p->sleeping_writers == 0)
        return;
    if (p->waking == PIPE_WAKE_EVERYBODY) {
        wake_all_writers(p);
        return;
    }
    tell(p, PIPE_WAKES_WRITER);
    pthread_cond_signal(&p->not_full);
}

/* Sleeping writers are alike when all need the same room: then one is as good as another, and one
 * signal is enough. A signal might else hit one whose need is not met while another's is, and that
 * other would sleep on: so wake them all. */
static void wake_writers_that_fit(struct pipe *p)
{
    if (p->sleeping_writers == 0 || store_room(&p->store) < p->least_need)
        return;
    if (p->least_need != p->most_need)
        wake_all_writers(p);
    else
        wake_one_writer(p);
}

/* Bytes have come in. Only the first into an empty pipe wake a reader: if there were some before, a
 * woken reader is already on its way (I3), and will hand the wake-up on if it leaves any behind. */
static void bytes_have_come(struct pipe *p, size_t used_before)
{
    used_has_changed(p);
    wake_transfers_for_bytes(p);
    if (used_before == 0)
        wake_one_reader(p);
}

/* Room has grown. A sleeper must be woken if its need was not met before and is now. "When it was
 * full" would not do: a writer that needs 4 bytes may sleep while 2 are free, and 2 more make it
 * fit. */
static void room_has_grown(struct pipe *p, size_t room_before)
{
    used_has_changed(p);
    if (writable(p, 1))
        wake_transfers_for_room(p);
    if (room_before < p->most_need)
        wake_writers_that_fit(p);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* Both give 0 where there is nothing, which is end of file. */
static size_t take(struct pipe *p, void *dst, size_t n)
{
    size_t lost, room_before = store_room(&p->store);
    size_t taken = store_take(&p->store, dst, n, &lost);
    if (taken > 0) {
        tell_all(p,
                 (struct pipe_event){.kind = PIPE_TOOK, .data = dst, .bytes = taken, .lost = lost});
        room_has_grown(p, room_before);
    }
    return taken;
}

static size_t peek(struct pipe *p, void *dst, size_t n)
{
    size_t seen = store_peek(&p->store, dst, n);
    if (seen > 0)
        tell_all(p, (struct pipe_event){.kind = PIPE_PEEKED, .data = dst, .bytes = seen});
    return seen;
}

/* Instead of going to sleep; 0: it sleeps. After a sleep a signal counts first (W8). */
static int why_reader_leaves(struct pipe *p, int flags, bool slept)
{
    if (slept && interrupted(p))
        return -EINTR;
    if (flags_now(p, flags) & PIPE_NONBLOCK)
        return -EAGAIN;
    return interrupted(p) ? -EINTR : 0;
}

ssize_t pipe_read(struct pipe *p, void *dst, size_t n, int flags)
{
    ssize_t result = 0;
    bool slept = false;

    if (n == 0 && !(flags & PIPE_AWAIT))
        return 0;
    if (!patience_takes(&p->lock))
        pthread_mutex_lock(&p->lock);
    if (!(flags & PIPE_NONBLOCK))
        patience_for_bytes(&p->patience, &p->lock);
    while (!readable(p)) {
        result = why_reader_leaves(p, flags, slept);
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
        result = (ssize_t)(flags & PIPE_PEEK ? peek(p, dst, n) : take(p, dst, n));
    if (slept && store_used(&p->store) > 0)
        wake_one_reader(p); /* it was woken, and leaves bytes behind: the next one's turn */
    pthread_mutex_unlock(&p->lock);
    return result;
}

/* -- writing ----------------------------------------------------------------------------------- */

/* How the bytes of a write go in at its beginning, without room: into the last slot (R3). */
static size_t merge(struct pipe *p, const void *src, size_t n)
{
    size_t merged = p->readers > 0 ? store_merge(&p->store, src, n) : 0;
    if (merged > 0)
        tell_all(p, (struct pipe_event){
                        .kind = PIPE_PUT, .data = src, .bytes = merged, .placing = PIPE_MERGED});
    return merged;
}

/* 0: memory is short. */
static size_t put(struct pipe *p, const void *src, size_t n, int flags)
{
    bool packet = p->store.kind == PIPE_SLOTS && flags_now(p, flags) & PIPE_PACKET;
    size_t used_before = store_used(&p->store);
    size_t written = store_put(&p->store, src, n, packet ? SLOT_PACKET : SLOT_STREAM);
    if (written == 0)
        return 0;
    tell_all(p, (struct pipe_event){.kind = PIPE_PUT,
                                    .data = src,
                                    .bytes = written,
                                    .placing = packet ? PIPE_TO_PACKETS : PIPE_TO_STREAM});
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
        if (flags_now(p, flags) & PIPE_NONBLOCK)
            return -EAGAIN;
        if (interrupted(p))
            return -EINTR;
        *slept = true;
        register_need(p, need_of(p, n));
        p->sleeping_writers++;
        tell_all(p, (struct pipe_event){.kind = PIPE_WRITER_SLEEPS, .bytes = need_of(p, n)});
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
    int error = 0;
    bool slept = false;

    if (n == 0)
        return 0;
    if (!patience_takes(&p->lock))
        pthread_mutex_lock(&p->lock);
    size_t done = merge(p, src, n);
    while (done < n) {
        error = await_room(p, n, flags, &slept);
        if (error != 0)
            break;
        size_t more = put(p, (const unsigned char *)src + done, n - done, flags);
        if (more == 0) {
            error = -ENOMEM;
            break;
        }
        done += more;
    }
    if (slept && p->readers > 0)
        wake_writers_that_fit(p); /* it was woken, and leaves room behind: the next one's turn */
    pthread_mutex_unlock(&p->lock);
    return done > 0 ? (ssize_t)done : error;
}

/* -- ends -------------------------------------------------------------------------------------- */

void pipe_open_reader(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->readers++;
    tell(p, PIPE_READER_OPENED);
    if (p->readers == 1)
        used_has_changed(p); /* a FIFO: there is something to wait for again */
    pthread_mutex_unlock(&p->lock);
}

void pipe_open_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->writers++;
    tell(p, PIPE_WRITER_OPENED);
    if (p->writers == 1)
        used_has_changed(p);
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
        wake_transfers_for_room(p);
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
        wake_transfers_for_bytes(p);
        wake_all_readers(p); /* each of them must now see end of file (I4) */
    }
    pthread_mutex_unlock(&p->lock);
}

/* -- asking and changing ----------------------------------------------------------------------- */

int pipe_poll(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    int mask = 0;
    if (store_used(&p->store) > 0)
        mask |= PIPE_IN;
    if (store_room(&p->store) >= need_of(p, atomic_limit(p)))
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
    size_t used = store_used(&p->store);
    pthread_mutex_unlock(&p->lock);
    return used;
}

size_t pipe_capacity(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    size_t capacity = store_capacity(&p->store);
    pthread_mutex_unlock(&p->lock);
    return capacity;
}

/* With slots, every writer needs one as before, and the first one woken hands on; it is woken also where there
 * is no room, and then goes to the end of the queue (W6). The needs of a ring's writers may have changed:
 * there may be more room, or less that counts as atomic. */
static void size_has_changed(struct pipe *p)
{
    used_has_changed(p);
    wake_transfers_for_room(p);
    if (p->store.kind == PIPE_SLOTS)
        wake_one_writer(p);
    else
        wake_all_writers(p);
}

int pipe_set_capacity(struct pipe *p, size_t capacity)
{
    pthread_mutex_lock(&p->lock);
    int result = store_resize(&p->store, capacity);
    if (result == 0) {
        tell(p, PIPE_RESIZED);
        size_has_changed(p);
        result = (int)store_capacity(&p->store);
    }
    pthread_mutex_unlock(&p->lock);
    return result;
}

void pipe_interrupt(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    wake_transfers_for_bytes(p);
    wake_transfers_for_room(p);
    wake_all_readers(p);
    wake_all_writers(p);
    pthread_mutex_unlock(&p->lock);
}

void pipe_state(const struct pipe *p, void (*add)(void *ctx, const void *bytes, size_t n),
                void *ctx)
{
    bool needs = p->sleeping_writers > 0; /* else they are stale */
    uint64_t words[] = {store_capacity(&p->store),
                        p->atomic,
                        store_used(&p->store),
                        p->readers,
                        p->writers,
                        p->sleeping_readers,
                        p->sleeping_writers,
                        needs ? p->least_need : 0,
                        needs ? p->most_need : 0,
                        p->transfers.readers,
                        p->transfers.writers};
    add(ctx, words, sizeof words);
    store_each_piece(&p->store, add, ctx);
}

const char *pipe_check(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    const char *broken = store_check(&p->store);
    if (p->sleeping_writers > 0 && p->least_need <= p->most_need && p->most_need > atomic_limit(p))
        broken = "a sleeping writer needs more room than can ever be asked for";
    pthread_mutex_unlock(&p->lock);
    return broken;
}

/* -- from pipe to pipe ------------------------------------------------------------------------- */

enum transfer { MOVES, COPIES };

/* Whoever takes two locks takes them in the same order, or two of them could wait for each other. */
static void lock_both(struct pipe *p, struct pipe *q)
{
    struct pipe *first = p < q ? p : q, *second = p < q ? q : p;
    pthread_mutex_lock(&first->lock);
    pthread_mutex_lock(&second->lock);
}

static void unlock_both(struct pipe *p, struct pipe *q)
{
    pthread_mutex_unlock(&p->lock);
    pthread_mutex_unlock(&q->lock);
}

static struct pipe_event came_over(const struct pipe *to, const void *data, size_t bytes)
{
    static const enum pipe_placing placings[] = {PIPE_TO_STREAM, PIPE_TO_PACKETS, PIPE_TO_COPY};
    struct pipe_event event = {.kind = PIPE_PUT, .data = data, .bytes = bytes};
    if (to->store.kind == PIPE_SLOTS) {
        const struct slot *last = slots_at(&to->store.slots, slots_in_use(&to->store.slots) - 1);
        event.placing = placings[last->kind];
        event.offset = last->off;
    }
    return event;
}

/* One step: at most n bytes of one slot, the one at `at` for a copy; or of a piece of a ring. */
static size_t transfer_piece(struct pipe *from, size_t at, struct pipe *to, size_t n,
                             enum transfer how)
{
    size_t there, room_before = store_room(&from->store), used_before = store_used(&to->store);
    const void *data = store_piece(&from->store, at, &there);
    if (there == 0)
        return 0;
    size_t moved = how == MOVES ? store_splice(&from->store, &to->store, n)
                                : store_tee(&from->store, at, &to->store, n);
    if (moved == 0)
        return 0;
    tell_all(to, came_over(to, data, moved));
    bytes_have_come(to, used_before);
    if (how == MOVES) {
        tell_all(from, (struct pipe_event){.kind = PIPE_TOOK, .data = data, .bytes = moved});
        room_has_grown(from, room_before);
    }
    return moved;
}

static size_t transfer_pieces(struct pipe *from, struct pipe *to, size_t n, enum transfer how)
{
    size_t done = 0, at = 0, moved;
    while (done < n && (moved = transfer_piece(from, at, to, n - done, how)) > 0) {
        done += moved;
        if (how == COPIES)
            at += from->store.kind == PIPE_SLOTS ? 1 : moved;
    }
    return done;
}

/* Both locks are held. -EAGAIN: somebody was quicker, and there is nothing to move or no room again. */
static ssize_t transfer_now(struct pipe *from, struct pipe *to, size_t n, enum transfer how)
{
    if (to->readers == 0) {
        tell(to, PIPE_BROKEN);
        return -EPIPE;
    }
    size_t moved = transfer_pieces(from, to, n, how);
    bool empty = store_used(&from->store) == 0;
    if (moved > 0 || how == COPIES || (empty && from->writers == 0))
        return (ssize_t)moved;
    return empty || store_room(&to->store) == 0 ? -EAGAIN : -ENOMEM;
}

/* 0, -EAGAIN or -EINTR: where there are no bytes, a signal comes before the end of file, as on Linux. */
static int transfer_awaits_bytes(struct pipe *p, int flags)
{
    int result = 0;
    pthread_mutex_lock(&p->lock);
    while (store_used(&p->store) == 0) {
        result = interrupted(p) ? -EINTR : readable(p) ? 0 : flags & PIPE_NONBLOCK ? -EAGAIN : 0;
        if (result != 0 || readable(p))
            break;
        p->transfers.readers++;
        tell(p, PIPE_READER_SLEEPS);
        pthread_cond_wait(&p->transfers.not_empty, &p->lock);
        p->transfers.readers--;
        tell(p, PIPE_READER_RETURNS);
    }
    pthread_mutex_unlock(&p->lock);
    return result;
}

/* The same, or -EPIPE. */
static int transfer_awaits_room(struct pipe *p, int flags)
{
    int result = 0;
    pthread_mutex_lock(&p->lock);
    while (!writable(p, 1)) {
        result = flags & PIPE_NONBLOCK ? -EAGAIN : interrupted(p) ? -EINTR : 0;
        if (result != 0)
            break;
        p->transfers.writers++;
        tell_all(p, (struct pipe_event){.kind = PIPE_WRITER_SLEEPS, .bytes = 1});
        pthread_cond_wait(&p->transfers.not_full, &p->lock);
        p->transfers.writers--;
        tell(p, PIPE_WRITER_RETURNS);
    }
    if (result == 0 && p->readers == 0) {
        tell(p, PIPE_BROKEN);
        result = -EPIPE;
    }
    pthread_mutex_unlock(&p->lock);
    return result;
}

/* First it sleeps for bytes, then for room: each with one lock, so that nobody sleeps with the other
 * one. */
static ssize_t transfer(struct pipe *from, struct pipe *to, size_t n, int flags, enum transfer how)
{
    ssize_t result = 0;
    if (from == to || from->store.kind != to->store.kind)
        return -EINVAL;
    if (n == 0)
        return 0;
    do {
        result = transfer_awaits_bytes(from, flags);
        if (result == 0)
            result = transfer_awaits_room(to, flags);
        if (result != 0)
            break;
        lock_both(from, to);
        result = transfer_now(from, to, n, how);
        unlock_both(from, to);
    } while (result == -EAGAIN && !(flags & PIPE_NONBLOCK));
    return result;
}

ssize_t pipe_splice(struct pipe *from, struct pipe *to, size_t n, int flags)
{
    return transfer(from, to, n, flags, MOVES);
}

ssize_t pipe_tee(struct pipe *from, struct pipe *to, size_t n, int flags)
{
    return transfer(from, to, n, flags, COPIES);
}

/* -- making and freeing ------------------------------------------------------------------------ */

struct pipe *pipe_new(const struct pipe_options *options)
{
    static const struct pipe_options defaults;
    const struct pipe_options *o = options != NULL ? options : &defaults;
    struct pipe *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    if (store_init(&p->store, o) != 0) {
        free(p);
        return NULL;
    }
    p->atomic = o->atomic != 0 ? o->atomic : PIPE_DEFAULT_ATOMIC;
    p->waking = o->waking;
    p->readers = o->ends == PIPE_ENDS_OPEN;
    p->writers = o->ends == PIPE_ENDS_OPEN;
    p->hooks = o->hooks;
    p->ctx = o->ctx;
    patience_init(&p->patience);
    used_has_changed(p);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    pthread_cond_init(&p->not_full, NULL);
    pthread_cond_init(&p->transfers.not_empty, NULL);
    pthread_cond_init(&p->transfers.not_full, NULL);
    return p;
}

void pipe_free(struct pipe *p)
{
    if (p == NULL)
        return;
    pthread_cond_destroy(&p->transfers.not_full);
    pthread_cond_destroy(&p->transfers.not_empty);
    pthread_cond_destroy(&p->not_full);
    pthread_cond_destroy(&p->not_empty);
    pthread_mutex_destroy(&p->lock);
    store_fini(&p->store);
    free(p);
}
