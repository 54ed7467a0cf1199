/* a macro of 2 to the 40th words
 * wanted: 0 of 12 */
#include "right.c"
#define A(x) x x
#define B(x) A(A(A(A(A(A(A(A(x))))))))
#define C(x) B(B(B(B(B(x)))))
int words[] = {C(1, )};
