/* which is not there: its input is empty
 * wanted: 25 of 25 */
#include "/dev/stdin"
#include "right.c"
