/* twice, at every depth
 * wanted: 0 of 25 */
#include __FILE__
#include __FILE__
