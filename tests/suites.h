/* suites.h - what a test file needs: Check, and the name of the table that its suite goes into.
 *
 * A file test_pipe.c in tests/ringbuf/ or tests/sim/ defines `Suite *pipe_suite(void)`. That is all:
 * the Makefile makes the table of each folder from the names of its files (tests/suites.sh). */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>

extern Suite *(*const suites[])(void); /* NULL at the end */

#endif
