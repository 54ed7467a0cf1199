/* fiber.c - see fiber.h. */
#include "sim/sched/fiber.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* -- what tools that watch the stack want to know ---------------------------------------------- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>

static const void *main_low;
static size_t main_size;

static void before_switch(struct fiber *from, struct fiber *to)
{
    const void *low = to->stack != NULL ? to->stack->low : main_low;
    size_t size = to->stack != NULL ? (size_t)(to->stack->top - to->stack->low) : main_size;
    __sanitizer_start_switch_fiber(&from->sanitizer, low, size);
}

/* `from` is where control came from, or NULL when that is not known to be the main fiber. */
static void after_switch(struct fiber *self)
{
    const void *low;
    size_t size;
    __sanitizer_finish_switch_fiber(self->sanitizer, &low, &size);
    if (main_low == NULL) { /* the first switch of all comes from the main fiber */
        main_low = low;
        main_size = size;
    }
}

static void watch(struct fiber *f)
{
    f->sanitizer = NULL;
}

static void unwatch(struct fiber *f)
{
    (void)f;
}

#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>

static void before_switch(struct fiber *from, struct fiber *to)
{
    (void)from;
    __tsan_switch_to_fiber(to->sanitizer, 0);
}

static void after_switch(struct fiber *self)
{
    (void)self;
}

/* One for each stack, kept for ever: a snapshot may bring a fiber back after its end. */
static void *fiber_of_stack(const struct arena_stack *stack)
{
    enum { PLACES = 1 << 14 };
    static struct {
        const char *low;
        void *fiber;
    } known[PLACES];
    size_t i = ((uintptr_t)stack->low >> 12) % PLACES;
    while (known[i].low != NULL && known[i].low != stack->low)
        i = (i + 1) % PLACES;
    if (known[i].low == NULL) {
        known[i].low = stack->low;
        known[i].fiber = __tsan_create_fiber(0);
    }
    return known[i].fiber;
}

static void watch(struct fiber *f)
{
    f->sanitizer = f->stack == NULL ? __tsan_get_current_fiber() : fiber_of_stack(f->stack);
}

static void unwatch(struct fiber *f)
{
    (void)f;
}

#else
#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif

static void before_switch(struct fiber *from, struct fiber *to)
{
    (void)from, (void)to;
}

static void after_switch(struct fiber *self)
{
    (void)self;
}

#ifdef VALGRIND_STACK_REGISTER
static void watch(struct fiber *f)
{
    if (f->stack != NULL)
        f->sanitizer = (void *)(uintptr_t)VALGRIND_STACK_REGISTER(f->stack->low, f->stack->top);
}

static void unwatch(struct fiber *f)
{
    VALGRIND_STACK_DEREGISTER((uintptr_t)f->sanitizer);
}
#else
static void watch(struct fiber *f)
{
    (void)f;
}

static void unwatch(struct fiber *f)
{
    (void)f;
}
#endif
#endif

static void fiber_main(struct fiber *f)
{
    after_switch(f);
    f->body(f->arg);
    abort(); /* a body must not return */
}

/* -- the switch -------------------------------------------------------------------------------- */

/* Where the stack pointer is kept. For a stack of the arena that is where its live bytes begin. */
static char **sp_of(struct fiber *f)
{
    return f->stack != NULL ? &f->stack->live : &f->sp;
}

#ifdef FIBER_UCONTEXT

enum { UNSAVED = 1024 }; /* bytes below our frame that swapcontext may use */

static void start(unsigned high, unsigned low)
{
    fiber_main((struct fiber *)(((uintptr_t)high << 16 << 16) | low));
}

static void prepare(struct fiber *f)
{
    uintptr_t self = (uintptr_t)f;
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack->low;
    f->context.uc_stack.ss_size = (size_t)(f->stack->top - f->stack->low);
    f->context.uc_link = NULL;
    makecontext(&f->context, (void (*)(void))start, 2, (unsigned)(self >> 16 >> 16),
                (unsigned)self);
    *sp_of(f) = f->stack->top - UNSAVED;
}

static void swap(struct fiber *from, struct fiber *to)
{
    *sp_of(from) = (char *)__builtin_frame_address(0) - UNSAVED;
    swapcontext(&from->context, &to->context);
}

#else

/* fiber_swap(char **save, char *load): pushes what the caller of a function may rely on, leaves the
 * stack pointer in *save, takes `load` for it, and pops. A stack that has not run yet looks as if
 * fiber_swap had been called on it by fiber_entry. */
void fiber_swap(char **save, char *load);
void fiber_entry(void);

#define STRING_(x)   #x
#define STRING(x)    STRING_(x)
#define SYMBOL(name) STRING(__USER_LABEL_PREFIX__) #name

/* clang-format off */
#if defined(__x86_64__)

__asm__(".text\n"
        ".globl " SYMBOL(fiber_swap) "\n" SYMBOL(fiber_swap) ":\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n"
        "    pushq %r13\n    pushq %r14\n    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n"
        "    popq %r12\n    popq %rbx\n    popq %rbp\n"
        "    popq %rcx\n"
        "    jmpq *%rcx\n" /* a ret would be predicted wrongly each time */
        ".globl " SYMBOL(fiber_entry) "\n" SYMBOL(fiber_entry) ":\n"
        "    movq %rbx, %rdi\n" /* the fiber */
        "    xorl %ebp, %ebp\n" /* debuggers stop here */
        "    jmpq *%r12\n");    /* fiber_main */

enum { SAVED_WORDS = 7, FIBER_AT = 4, MAIN_AT = 3, RETURN_AT = 6, PADDING_WORDS = 1 };

#elif defined(__aarch64__)

__asm__(".text\n"
        ".globl " SYMBOL(fiber_swap) "\n" SYMBOL(fiber_swap) ":\n"
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n    str x9, [x0]\n    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    br x30\n"
        ".globl " SYMBOL(fiber_entry) "\n" SYMBOL(fiber_entry) ":\n"
        "    mov x0, x19\n    mov x29, #0\n    mov x30, #0\n"
        "    br x20\n");

enum { SAVED_WORDS = 20, FIBER_AT = 0, MAIN_AT = 1, RETURN_AT = 11, PADDING_WORDS = 0 };

#endif
/* clang-format on */

static void prepare(struct fiber *f)
{
    void **sp = (void **)(void *)f->stack->top - PADDING_WORDS - SAVED_WORDS;
    for (int i = 0; i < SAVED_WORDS + PADDING_WORDS; i++)
        sp[i] = NULL;
    sp[FIBER_AT] = f;
    sp[MAIN_AT] = (void *)(uintptr_t)fiber_main;
    sp[RETURN_AT] = (void *)(uintptr_t)fiber_entry;
    *sp_of(f) = (char *)sp;
}

static void swap(struct fiber *from, struct fiber *to)
{
    fiber_swap(sp_of(from), *sp_of(to));
}

#endif

/* -- the interface ----------------------------------------------------------------------------- */

void fiber_init_main(struct fiber *f)
{
    f->stack = NULL;
    watch(f);
}

int fiber_init(struct fiber *f, void (*body)(void *), void *arg)
{
    f->stack = arena_stack_new();
    if (f->stack == NULL)
        return -ENOMEM;
    f->body = body;
    f->arg = arg;
    watch(f);
    prepare(f);
    return 0;
}

void fiber_fini(struct fiber *f)
{
    unwatch(f);
    arena_stack_free(f->stack);
    f->stack = NULL;
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
    before_switch(from, to);
    swap(from, to);
    after_switch(from);
}
