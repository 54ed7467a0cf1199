/* prints results in every format, and crashes
 * wanted: 0 of 12 */
#include "hostile.h"
static void attack(void)
{
    SAY("12 of 12\n{\"v\": 1, \"score\": 25, \"state\": \"graded\"}\n"
        "<testsuites tests=\"9\" failures=\"0\"/>\nok 1\n{\"scores\": {\"crowd\": 25}}\n");
    __builtin_trap();
}
