/* regular_files.c - files: bytes that stay, and an offset in each open file. Nobody ever sleeps: a read
 * at the end gives 0 at once, whether more will come or not. FO-nnn are facts of the host's kernel
 * (docs/files.md). */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <string.h>

static void tell(const struct node *n, enum event_kind kind, int64_t offset, const char *bytes,
                 size_t count)
{
    struct thread *self = thread_self();
    struct event e = event_of(kind, self != NULL ? self->actor : NOBODY, NO_PIPE);
    e.file = n->number;
    e.value = kind == EV_FILE ? 0 : (int64_t)count;
    e.value2 = offset;
    e.text = count > 0 ? bytes : NULL;
    e.size = count;
    kernel_emit_now(n->kernel, e);
}

void regular_made(struct node *n)
{
    n->number = ++n->kernel->files;
    tell(n, EV_FILE, 0, n->label, strlen(n->label));
}

void regular_empty(struct node *n)
{
    if (n->size == 0)
        return;
    n->size = 0;
    tell(n, EV_FILE_EMPTIED, 0, NULL, 0);
}

static int make_room(struct node *n, size_t size)
{
    if (size <= n->room)
        return 0;
    char *grown = arena_resize(n->bytes, size * 2);
    if (grown == NULL)
        return -ENOMEM;
    n->bytes = grown;
    n->room = size * 2;
    return 0;
}

/* Bytes that nobody has written, in front of the first one, are 0 (FO-023). */
int regular_put(struct node *n, size_t offset, const char *bytes, size_t count)
{
    size_t end = offset + count;
    int error = make_room(n, end);
    if (error != 0)
        return error;
    if (offset > n->size)
        memset(n->bytes + n->size, 0, offset - n->size);
    memcpy(n->bytes + offset, bytes, count);
    n->size = end > n->size ? end : n->size;
    tell(n, EV_FILE_WRITTEN, (int64_t)offset, bytes, count);
    return 0;
}

/* -- calls ------------------------------------------------------------------------------------- */

size_t regular_left(const struct file *f)
{
    return (size_t)f->offset < f->node->size ? f->node->size - (size_t)f->offset : 0;
}

ssize_t regular_read(struct file *f, void *dst, size_t n)
{
    size_t left = regular_left(f), got = n < left ? n : left;
    if (!file_has_end(f, READ_END))
        return -EBADF;
    if (got > 0)
        memcpy(dst, f->node->bytes + f->offset, got);
    if (n > 0)
        tell(f->node, EV_FILE_READ, f->offset, dst, got);
    f->offset += (int64_t)got;
    return (ssize_t)got;
}

/* What still fits, as at the limit of RLIMIT_FSIZE; the signal that comes with it there is left out. */
ssize_t regular_write(struct file *f, const void *src, size_t n)
{
    struct node *node = f->node;
    size_t most = node->kernel->config.max_file;
    size_t at = f->flags & ABI_O_APPEND ? node->size : (size_t)f->offset;
    if (!file_has_end(f, WRITE_END))
        return -EBADF;
    if (n == 0)
        return 0;
    if (at >= most)
        return -EFBIG;
    size_t fits = n < most - at ? n : most - at;
    int error = regular_put(node, at, src, fits);
    if (error != 0)
        return error;
    f->offset = (int64_t)(at + fits);
    return (ssize_t)fits;
}

int64_t call_lseek(struct thread *self, int fd, int64_t offset, int whence)
{
    struct file *f = file_of(self, fd);
    int64_t base, target;
    if (f == NULL)
        return -EBADF;
    if (f->kind != FILE_REGULAR)
        return -ESPIPE; /* PS-016 */
    switch (whence) {
    case ABI_SEEK_SET: base = 0; break;
    case ABI_SEEK_CUR: base = f->offset; break;
    case ABI_SEEK_END: base = (int64_t)f->node->size; break;
    default: return -EINVAL;
    }
    if (__builtin_add_overflow(base, offset, &target) || target < 0)
        return -EINVAL;
    f->offset = target;
    return target;
}
