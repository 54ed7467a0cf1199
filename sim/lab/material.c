/* material.c - see material.h. */
#include "sim/lab/material.h"

#include "sim/run/vocabulary.h"

#include <glob.h>
#include <stdlib.h>

static void add_piece(struct material *m, const struct bench *b, const char *files,
                      const char *star)
{
    struct piece *p = &m->pieces[m->count];
    if (m->count == PIECES_MOST)
        return;
    m->count++;
    script_read(&p->script, files, star, b->hand_in, b->folder, &p->why);
}

/* Of a folder's name every letter means itself. */
static void add_literally(struct strbuf *pattern, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("*?[\\", *text) != NULL)
            strbuf_add_char(pattern, '\\');
        strbuf_add_char(pattern, *text);
    }
}

/* One for each file that '@' and '*' mean. */
static void add_stars(struct material *m, const struct bench *b, const char *files)
{
    struct strbuf folder = {0}, pattern = {0};
    glob_t found = {0};
    add_literally(&folder, b->hand_in);
    path_join(&pattern, strbuf_text(&folder), files + 1, strcspn(files + 1, "+"));
    glob(strbuf_text(&pattern), 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_piece(m, b, files, found.gl_pathv[i]);
    if (found.gl_pathc > PIECES_MOST) {
        struct strbuf *why = &m->pieces[PIECES_MOST - 1].why;
        strbuf_clear(why);
        strbuf_addf(why, "there are more than %d files '%s'", PIECES_MOST, files + 1);
    }
    globfree(&found);
    strbuf_free(&folder);
    strbuf_free(&pattern);
}

static void add_parts(struct material *m, const struct bench *b, const char *files)
{
    while (*files != '\0') {
        size_t n = strcspn(files, "+");
        char *part = strndup(files, n);
        add_piece(m, b, part, "");
        free(part);
        files += n + (files[n] == '+');
    }
}

static void parse(struct piece *p)
{
    p->source = (struct source){strbuf_text(&p->script.name), strbuf_text(&p->script.text),
                                p->script.text.length};
    p->program = script_parse(&p->source, vocabulary(), &p->mistakes);
}

void material_parse_again(struct piece *p)
{
    program_free(p->program);
    diag_list_free(&p->mistakes);
    p->mistakes = (struct diag_list){0};
    parse(p);
}

void material_read(struct material *m, const struct bench *b, const struct lab_case *c)
{
    bool scenario = c->kind == CASE_RUN || c->kind == CASE_EXPLORE;
    if (!scenario)
        add_parts(m, b, c->files);
    else if (c->files[0] == '@' && strchr(c->files, '*') != NULL)
        add_stars(m, b, c->files);
    else
        add_piece(m, b, c->files, "");
    for (size_t i = 0; scenario && i < m->count; i++) {
        if (m->pieces[i].why.length == 0)
            parse(&m->pieces[i]);
    }
}

void material_free(struct material *m)
{
    for (size_t i = 0; i < m->count; i++) {
        lab_script_free(&m->pieces[i].script);
        strbuf_free(&m->pieces[i].why);
        program_free(m->pieces[i].program);
        diag_list_free(&m->pieces[i].mistakes);
    }
    m->count = 0;
}

bool material_is_whole(const struct material *m, struct strbuf *why)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->pieces[i].why.length > 0) {
            strbuf_add(why, strbuf_text(&m->pieces[i].why));
            return false;
        }
    }
    return true;
}
