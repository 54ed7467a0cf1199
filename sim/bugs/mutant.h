/* mutant.h - at the head of each mutant of ringbuf/pipe.c: its public functions get names of their
 * own, BUG_pipe_read and so on, so that all mutants can be in one program. */
#ifndef SIM_BUGS_MUTANT_H
#define SIM_BUGS_MUTANT_H

#define BUG_JOIN_(what, bug) what##_of_##bug
#define BUG_JOIN(what, bug)  BUG_JOIN_(what, bug)
#define BUG_SYMBOL(what)     BUG_JOIN(what, BUG)

#define pipe_new          BUG_SYMBOL(pipe_new)
#define pipe_free         BUG_SYMBOL(pipe_free)
#define pipe_read         BUG_SYMBOL(pipe_read)
#define pipe_write        BUG_SYMBOL(pipe_write)
#define pipe_open_reader  BUG_SYMBOL(pipe_open_reader)
#define pipe_open_writer  BUG_SYMBOL(pipe_open_writer)
#define pipe_close_reader BUG_SYMBOL(pipe_close_reader)
#define pipe_close_writer BUG_SYMBOL(pipe_close_writer)
#define pipe_poll         BUG_SYMBOL(pipe_poll)
#define pipe_used         BUG_SYMBOL(pipe_used)
#define pipe_capacity     BUG_SYMBOL(pipe_capacity)
#define pipe_set_capacity BUG_SYMBOL(pipe_set_capacity)
#define pipe_interrupt    BUG_SYMBOL(pipe_interrupt)
#define pipe_state        BUG_SYMBOL(pipe_state)
#define pipe_splice       BUG_SYMBOL(pipe_splice)
#define pipe_tee          BUG_SYMBOL(pipe_tee)
#define pipe_check        BUG_SYMBOL(pipe_check)

#include "sim/kernel/bugs.h"

#endif
