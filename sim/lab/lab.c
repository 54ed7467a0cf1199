/* lab.c - see lab.h. */
#include "sim/lab/lab.h"

#include <stdlib.h>
#include <string.h>

static char *base_name(const char *folder)
{
    size_t end = strlen(folder), begin;
    while (end > 1 && folder[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && folder[begin - 1] != '/';)
        begin--;
    return strndup(folder + begin, end - begin);
}

static bool is_complete(const struct lab *lab, struct strbuf *out)
{
    const char *missing = lab->title == NULL     ? "title = ..."
                          : lab->hand_in == NULL ? "hand-in = FILE"
                          : lab->item_count == 0 ? "[item] that is graded"
                                                 : NULL;
    if (missing != NULL)
        strbuf_addf(out, "%s/grading: error: there is no %s\n", lab->folder, missing);
    return missing == NULL;
}

struct lab *lab_read(const char *folder, const char *hidden_folder, struct strbuf *out)
{
    struct lab *lab = calloc(1, sizeof *lab);
    if (lab == NULL)
        return NULL;
    lab->name = base_name(folder);
    lab->folder = strdup(folder);
    lab->hidden_folder = hidden_folder != NULL ? strdup(hidden_folder) : NULL;
    lab->seconds = 60;
    if (grading_read(lab, lab->folder, VISIBLE, out) && is_complete(lab, out) &&
        (hidden_folder == NULL || grading_read(lab, lab->hidden_folder, HIDDEN, out))) {
        for (size_t i = 0; i < lab->item_count; i++)
            lab->items[i].kind = lab->kind;
        return lab;
    }
    lab_free(lab);
    return NULL;
}

static void free_item(struct lab_item *item)
{
    for (size_t i = 0; i < item->cause_count; i++) {
        free(item->causes[i].words);
        free(item->causes[i].sentence);
    }
    for (size_t i = 0; i < item->case_count; i++) {
        free(item->cases[i].files);
        free(item->cases[i].pipe);
        free(item->cases[i].options);
    }
    free(item->causes);
    free(item->cases);
    free(item->name);
    free(item->title);
    free(item->hint);
}

void lab_free(struct lab *lab)
{
    if (lab == NULL)
        return;
    for (size_t i = 0; i < lab->item_count; i++)
        free_item(&lab->items[i]);
    free(lab->items);
    free(lab->name);
    free(lab->folder);
    free(lab->hidden_folder);
    free(lab->title);
    free(lab->hand_in);
    free(lab);
}

int64_t lab_points(const struct lab *lab)
{
    int64_t points = 0;
    for (size_t i = 0; i < lab->item_count; i++)
        points += lab->items[i].points;
    return points;
}
