/* semaphore.h - as pthread.h beside it. */
#ifndef PIPESIM_SEMAPHORE_H
#define PIPESIM_SEMAPHORE_H

#pragma GCC system_header /* its macros are not yours to mend */

#include_next <semaphore.h>

#ifndef PIPESIM_BESIDE

#include "pipesim/calls.h"

#define PIPESIM_SEM(s, call) (struct pipesim_sync *)((void)sizeof(call), (void *)(s))

/* clang-format off */
#define sem_init(s, shared, value) \
    pipesim_calls->sem_init(PIPESIM_SEM(s, (sem_init)(s, shared, value)), value, PIPESIM_AT("sem_init(" #s ", " #shared ", " #value ")"))
#define sem_destroy(s)        pipesim_calls->sem_destroy(PIPESIM_SEM(s, (sem_destroy)(s)), PIPESIM_AT("sem_destroy(" #s ")"))
#define sem_wait(s)           pipesim_calls->sem_wait(PIPESIM_SEM(s, (sem_wait)(s)), PIPESIM_AT("sem_wait(" #s ")"))
#define sem_timedwait(s, t)   pipesim_calls->sem_timedwait(PIPESIM_SEM(s, (sem_timedwait)(s, t)), t, PIPESIM_AT("sem_timedwait(" #s ", " #t ")"))
#define sem_clockwait(s, clock, t) ((void)(clock), sem_timedwait(s, t))
#define sem_trywait(s)        pipesim_calls->sem_trywait(PIPESIM_SEM(s, (sem_trywait)(s)), PIPESIM_AT("sem_trywait(" #s ")"))
#define sem_post(s)           pipesim_calls->sem_post(PIPESIM_SEM(s, (sem_post)(s)), PIPESIM_AT("sem_post(" #s ")"))
#define sem_getvalue(s, value) pipesim_calls->sem_getvalue(PIPESIM_SEM(s, (sem_getvalue)(s, value)), value, PIPESIM_AT("sem_getvalue(" #s ", " #value ")"))
/* clang-format on */

#endif
#endif
