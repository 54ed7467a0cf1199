/* script.h - the scenario of a case: one file or several behind each other, of the lab or handed in. */
#ifndef SIM_LAB_SCRIPT_H
#define SIM_LAB_SCRIPT_H

#include "sim/trace/strbuf.h"

struct script {
    struct strbuf text;
    struct strbuf name;  /* of the file, or "-" */
    struct strbuf words; /* of a command that reads several: "cat a b |"; empty for one */
};

/* `files` as in lab.h, struct lab_case, but for a '*', which stands for `star`. Files of the lab that the
 * student has a copy of are called by that. False: `why` says which file cannot be read. */
bool script_read(struct script *s, const char *files, const char *star, const char *hand_in,
                 const char *folder, struct strbuf *why);
void lab_script_free(struct script *s);

/* "FOLDER/NAME", and NAME alone in the folder ".". */
void path_join(struct strbuf *path, const char *folder, const char *name, size_t length);

#endif
