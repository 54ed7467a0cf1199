/* json_text.h - is this JSON? A checker of its own, so that the writer is not its own judge. */
#ifndef TESTS_SIM_JSON_TEXT_H
#define TESTS_SIM_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* One value (RFC 8259), in ASCII, without anything before or after it. */
bool json_is_value(const char *text, size_t n);

/* The string that is the value of `key` in an object, decoded to bytes (\u00XX is byte XX); its
 * length, or -1. The object must be well-formed, and the key not occur inside a string. */
long json_string_of(const char *object, const char *key, unsigned char *out, size_t room);

#endif
