/* seats.c - which thread of the program is which thread of the simulated kernel. */
#include "sim/library/system.h"
#include "sim/sched/arena.h"

#include <errno.h>

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t end_of_thread;

/* What the calling thread has, in the system of that number. */
static _Thread_local struct {
    uint64_t system;
    struct seat *seat;
    bool expelled; /* its process has ended */
} my;

bool library_add_seat(struct sim *s, struct thread *t)
{
    struct seat *seat = arena_alloc(sizeof *seat);
    if (seat == NULL)
        return false;
    *seat = (struct seat){.next = s->seats, .thread = t};
    s->seats = seat;
    return true;
}

struct seat *library_seat_of(struct sim *s, int thread)
{
    struct seat *seat = s->seats;
    while (seat != NULL && (!seat->taken || thread_number(seat->thread) != thread))
        seat = seat->next;
    return seat;
}

void library_end_seat(struct seat *seat)
{
    if (seat->ended)
        return;
    seat->ended = true; /* first, for others may run while it ends */
    thread_end(seat->thread);
}

void library_expel(void)
{
    struct seat *seat = my.seat; /* nobody else's any more */
    if (!the_one->ending)
        library_end_seat(seat);
    thread_let_go(seat->thread);
    my.seat = NULL;
    my.expelled = true;
}

bool library_is(const struct thread *t)
{
    return my.seat != NULL && my.seat->thread == t;
}

void library_notice(void)
{
    if (my.system == systems_so_far)
        return;
    sched_forget();
    my.system = systems_so_far;
    my.seat = NULL;
    my.expelled = false;
}

/* -- coming and going, with library_lock ------------------------------------------------------- */

static void leave_seat(void)
{
    struct seat *seat = my.seat;
    my.seat = NULL;
    if (seat == NULL)
        return;
    sched_kernel_lock();
    if (thread_is_doomed(seat->thread))
        library_end_seat(seat);
    thread_let_go(seat->thread);
    seat->taken = false;
    sched_kernel_unlock();
}

/* The seat may be needed by another thread: this one has ended. */
static void thread_has_ended(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&library_lock);
    library_notice();
    if (the_one != NULL)
        leave_seat();
    pthread_mutex_unlock(&library_lock);
}

static void make_key(void)
{
    pthread_key_create(&end_of_thread, thread_has_ended);
}

static void let_me_know_when_it_ends(void)
{
    static const char any; /* a value that lets the destructor be called */
    pthread_once(&key_once, make_key);
    pthread_setspecific(end_of_thread, &any);
}

static bool is_free_for(const struct seat *seat, int pid)
{
    return !seat->taken && call_getpid(seat->thread) == pid && !thread_is_doomed(seat->thread);
}

/* 0, or an errno. */
static int find_seat(struct sim *s, int pid, struct seat **found)
{
    struct thread *t;
    for (*found = s->seats; *found != NULL; *found = (*found)->next) {
        if (is_free_for(*found, pid))
            return 0;
    }
    int error = -thread_new_in(s->kernel, pid, "thread", &t);
    if (error == 0 && !library_add_seat(s, t))
        error = ENOMEM;
    *found = s->seats;
    return error;
}

/* 0, or an errno: then the thread stays where it was. */
static int change_seat(struct sim *s, int pid)
{
    struct seat *seat;
    sched_kernel_lock();
    int error = find_seat(s, pid, &seat);
    if (error == 0)
        seat->taken = true;
    sched_kernel_unlock();
    if (error != 0)
        return error;
    leave_seat();
    error = -thread_adopt(seat->thread);
    my.expelled = false;
    my.seat = error == 0 ? seat : NULL;
    seat->taken = error == 0;
    return error;
}

/* 0, or an errno. */
static int come_in(void)
{
    let_me_know_when_it_ends();
    pthread_mutex_lock(&library_lock);
    library_notice();
    int error = the_one == NULL ? ENXIO : 0;
    if (error == 0 && my.expelled)
        error = ESRCH;
    if (error == 0 && my.seat == NULL)
        error = change_seat(the_one, the_one->first_pid);
    pthread_mutex_unlock(&library_lock);
    return error;
}

/* The calling thread's, or NULL with errno. */
struct thread *library_thread(void)
{
    int error = my.seat != NULL && my.system == systems_so_far ? 0 : come_in();
    if (error != 0)
        errno = error;
    return error == 0 ? my.seat->thread : NULL;
}

int sim_enter(int process)
{
    let_me_know_when_it_ends();
    pthread_mutex_lock(&library_lock);
    library_notice();
    int error = the_one == NULL ? ENXIO : change_seat(the_one, process);
    pthread_mutex_unlock(&library_lock);
    if (error != 0)
        errno = error;
    return error == 0 ? 0 : -1;
}
