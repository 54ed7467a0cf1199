/* shelf.h - where the labs are: the folder that has them, and which one somebody works on. */
#ifndef SIM_LAB_SHELF_H
#define SIM_LAB_SHELF_H

#include "sim/lab/lab.h"

/* The folder of the labs: $PIPESIM_LABS, or scenarios/labs here, above, or where the program is. NULL: there is
 * none. To be freed. */
char *shelf_find(const char *program);

/* Names of the labs on it, sorted; each owned. Returns how many, -1 if it cannot be read. */
int shelf_list(const char *shelf, char ***names);

/* The folder of the lab that is called so, by its name, its number, or its first letters. NULL: there is none,
 * or are several. To be freed. */
char *shelf_lab(const char *shelf, const char *name);

/* The name of the lab that was begun in this folder; NULL: none was. To be freed. */
char *work_lab(const char *folder);

/* Begins a lab in a folder: the hand-out, what one starts from and the scenarios. What is there already is
 * left as it is. False: `why` says what cannot be written. */
bool work_begin(const struct lab *lab, const char *folder, struct strbuf *why);

#endif
