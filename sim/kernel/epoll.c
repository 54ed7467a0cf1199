/* epoll.c - sets of pipe ends, and waiting until some of them are ready (PS-107, PS-108, PS-166..PS-174).
 *
 * Whatever wakes those who poll an end puts its items on the ready list of their sets, and wakes one who
 * waits there. Who waits takes items off the list and asks each pipe how it is: one that is not ready is
 * dropped, one that is level-triggered comes back behind the others. So an edge is a wake-up, and not a
 * change of what poll says.
 *
 * Items and lists are guarded by the atomic section, since a pipe tells of itself without the kernel lock;
 * items are freed with both. */
#include "sim/kernel/objects.h"

#include <errno.h>

struct item {
    struct item *next, *next_ready;
    struct file *file;
    int fd;
    struct epoll_interest interest;
    bool ready;    /* it is in the list */
    bool disabled; /* ABI_EPOLLONESHOT: until it is changed */
};

struct epoll {
    struct kernel *kernel;
    struct epoll *next;
    struct item *items, *first_ready;
    bool any_ready;
    struct sched_queue waiting;
};

/* -- the ready list, inside the atomic section ------------------------------------------------- */

static void make_item_ready(struct epoll *e, struct item *item)
{
    if (item->disabled || item->ready)
        return;
    struct item **at = &e->first_ready;
    while (*at != NULL)
        at = &(*at)->next_ready;
    *at = item;
    item->next_ready = NULL;
    item->ready = true;
    e->any_ready = true;
}

static void take_off(struct epoll *e, struct item *item)
{
    struct item **at = &e->first_ready;
    while (*at != NULL && *at != item)
        at = &(*at)->next_ready;
    if (*at != NULL)
        *at = item->next_ready;
    item->ready = false;
    e->any_ready = e->first_ready != NULL;
}

/* PS-108: one thread of a set. */
static void wake_one(struct epoll *e, struct thread *by)
{
    struct task *t = e->waiting.first;
    if (t == NULL)
        return;
    struct thread *sleeper = task_arg(t);
    kernel_emit(e->kernel, (struct event){.kind = EV_WAKE,
                                          .actor = by != NULL ? by->actor : NOBODY,
                                          .other = sleeper->actor,
                                          .pipe = NO_PIPE});
    sched_wake(t, &e->waiting);
}

void epoll_notify(struct kpipe *p, enum pipe_end end, struct thread *by)
{
    for (struct epoll *e = p->kernel->epolls; e != NULL; e = e->next) {
        bool hit = false;
        for (struct item *item = e->items; item != NULL; item = item->next) {
            if (file_queue(item->file, end) == p && !item->disabled) {
                make_item_ready(e, item);
                hit = true;
            }
        }
        if (hit)
            wake_one(e, by);
    }
}

/* -- sets -------------------------------------------------------------------------------------- */

static struct epoll *set_of(struct thread *self, int fd, struct file **f)
{
    *f = file_of(self, fd);
    return *f != NULL && (*f)->kind == FILE_EPOLL ? (*f)->epoll : NULL;
}

int call_epoll_create(struct thread *self, int flags)
{
    struct kernel *k = self->process->kernel;
    if ((flags & ~ABI_O_CLOEXEC) != 0)
        return -EINVAL;
    int error = files_room_for(self->process, 1);
    if (error != 0)
        return error;
    struct epoll *e = arena_alloc(sizeof *e);
    struct file *f = e == NULL ? NULL : file_new(FILE_EPOLL, ABI_O_RDWR);
    if (f == NULL)
        return -ENOMEM;
    e->kernel = k;
    f->epoll = e;
    sched_atomic_begin();
    e->next = k->epolls;
    k->epolls = e;
    sched_atomic_end();
    int fd = files_install(self->process, f, 0);
    if (fd >= 0)
        call_set_close_on_exec(self, fd, flags != 0);
    return fd;
}

static struct item **place_of(struct epoll *e, const struct file *f, int fd)
{
    struct item **at = &e->items;
    while (*at != NULL && ((*at)->file != f || (*at)->fd != fd))
        at = &(*at)->next;
    return at;
}

static void drop_item(struct epoll *e, struct item **at)
{
    struct item *item = *at;
    sched_atomic_begin();
    take_off(e, item);
    *at = item->next;
    sched_atomic_end();
    arena_free(item);
}

void epoll_free(struct epoll *e)
{
    struct epoll **at = &e->kernel->epolls;
    while (e->items != NULL)
        drop_item(e, &e->items);
    sched_atomic_begin();
    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    sched_atomic_end();
    arena_free(e);
}

/* PS-174 */
void epoll_forget(struct kernel *k, const struct file *f)
{
    for (struct epoll *e = k->epolls; e != NULL; e = e->next) {
        for (struct item **at = &e->items; *at != NULL;) {
            if ((*at)->file == f)
                drop_item(e, at);
            else
                at = &(*at)->next;
        }
    }
}

/* What is ready when it is put in is on the list at once (PS-171). The kernel lock is let go meanwhile. */
static void begin_watching(struct thread *self, struct epoll *e, struct file *f, int fd)
{
    int mask = poll_file(f, ABI_POLLIN | ABI_POLLOUT);
    struct item *item = *place_of(e, f, fd);
    sched_atomic_begin();
    if (item != NULL && mask & (item->interest.events | ABI_POLLERR | ABI_POLLHUP)) {
        make_item_ready(e, item);
        wake_one(e, self);
    }
    sched_atomic_end();
}

