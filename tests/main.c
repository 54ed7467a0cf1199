/* main.c - runs the suites of one folder. CK_RUN_SUITE=pipe runs one, CK_RUN_CASE=read one case,
 * CK_FORK=no stays in one process for a debugger, CK_VERBOSITY=verbose names every test: Check's own
 * variables. */
#include "tests/suites.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; suites[i] != NULL; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    int ran = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (ran == 0)
        fprintf(stderr, "no test ran: is CK_RUN_SUITE or CK_RUN_CASE misspelt?\n");
    return ran > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
