/* 39: a new end is not counted. "dup makes no new pipe." The first close of the two is taken for the last,
 * and the second makes the count negative. */
#define pipe_open_writer right_open_writer
#include "../right/two_conditions.c"
#undef pipe_open_writer

void pipe_open_writer(struct pipe *p)
{
    (void)p;
}
