/* the same in another file, with a name that is not easy to read in a list
 * wanted: 0 of 12  build */
#include "right.c"
#include "un locked.h"
