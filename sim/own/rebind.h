/* rebind.h - inside own/: a shared object that was compiled without pipesim calls its functions, too. */
#ifndef SIM_OWN_REBIND_H
#define SIM_OWN_REBIND_H

/* Functions by their names; one without a name is the end. */
struct rebind_function {
    const char *name;
    void *function;
};

/* What this loaded object refers to by such a name becomes that function, for this object alone. 0, or -1:
 * this is not possible here. */
int rebind(void *library, const struct rebind_function *functions);

#endif
