/* wanted: [0-9]* of 12 */
#include "right.c"
#define A(x) x x
#define B(x) A(A(A(A(A(A(A(A(A(A(x))))))))))
void warns(void);
void warns(void)
{
    B(A(A(A(A(int unused = "a warning";)))))
}
