/* bounded_buffer.pml - the problems of tests/subjects/bounded.c for SPIN, as one would naturally write
 * them down. Parameters, by -D: P producers of PI items each, C consumers of CI items each; ONE: one
 * condition variable for both conditions; IF: `if` where `while` belongs.
 *
 * A mutex is a bit; to take it is a guarded step. A condition variable is a channel of the threads that
 * wait, first come first served; wait is two steps, as in POSIX: to let the mutex go and line up, which is
 * one, and to take the mutex again once signalled, when anybody may have been faster. A signal that
 * finds nobody is lost. Capacity 1. A deadlock is an invalid end state, which pan reports by itself. */
#define THREADS (P + C)

bool locked;
bool signalled[THREADS];
chan not_full = [THREADS] of { byte };
#ifdef ONE
#define not_empty not_full
#else
chan not_empty = [THREADS] of { byte };
#endif
byte used;

inline lock()
{
    atomic { !locked -> locked = true }
}

inline unlock()
{
    locked = false
}

inline wait(condition)
{
    atomic { condition ! me; locked = false };
    atomic { signalled[me] && !locked -> signalled[me] = false; locked = true }
}

inline signal(condition)
{
    atomic {
        if
        :: nempty(condition) -> condition ? other; signalled[other] = true; other = 0
        :: empty(condition)
        fi
    }
}

proctype producer(byte me)
{
    byte i, other;
    do
    :: i < PI ->
        lock();
#ifdef IF
        if
        :: used == 1 -> wait(not_full)
        :: else
        fi;
#else
        do
        :: used == 1 -> wait(not_full)
        :: else -> break
        od;
#endif
        assert(used == 0);
        used++;
        signal(not_empty);
        unlock();
        i++
    :: else -> break
    od
}

proctype consumer(byte me)
{
    byte i, other;
    do
    :: i < CI ->
        lock();
#ifdef IF
        if
        :: used == 0 -> wait(not_empty)
        :: else
        fi;
#else
        do
        :: used == 0 -> wait(not_empty)
        :: else -> break
        od;
#endif
        assert(used == 1);
        used--;
        signal(not_full);
        unlock();
        i++
    :: else -> break
    od
}

init {
    byte n;
    atomic {
        do
        :: n < P -> run producer(n); n++
        :: n >= P && n < THREADS -> run consumer(n); n++
        :: n == THREADS -> break
        od
    }
}
