/struct pipe \*p = arg/,/return p;/{
/mutex/d
/wait/c\
            sched_yield();
}
