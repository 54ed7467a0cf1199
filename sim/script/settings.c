/* settings.c - see settings.h. */
#include "sim/script/settings.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t normal, least, most;
} table[] = {
#define X(name, normal, least, most, meaning) {#name, normal, least, most},
    SETTINGS(X)
#undef X
};

void settings_init(struct settings *s)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        s->values[i] = table[i].normal;
    s->given = 0;
    strcpy(s->pipe, "ring");
}

void settings_set(struct settings *s, int setting, int64_t value)
{
    s->values[setting] = value;
    s->given |= (uint32_t)1 << setting;
}

int64_t settings_or(const struct settings *s, int setting, int64_t otherwise)
{
    bool given = s->given >> setting & 1;
    return given || otherwise == 0 ? s->values[setting] : otherwise;
}

int setting_named(const char *name, unsigned long length)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0)
            return i;
    }
    return -1;
}

const char *setting_name(int setting)
{
    return table[setting].name;
}

int64_t setting_least(int setting)
{
    return table[setting].least;
}

int64_t setting_most(int setting)
{
    return table[setting].most;
}
