/* warnings.c - see warnings.h. */
#include "sim/own/warnings.h"

#include <string.h>

enum { WARNINGS_MOST = 16, WARNING_SIZE = 400 };

static char kept[WARNINGS_MOST][WARNING_SIZE];
static size_t count, told;

void warnings_add(const char *sentence)
{
    size_t n = strcspn(sentence, "\n");
    n = n < WARNING_SIZE - 1 ? n : WARNING_SIZE - 1;
    for (size_t i = 0; i < count; i++) {
        if (strlen(kept[i]) == n && memcmp(kept[i], sentence, n) == 0)
            return;
    }
    if (count == WARNINGS_MOST)
        return;
    memcpy(kept[count], sentence, n);
    kept[count++][n] = '\0';
}

void warnings_take(struct strbuf *out)
{
    for (; told < count; told++)
        strbuf_addf(out, "%s\n", kept[told]);
}
