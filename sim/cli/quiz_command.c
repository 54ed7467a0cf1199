/* quiz_command.c - `pipesim quiz`: the questions, and whether the answers are right. */
#include "sim/cli/quiz_command.h"

#include "sim/cli/files.h"
#include "sim/cli/messages.h"
#include "sim/cli/quiz_paper.h"
#include "sim/quiz/answer_sheet.h"
#include "sim/run/vocabulary.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ALL_RIGHT = 0, SOMETHING_WRONG = 1, BAD_USAGE = 2 };

static void print(struct strbuf *text)
{
    fwrite(strbuf_text(text), 1, text->length, stdout);
    fflush(stdout);
    strbuf_clear(text);
}

static const struct question *question_of(const struct quiz *q, size_t i)
{
    return &q->questions.items[i];
}

static int status_of(const struct quiz *q, size_t right)
{
    return right == q->questions.count ? ALL_RIGHT : SOMETHING_WRONG;
}

/* -- answers that are typed -------------------------------------------------------------------- */

static void add_mark(const struct question *question, size_t number, const char *line, bool right,
                     struct strbuf *out)
{
    char begins[32];
    struct strbuf text = {0};
    snprintf(begins, sizeof begins, "%2zu. ", number);
    if (right)
        strbuf_add(&text, "Right.");
    else
        strbuf_addf(&text, "%s %s.", line[0] == '\0' ? "It is" : "Wrong: it is",
                    strbuf_text(&question->answer.text));
    strbuf_addf(&text, " %s", strbuf_text(&question->why));
    paper_wrap(begins, strbuf_text(&text), 4, out);
    strbuf_free(&text);
}

/* Without a newline; false at the end of the input. */
static bool read_answer(char *line, size_t size, size_t number)
{
    if (isatty(STDIN_FILENO))
        printf("%2zu> ", number);
    fflush(stdout);
    if (fgets(line, (int)size, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static void ask_for_answers(void)
{
    if (isatty(STDIN_FILENO))
        printf("\nYour answers, one on a line (empty: show it; Ctrl-D: stop):\n");
    else
        printf("\n");
}

static int converse(const struct quiz_options *o, const struct quiz *q)
{
    char line[256];
    struct strbuf out = {0};
    size_t asked = 0, right = 0, count = q->questions.count;
    paper_head(o, q, &out);
    paper_questions(q, &out);
    print(&out);
    ask_for_answers();
    for (; asked < count && read_answer(line, sizeof line, asked + 1); asked++) {
        bool good = answer_accepts(&question_of(q, asked)->answer, line);
        right += good;
        add_mark(question_of(q, asked), asked + 1, line, good, &out);
        print(&out);
    }
    if (asked > 0)
        printf("%zu of %zu\n", right, count);
    else
        printf("To have answers checked, write lines as '1: ...' to a file, and give it to "
               "--check.\n");
    strbuf_free(&out);
    return asked == 0 ? ALL_RIGHT : status_of(q, right);
}

/* -- answers in a file ------------------------------------------------------------------------- */

static void add_result(const struct quiz_options *o, const struct quiz *q, size_t i,
                       const char *given, bool right, struct strbuf *out)
{
    if (!o->json) {
        strbuf_addf(out, "%2zu. %s", i + 1, right ? "right" : given == NULL ? "missing" : "wrong");
        if (given != NULL)
            strbuf_addf(out, ": %s", given);
        strbuf_add_char(out, '\n');
        return;
    }
    strbuf_addf(out, "{\"question\":%zu,\"kind\":\"%s\",\"right\":%s,\"given\":", i + 1,
                question_kind_name(question_of(q, i)->kind), right ? "true" : "false");
    if (given != NULL)
        strbuf_add_json(out, given, strlen(given));
    else
        strbuf_add(out, "null");
    strbuf_add(out, "}\n");
}

static int mark(const struct quiz_options *o, const struct quiz *q,
                const struct answer_sheet *sheet)
{
    struct strbuf out = {0};
    size_t right = 0, count = q->questions.count;
    if (o->json)
        paper_json_head(o, q, &out);
    for (size_t i = 0; i < count && i < sheet->count; i++) {
        const char *given = sheet->given[i];
        bool good = given != NULL && answer_accepts(&question_of(q, i)->answer, given);
        right += good;
        add_result(o, q, i, given, good, &out);
    }
    strbuf_addf(&out, o->json ? "{\"score\":%zu,\"of\":%zu}\n" : "%zu of %zu\n", right, count);
    print(&out);
    strbuf_free(&out);
    return status_of(q, right);
}

static int check(const struct quiz_options *o, const struct quiz *q)
{
    struct source text;
    struct answer_sheet sheet = {0};
    struct diag_list diags = {0};
    if (!source_read(&text, o->check))
        return BAD_USAGE;
    answer_sheet_read(&sheet, &text, q->questions.count, &diags);
    int status = mark(o, q, &sheet);
    print_messages(&diags, &text, DIAG_PLAIN);
    diag_list_free(&diags);
    answer_sheet_free(&sheet);
    source_free(&text);
    return status;
}

/* -- all of it --------------------------------------------------------------------------------- */

static int tell(const struct quiz_options *o, const struct quiz *q)
{
    struct strbuf out = {0};
    if (o->json) {
        paper_key_json(o, q, &out);
    } else {
        paper_head(o, q, &out);
        paper_key(q, &out);
    }
    print(&out);
    strbuf_free(&out);
    return ALL_RIGHT;
}

static int do_with(const struct quiz_options *o, struct quiz *q)
{
    switch (o->does) {
    case QUIZ_CONVERSES: return converse(o, q);
    case QUIZ_TELLS: return tell(o, q);
    case QUIZ_CHECKS: return check(o, q);
    case QUIZ_SCENARIO: print(&q->variation.text); return ALL_RIGHT;
    }
    return BAD_USAGE;
}

static void say_why_not(const struct quiz_options *o, const struct quiz *q,
                        const struct diag_list *diags)
{
    bool limit = q->variation.verdict == VERDICT_LIMIT;
    fprintf(stderr, "pipesim: error: no quiz can be made of '%s': its run ", o->file);
    if (limit) {
        fprintf(stderr, "reaches a limit, such as %d calls\n", QUIZ_CALLS);
        return;
    }
    fprintf(stderr, "is stopped by a mistake\n");
    print_messages(diags, &q->variation.source, DIAG_PLAIN);
}

static int quiz_over(const struct quiz_options *o, const struct program *program)
{
    struct quiz q;
    struct diag_list diags = {0};
    int status = BAD_USAGE;
    if (quiz_make(&q, program, o->seed, o->ask, &diags))
        status = do_with(o, &q);
    else
        say_why_not(o, &q, &diags);
    diag_list_free(&diags);
    quiz_free(&q);
    return status;
}

int quiz_command(int argc, char **argv)
{
    struct quiz_options o;
    struct source source;
    struct diag_list diags = {0};
    int status = quiz_options_parse(&o, argc, argv);
    if (status != 0)
        return status < 0 ? 0 : status;
    if (!source_read(&source, o.file))
        return BAD_USAGE;
    struct program *program = script_parse(&source, vocabulary(), &diags);
    if (program == NULL)
        print_messages(&diags, &source, DIAG_PLAIN);
    else if (o.pipe != NULL)
        strcpy(program->settings.pipe, o.pipe);
    status = program == NULL ? BAD_USAGE : quiz_over(&o, program);
    diag_list_free(&diags);
    program_free(program);
    source_free(&source);
    return status;
}
