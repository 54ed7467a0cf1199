/* 7: the last close wakes nobody. "close only counts." Whoever sleeps never learns of end of file, or that
 * nobody reads any more. */
#define pipe_close_reader right_close_reader
#define pipe_close_writer right_close_writer
#include "../right/two_conditions.c"
#undef pipe_close_reader
#undef pipe_close_writer

void pipe_close_reader(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->readers--;
    pthread_mutex_unlock(&p->lock);
}

void pipe_close_writer(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    p->writers--;
    pthread_mutex_unlock(&p->lock);
}
