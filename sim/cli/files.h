/* files.h - finding and reading scenarios. */
#ifndef SIM_CLI_FILES_H
#define SIM_CLI_FILES_H

#include "sim/script/diag.h"

/* Names of the *.pipe files below a folder, or the file itself; sorted. All on the ordinary heap.
 */
struct file_list {
    char **names;
    size_t count, room;
};

/* False after a message on stderr. */
bool file_list_add(struct file_list *list, const char *path);
void file_list_free(struct file_list *list);

/* Reads a whole file ("-": standard input). False after a message on stderr. */
bool source_read(struct source *source, const char *name);
void source_free(struct source *source);

#endif
