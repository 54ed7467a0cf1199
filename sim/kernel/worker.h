/* worker.h - a thread that the code of a pipe makes, to work beside those who call it. It belongs to no process
 * of the scenario: it is a thread of the kernel's own, as is the network's, and the run does not wait for its
 * end. What it does is done to the pipe whose code has made it. */
#ifndef SIM_KERNEL_WORKER_H
#define SIM_KERNEL_WORKER_H

struct thread;

/* Lets body() run in a new thread, without the kernel lock, as inside a call on the pipe that is being made or
 * called now. The name is copied, and followed by a number if somebody is called so already. 0, -EAGAIN (there
 * are max_processes), -ENOMEM, -EPERM (no pipe's code is running). */
int worker_start(const char *name, void (*body)(void), struct thread **made);

/* Sleeps until its body has returned. */
void worker_join(struct thread *worker);

#endif
