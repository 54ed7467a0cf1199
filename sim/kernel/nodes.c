/* nodes.c - what paths name, and opening it. A path is any string; there are no folders. FO-nnn are
 * facts of the host's kernel (docs/files.md). */
#include "sim/kernel/objects.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct node *node_at(struct kernel *k, const char *path, size_t n)
{
    struct node *node = k->nodes;
    while (node != NULL && (strlen(node->path) != n || memcmp(node->path, path, n) != 0))
        node = node->next;
    return node;
}

static bool is_taken(const struct view *v, const char *name)
{
    sched_atomic_begin();
    bool taken = view_pipe_named(v, name, strlen(name)) != NULL ||
                 view_file_named(v, name, strlen(name)) != NULL;
    sched_atomic_end();
    return taken;
}

/* What was called so before keeps its name in traces, and the new one is "p.2". */
static const char *label_for(struct kernel *k, const char *path)
{
    char text[80];
    const char *label = path;
    for (int i = 2; is_taken(&k->config.trace->view, label); i++) {
        snprintf(text, sizeof text, "%.60s.%d", path, i);
        label = text;
    }
    if (label == path)
        return path;
    char *copy = arena_alloc(strlen(text) + 1);
    return copy == NULL ? NULL : strcpy(copy, text);
}

struct node *node_new(struct kernel *k, const char *path, size_t n, int kind)
{
    struct node *node = arena_alloc(sizeof *node);
    char *copy = arena_alloc(n + 1);
    if (node == NULL || copy == NULL)
        return NULL;
    memcpy(copy, path, n);
    node->kernel = k;
    node->kind = kind;
    node->path = copy;
    node->label = label_for(k, copy);
    if (node->label == NULL)
        return NULL;
    struct node **at = &k->nodes;
    while (*at != NULL)
        at = &(*at)->next;
    *at = node;
    node->linked = true;
    if (kind == NODE_FILE)
        regular_made(node);
    return node;
}

void node_let_go(struct node *n)
{
    n->openings--;
    if (n->linked || n->openings > 0)
        return;
    arena_free(n->bytes); /* its names may still be asked for */
    n->bytes = NULL;
    n->size = n->room = 0;
}

/* -- calls ------------------------------------------------------------------------------------- */

static bool is_path(const char *path, size_t n)
{
    return n > 0 && memchr(path, '\0', n) == NULL;
}

int call_mkfifo(struct thread *self, const char *path, size_t n)
{
    struct kernel *k = self->process->kernel;
    if (!is_path(path, n))
        return -ENOENT;
    if (node_at(k, path, n) != NULL)
        return -EEXIST;
    return node_new(k, path, n, NODE_FIFO) != NULL ? 0 : -ENOMEM;
}

int kernel_declare_fifo(struct kernel *k, const char *path)
{
    return node_new(k, path, strlen(path), NODE_FIFO) != NULL ? 0 : -ENOMEM;
}

int kernel_declare_file(struct kernel *k, const char *path, const char *bytes, size_t n)
{
    struct node *node = node_new(k, path, strlen(path), NODE_FILE);
    if (node == NULL)
        return -ENOMEM;
    return n == 0 ? 0 : regular_put(node, 0, bytes, n);
}

int call_unlink(struct thread *self, const char *path, size_t n)
{
    struct kernel *k = self->process->kernel;
    struct node *node = node_at(k, path, n);
    if (node == NULL)
        return -ENOENT;
    struct node **at = &k->nodes;
    while (*at != node)
        at = &(*at)->next;
    *at = node->next;
    node->linked = false;
    node->openings++;
    node_let_go(node);
    return 0;
}

/* What a path names, made if that is wanted. */
static int find(struct kernel *k, const char *path, size_t n, int flags, struct node **found)
{
    *found = is_path(path, n) ? node_at(k, path, n) : NULL;
    if (*found != NULL)
        return flags & ABI_O_CREAT && flags & ABI_O_EXCL ? -EEXIST : 0;
    if (!is_path(path, n) || (flags & ABI_O_CREAT) == 0)
        return -ENOENT;
    *found = node_new(k, path, n, NODE_FILE);
    return *found != NULL ? 0 : -ENOMEM;
}

static int open_node(struct thread *self, struct node *node, struct file *f, int flags)
{
    if (node->kind == NODE_FIFO)
        return fifo_open(self, node, f);
    if (flags & ABI_O_TRUNC)
        regular_empty(node); /* also when it is opened for reading alone (FO-021) */
    return 0;
}

static int find_and_open(struct thread *self, const char *path, size_t n, int flags,
                         struct file **opened)
{
    struct node *node;
    int error = find(self->process->kernel, path, n, flags, &node);
    if (error != 0)
        return error;
    int kept = flags & (ABI_O_ACCMODE | ABI_O_NONBLOCK | ABI_O_APPEND);
    struct file *f = file_new(node->kind == NODE_FIFO ? FILE_PIPE : FILE_REGULAR, kept);
    if (f == NULL)
        return -ENOMEM;
    f->node = node;
    node->openings++;
    error = open_node(self, node, f, flags);
    if (error != 0) {
        node_let_go(node);
        arena_free(f);
        return error;
    }
    *opened = f;
    return 0;
}

int call_open(struct thread *self, const char *path, size_t n, int flags)
{
    struct process *p = self->process;
    struct file *f;
    if ((flags & ABI_O_ACCMODE) == ABI_O_ACCMODE)
        return -EINVAL;
    int fd = files_promise(p);
    if (fd < 0)
        return fd;
    int error = find_and_open(self, path, n, flags, &f);
    if (error != 0)
        files_break_promise(p, fd);
    else
        files_keep_promise(p, fd, f);
    return error != 0 ? error : fd;
}
