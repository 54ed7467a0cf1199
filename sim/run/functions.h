/* functions.h - inside run/: the built-in functions of the language. Each gets its arguments and
 * returns its value; the caller owns both. */
#ifndef SIM_RUN_FUNCTIONS_H
#define SIM_RUN_FUNCTIONS_H

#include "sim/run/vm.h"

struct value function_len(struct vm *vm, const struct value *args, int n);
struct value function_str(struct vm *vm, const struct value *args, int n);
struct value function_int(struct vm *vm, const struct value *args, int n);
struct value function_char(struct vm *vm, const struct value *args, int n);
struct value function_min(struct vm *vm, const struct value *args, int n);
struct value function_max(struct vm *vm, const struct value *args, int n);
struct value function_print(struct vm *vm, const struct value *args, int n);
struct value function_assert(struct vm *vm, const struct value *args, int n);
struct value function_revents(struct vm *vm, const struct value *args, int n);

/* vectors.c */
struct value function_iov(struct vm *vm, const struct value *args, int n);

/* packing.c */
struct value function_u8(struct vm *vm, const struct value *args, int n);
struct value function_be16(struct vm *vm, const struct value *args, int n);
struct value function_be32(struct vm *vm, const struct value *args, int n);
struct value function_le16(struct vm *vm, const struct value *args, int n);
struct value function_le32(struct vm *vm, const struct value *args, int n);
struct value function_str8(struct vm *vm, const struct value *args, int n);
struct value function_str16(struct vm *vm, const struct value *args, int n);
struct value function_from_u8(struct vm *vm, const struct value *args, int n);
struct value function_from_be16(struct vm *vm, const struct value *args, int n);
struct value function_from_be32(struct vm *vm, const struct value *args, int n);
struct value function_from_le16(struct vm *vm, const struct value *args, int n);
struct value function_from_le32(struct vm *vm, const struct value *args, int n);
struct value function_from_str8(struct vm *vm, const struct value *args, int n);
struct value function_from_str16(struct vm *vm, const struct value *args, int n);

#endif
