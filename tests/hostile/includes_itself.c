/* twice, at every depth
 * wanted: 0 of 12 */
#include __FILE__
#include __FILE__
