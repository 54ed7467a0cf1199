/* example_suite.c - a test suite that knows nothing of pipesim, on its pipes.
 *
 *     cc -include pipesim_calls.h ... suite.c      or, as here, one line in it (docs/library.md) */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pipesim_calls.h>

static void check(const char *what, int holds)
{
    printf("%s: %s\n", what, holds ? "ok" : "WRONG");
}

static void a_full_pipe(void)
{
    static char bytes[65537];
    int fd[2];
    pipe2(fd, O_NONBLOCK);
    check("a full pipe", write(fd[1], bytes, sizeof bytes) == 65536);
    close(fd[0]);
    close(fd[1]);
}

static void *reads(void *fd)
{
    char byte;
    return read(*(int *)fd, &byte, 1) == 0 ? fd : NULL;
}

static void the_last_close(void)
{
    int fd[2];
    void *result;
    pthread_t reader;
    pipe(fd);
    pthread_create(&reader, NULL, reads, &fd[0]);
    close(fd[1]);
    pthread_join(reader, &result);
    check("the last close", result != NULL);
}

int main(void)
{
    struct sim *sim = sim_new(NULL);
    if (sim == NULL)
        return 1;
    a_full_pipe();
    the_last_close();
    sim_free(sim);
    return 0;
}
