/* session.h - inside step/: what a stepping session remembers. */
#ifndef SIM_STEP_SESSION_H
#define SIM_STEP_SESSION_H

#include "sim/step/predict.h"
#include "sim/step/stepper.h"

enum { BREAK_LIMIT = 32 };

enum break_kind { BREAK_LINE, BREAK_PROCESS, BREAK_ASLEEP, BREAK_FULL, BREAK_EMPTY, BREAK_FAIL };

struct breakpoint {
    enum break_kind kind;
    int number;    /* as the user sees it; 0: deleted */
    int line;      /* BREAK_LINE */
    char name[40]; /* of a process or pipe; "": any */
    int subject;   /* its number in this run; NOBODY when it is not there */
    bool once;     /* tbreak */
};

struct stepper {
    struct walk *walk; /* borrowed */
    struct breakpoint breaks[BREAK_LIMIT];
    int break_count, next_number;
    char last[64];           /* the last movement, for an empty line */
    char remark[128];        /* of the last movement: what its condition came to; "": nothing */
    size_t width;            /* columns that what is printed may take, where it can be fitted */
    struct predict *predict; /* owned; NULL: nothing is asked */
};

/* picture.c: why this one sleeps; nothing when it does not. */
void stepper_explain(struct stepper *s, int actor, struct strbuf *out);

/* breaks.c: should a walk stop at event n? */
bool breaks_hit(struct stepper *s, uint64_t n);
/* To be called before a walk that asks breaks_hit: in another run numbers may be others. */
void breaks_resolve(struct stepper *s);
void break_command(struct stepper *s, const char *rest, bool once, struct strbuf *out);
void delete_command(struct stepper *s, const char *rest, struct strbuf *out);
void breaks_list(struct stepper *s, struct strbuf *out);

/* stepper.c: goes there, and prints what is to be seen; while somebody predicts, up to the next
 * question. The other one goes there in any case. */
void stepper_move_to(struct stepper *s, uint64_t to, struct strbuf *out);
void stepper_go(struct stepper *s, uint64_t to, struct strbuf *out);

/* predicting.c: a movement that may have to wait for an answer. */
void predicting_move(struct stepper *s, uint64_t to, struct strbuf *out);
void predict_command(struct stepper *s, const char *rest, struct strbuf *out);

/* The question that is open, if one is. */
void predicting_ask(const struct stepper *s, struct strbuf *out);

/* A line, while a question is open, that is no command. */
void predicting_answer(struct stepper *s, const char *line, struct strbuf *out);

/* source.c: the script around the present line, and the pipe's own source. */
void source_command(struct stepper *s, struct strbuf *out);

/* save.c */
void save_command(struct stepper *s, const char *file, struct strbuf *out);

/* conditions.c */
void print_command(struct stepper *s, const char *rest, struct strbuf *out);
void until_command(struct stepper *s, const char *rest, struct strbuf *out);
void watch_command(struct stepper *s, const char *rest, struct strbuf *out);

#endif