static int set_item(struct epoll *e, struct item **at, struct epoll_interest interest)
{
    struct item *item = *at;
    sched_atomic_begin();
    item->interest = interest;
    item->disabled = false;
    take_off(e, item);
    sched_atomic_end();
    return 0;
}

static int add_item(struct epoll *e, struct file *f, int fd, struct epoll_interest interest)
{
    struct item *item = arena_alloc(sizeof *item);
    if (item == NULL)
        return -ENOMEM;
    *item = (struct item){.file = f, .fd = fd, .interest = interest};
    sched_atomic_begin();
    item->next = e->items;
    e->items = item;
    sched_atomic_end();
    return 0;
}

static int change(struct epoll *e, int operation, struct file *f, int fd,
                  struct epoll_interest interest)
{
    struct item **at = place_of(e, f, fd);
    if (operation == ABI_EPOLL_CTL_ADD)
        return *at != NULL ? -EEXIST : add_item(e, f, fd, interest);
    if (*at == NULL)
        return -ENOENT;
    if (operation == ABI_EPOLL_CTL_MOD)
        return set_item(e, at, interest);
    drop_item(e, at);
    return 0;
}

int call_epoll_ctl(struct thread *self, int set, int operation, int fd,
                   struct epoll_interest interest)
{
    struct file *f = file_of(self, fd), *of_set;
    struct epoll *e = set_of(self, set, &of_set);
    if (f == NULL || of_set == NULL)
        return -EBADF;
    if (e == NULL || f == of_set || operation < ABI_EPOLL_CTL_ADD || operation > ABI_EPOLL_CTL_MOD)
        return -EINVAL;
    if (f->kind != FILE_PIPE)
        return -EPERM;
    int error = change(e, operation, f, fd, interest);
    if (error != 0 || operation == ABI_EPOLL_CTL_DEL)
        return error;
    file_begin_call(of_set);
    file_begin_call(f);
    begin_watching(self, e, f, fd);
    file_end_call(f);
    file_end_call(of_set);
    return 0;
}

/* -- waiting ----------------------------------------------------------------------------------- */

/* The first of the list, no longer on it, and its file held; or false. */
static bool take_first(struct epoll *e, struct file **f, int *fd)
{
    sched_atomic_begin();
    struct item *item = e->first_ready;
    if (item != NULL) {
        take_off(e, item);
        *f = item->file;
        *fd = item->fd;
    }
    sched_atomic_end();
    if (item != NULL)
        file_begin_call(*f);
    return item != NULL;
}

/* What there is to be told of it, which may be nothing; the item goes on as its interest says. */
static int tell_of(struct epoll *e, struct file *f, int fd, struct epoll_interest *told)
{
    int mask = poll_file(f, ABI_POLLIN | ABI_POLLOUT);
    struct item *item = *place_of(e, f, fd);
    int events = item == NULL ? 0 : mask & (int)(item->interest.events | ABI_POLLERR | ABI_POLLHUP);
    if (events == 0)
        return 0;
    *told = (struct epoll_interest){(uint32_t)events, item->interest.data};
    sched_atomic_begin();
    if (item->interest.events & ABI_EPOLLONESHOT)
        item->disabled = true;
    else if ((item->interest.events & ABI_EPOLLET) == 0)
        make_item_ready(e, item); /* PS-166 */
    sched_atomic_end();
    return 1;
}

/* Who finds something leaves the rest to the next. */
static int collect(struct thread *self, struct epoll *e, struct epoll_interest *told, int most)
{
    int listed = 0, n = 0, fd;
    struct file *f;
    sched_atomic_begin();
    for (struct item *item = e->first_ready; item != NULL; item = item->next_ready)
        listed++;
    sched_atomic_end();
    for (; listed > 0 && n < most && take_first(e, &f, &fd); listed--) {
        n += tell_of(e, f, fd, &told[n]);
        file_end_call(f);
    }
    sched_atomic_begin();
    if (n > 0 && e->any_ready)
        wake_one(e, self);
    sched_atomic_end();
    return n;
}

static int wait_for_some(struct thread *self, struct epoll *e, struct epoll_interest *told,
                         int most, int64_t timeout)
{
    tick_t until = timeout < 0 ? TICK_NEVER : tick_after(sched_now(), timeout);
    for (int error = 0;;) {
        int n = collect(self, e, told, most);
        if (n > 0 || timeout == 0 || error == -ETIMEDOUT)
            return n;
        if (error != 0)
            return error;
        error = sleep_on(self, ON_POLL, &e->waiting, until, NOBODY, &e->any_ready);
    }
}

int call_epoll_wait(struct thread *self, int set, struct epoll_interest *told, int most,
                    int64_t timeout)
{
    struct file *f;
    struct epoll *e = set_of(self, set, &f);
    if (f == NULL)
        return -EBADF;
    if (e == NULL || most <= 0)
        return -EINVAL;
    file_begin_call(f);
    int n = wait_for_some(self, e, told, most, timeout);
    file_end_call(f);
    return n;
}
