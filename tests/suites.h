/* suites.h - every suite of the test program; tests/main.c has them in its table. */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>

Suite *ring_suite(void);
Suite *pipe_suite(void);
Suite *wake_suite(void);
Suite *crowd_suite(void);

#endif
