/* litmus.c - see litmus.h. */
#include "sim/sched/redirect.h"

#include "tests/subjects/litmus.h"

#include <stddef.h>
#include <string.h>

enum { DIGITS = 8, NOTES = 32 };

struct shared {
    pthread_mutex_t mutex[DIGITS];
    pthread_cond_t cond[DIGITS];
    const struct litmus *litmus;
    struct {
        signed char at[LITMUS_THREADS];     /* the operation that each thread is at */
        signed char failed[LITMUS_THREADS]; /* the last T has, and its E has not come */
        signed char flag[DIGITS];
        signed char notes[NOTES], noted;
    } data;
};

static void wait_on(struct shared *s, int i)
{
    pthread_cond_wait(&s->cond[i], &s->mutex[i / 2]);
}

static void note(struct shared *s, int what)
{
    s->data.notes[s->data.noted++ % NOTES] = (signed char)what;
}

static void wait_two_ticks(struct shared *s, int i, int thread)
{
    tick_t until = sched_now() + 2;
    while (s->data.flag[i] == 0) {
        if (sched_cond_timedwait(&s->cond[i], &s->mutex[i / 2], until, "litmus.c:1 timedwait") !=
            0) {
            note(s, -thread - 1);
            return;
        }
    }
}

static void operate(struct shared *s, char letter, int i, int thread)
{
    switch (letter) {
    case 'L': pthread_mutex_lock(&s->mutex[i]); break;
    case 'U': pthread_mutex_unlock(&s->mutex[i]); break;
    case 'S': pthread_cond_signal(&s->cond[i]); break;
    case 'B': pthread_cond_broadcast(&s->cond[i]); break;
    case 'F': s->data.flag[i]++; break;
    case 'G': s->data.flag[i]--; break;
    case 'N': note(s, thread + 1); break;
    case 'T': s->data.failed[thread] = pthread_mutex_trylock(&s->mutex[i]) != 0; break;
    case 'E': pthread_mutex_unlock(&s->mutex[i]); break;
    case 'K': wait_two_ticks(s, i, thread); break;
    case 'W':
        while (s->data.flag[i] == 0)
            wait_on(s, i);
        break;
    case 'I':
        if (s->data.flag[i] == 0)
            wait_on(s, i);
        break;
    }
}

static void body(void *shared, int number)
{
    struct shared *s = shared;
    const char *text = s->litmus->threads[number];
    for (signed char *at = &s->data.at[number]; text[*at] != '\0'; *at = (signed char)(*at + 2)) {
        if (!s->data.failed[number])
            operate(s, text[*at], text[*at + 1] - '0', number);
        else if (text[*at] == 'E')
            s->data.failed[number] = 0;
    }
}

void litmus_open(struct threaded *t, const struct litmus *l, struct freedom freedom)
{
    static const char *const names[LITMUS_THREADS] = {"t1", "t2", "t3", "t4"};
    threaded_open(t, freedom, sizeof(struct shared), offsetof(struct shared, data));
    struct shared *s = t->shared;
    s->litmus = l;
    for (int i = 0; i < LITMUS_THREADS && l->threads[i] != NULL; i++) {
        if (strchr(l->threads[i], 'T') != NULL)
            t->subject.locks = LOCKS_ARE_TRIED;
    }
    for (const char *op = l->before; op != NULL && *op != '\0'; op += 2)
        operate(s, op[0], op[1] - '0', 0);
    for (int i = 0; i < LITMUS_THREADS && l->threads[i] != NULL; i++)
        threaded_add(t, names[i], body, i);
}
