/* explain.c - what a first difference means. */
#include "sim/compare/compare.h"

void difference_explain(const struct comparison *c, struct strbuf *out)
{
    (void)c, (void)out;
}
