/* wanted: 0 of 25  build */
#include </dev/zero>
