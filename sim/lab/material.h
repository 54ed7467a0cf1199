/* material.h - the texts that a case is made of: read before anything is done with them, because afterwards,
 * when somebody's code has been let in, no file can be read any more. */
#ifndef SIM_LAB_MATERIAL_H
#define SIM_LAB_MATERIAL_H

#include "sim/lab/script.h"
#include "sim/lab/trial.h"

struct piece {
    struct script script;
    struct strbuf why; /* it cannot be read; "" if it can */
    /* Of a scenario. No program: `mistakes` says why. */
    struct source source;
    struct program *program;
    struct diag_list mistakes;
};

/* Of CASE_RUN and CASE_EXPLORE: the scenario, or one for each file that '*' stands for. Of others: the files
 * that '+' joins. */
enum { PIECES_MOST = 32 };
struct material {
    struct piece pieces[PIECES_MOST]; /* owned */
    size_t count;
};

void material_read(struct material *m, const struct bench *b, const struct lab_case *c);
/* When the text of a scenario has been changed. */
void material_parse_again(struct piece *p);

void material_free(struct material *m);

/* Could all be read? If not, `why` says so. */
bool material_is_whole(const struct material *m, struct strbuf *why);

#endif
