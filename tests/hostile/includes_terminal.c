/* which is not there: its input is empty
 * wanted: 12 of 12 */
#include "/dev/stdin"
#include "right.c"
