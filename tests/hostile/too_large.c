/* an object file of 16 GiB
 * wanted: 0 of 12 */
#include "right.c"
char large[(size_t)16 << 30] = {1};
