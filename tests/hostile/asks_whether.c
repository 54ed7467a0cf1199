/* what it may not read, it cannot look for
 * wanted: 0 of 12  build */
#include "right.c"
#if __has_include("/etc/passwd") || __has_include("HIDDEN/04-make-it-block/grading")
#error HARM: found
#endif
