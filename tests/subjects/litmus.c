/* litmus.c - see litmus.h. */
#include "sim/sched/redirect.h"

#include "tests/subjects/litmus.h"

#include <stddef.h>

enum { DIGITS = 8, NOTES = 32 };

struct shared {
    pthread_mutex_t mutex[DIGITS];
    pthread_cond_t cond[DIGITS];
    const struct litmus *litmus;
    struct {
        signed char at[LITMUS_THREADS]; /* the operation that each thread is at */
        signed char flag[DIGITS];
        signed char notes[NOTES], noted;
    } data;
};

static void wait_on(struct shared *s, int i)
{
    pthread_cond_wait(&s->cond[i], &s->mutex[i / 2]);
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
    case 'N': s->data.notes[s->data.noted++ % NOTES] = (signed char)(thread + 1); break;
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
    for (signed char *at = &s->data.at[number]; text[*at] != '\0'; *at = (signed char)(*at + 2))
        operate(s, text[*at], text[*at + 1] - '0', number);
}

void litmus_open(struct threaded *t, const struct litmus *l, struct freedom freedom)
{
    static const char *const names[LITMUS_THREADS] = {"t1", "t2", "t3", "t4"};
    threaded_open(t, freedom, sizeof(struct shared), offsetof(struct shared, data));
    struct shared *s = t->shared;
    s->litmus = l;
    for (const char *op = l->before; op != NULL && *op != '\0'; op += 2)
        operate(s, op[0], op[1] - '0', 0);
    for (int i = 0; i < LITMUS_THREADS && l->threads[i] != NULL; i++)
        threaded_add(t, names[i], body, i);
}
