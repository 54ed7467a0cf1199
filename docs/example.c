/* example.c - a producer that outruns its consumer, on a simulated pipe of Linux with two page slots.
 *
 *     cc example.c -lpipesim -pthread    after `make install` (docs/library.md) */
#include <pipesim.h>

#include <pthread.h>
#include <stdio.h>

enum { PAGE = 8, MESSAGES = 6 };

static int fd[2];

static void *produce(void *unused)
{
    (void)unused;
    for (int i = 0; i < MESSAGES; i++) {
        char message[PAGE];
        int n = snprintf(message, sizeof message, "part %d\n", i);
        if (sim_write(fd[1], message, (size_t)n) != n) /* sleeps while no slot is free */
            perror("sim_write");
    }
    sim_close(fd[1]); /* the consumer sees end of file */
    return NULL;
}

int main(void)
{
    struct sim *sim = sim_new(&(struct sim_options){.page = PAGE, .capacity = 2 * PAGE});
    char buffer[PAGE];
    pthread_t producer;
    ssize_t n;
    if (sim == NULL || sim_pipe(fd) != 0 || pthread_create(&producer, NULL, produce, NULL) != 0)
        return 1;
    while ((n = sim_read(fd[0], buffer, PAGE)) > 0)
        fwrite(buffer, 1, (size_t)n, stdout);
    pthread_join(producer, NULL);
    sim_free(sim);
    return 0;
}
