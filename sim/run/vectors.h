/* vectors.h - inside run/: reading into several buffers, and writing out of several, in one call. */
#ifndef SIM_RUN_VECTORS_H
#define SIM_RUN_VECTORS_H

#include "sim/run/vm.h"

/* For the table of calls. readv leaves what its buffers got in vm->vector, for iov(i). */
call_function call_readv, call_writev;

/* The bytes of all pieces: integers say how many are asked for, byte strings have so many. What does
 * not fit is the largest number; -1: one of them is neither, or negative. */
int64_t vector_size(const struct value *pieces, int n);

/* What the last readv put into its buffer i, from 0; borrowed. */
struct vector_piece {
    const char *at;
    size_t size;
};
struct vector_piece vector_piece(const struct vm *vm, int64_t i);

/* All of them behind each other, one use of it owned; NULL without memory, or when one is no byte
 * string. */
struct bytes *vector_join(const struct value *pieces, int n);

#endif
