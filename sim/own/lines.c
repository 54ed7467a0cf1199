/* lines.c - see lines.h. */
#include "sim/own/lines.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *address;
    const char *file; /* NULL: here the code of a unit ends */
    unsigned line;
};

/* Sorted by address; on the ordinary heap, and kept: code is never unloaded. */
static struct row *rows;
static size_t row_count, row_room;

static void add_row(struct row r)
{
    if (row_count == row_room) {
        size_t room = row_room == 0 ? 256 : row_room * 2;
        struct row *grown = realloc(rows, room * sizeof *grown);
        if (grown == NULL)
            return;
        rows = grown;
        row_room = room;
    }
    rows[row_count++] = r;
}

/* Of two at one address the later one holds, but an end only if nothing else begins there. */
static int by_address(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return (x->file != NULL) - (y->file != NULL);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* What is left of the bytes; past their end all is zero. */
struct bytes {
    const unsigned char *at, *end;
};

static uint64_t fixed(struct bytes *b, size_t n)
{
    uint64_t value = 0;
    if ((size_t)(b->end - b->at) < n) {
        b->at = b->end;
        return 0;
    }
    memcpy(&value, b->at, n); /* what is loaded here has the byte order of this machine */
    b->at += n;
    return value;
}

static uint64_t unsigned_leb(struct bytes *b)
{
    uint64_t value = 0, byte;
    unsigned shift = 0;
    do {
        byte = fixed(b, 1);
        if (shift < 64)
            value |= (byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return value;
}

static int64_t signed_leb(struct bytes *b)
{
    const unsigned char *start = b->at;
    uint64_t value = unsigned_leb(b);
    unsigned shift = 7 * (unsigned)(b->at - start);
    bool negative = b->at > start && (b->at[-1] & 0x40) != 0;
    return (int64_t)(negative && shift < 64 ? value | ~UINT64_C(0) << shift : value);
}

static const char *text(struct bytes *b)
{
    const char *start = (const char *)b->at;
    const unsigned char *zero = memchr(b->at, 0, (size_t)(b->end - b->at));
    if (zero == NULL) {
        b->at = b->end;
        return "";
    }
    b->at = zero + 1;
    return start;
}

/* -- a unit's program -------------------------------------------------------------------------- */

enum { FILES_MOST = 256 };

struct unit {
    const char *base;
    unsigned least_step, opcode_base;
    int line_base;
    unsigned line_range;
    unsigned char operands[256];
    const char *files[FILES_MOST]; /* from 1 */
    size_t file_count;
    struct row now;
    uint64_t address, file;
    int64_t line;
};

static const char *kept_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    for (size_t i = row_count; i-- > 0;) {
        if (rows[i].file != NULL && strcmp(rows[i].file, name) == 0)
            return rows[i].file;
    }
    return strdup(name);
}

static void add_file(struct unit *u, const char *name)
{
    if (u->file_count + 1 < FILES_MOST)
        u->files[++u->file_count] = kept_name(name);
}

static void read_tables(struct unit *u, struct bytes *b)
{
    while (*text(b) != '\0') /* the folders */
        ;
    for (const char *name = text(b); *name != '\0'; name = text(b)) {
        add_file(u, name);
        for (int i = 0; i < 3; i++)
            unsigned_leb(b);
    }
}

static void emit(const struct unit *u)
{
    bool known = u->file > 0 && u->file <= u->file_count;
    add_row((struct row){u->base + u->address, known ? u->files[u->file] : "?", (unsigned)u->line});
}

static void restart(struct unit *u)
{
    u->address = 0;
    u->file = u->line = 1;
}

enum { EXTENDED_END = 1, EXTENDED_ADDRESS = 2 };

static void extended(struct unit *u, struct bytes *b)
{
    uint64_t size = unsigned_leb(b);
    if (size == 0 || size > (uint64_t)(b->end - b->at))
        return;
    struct bytes own = {b->at, b->at + size};
    b->at = own.end;
    switch (fixed(&own, 1)) {
    case EXTENDED_END:
        add_row((struct row){u->base + u->address, NULL, 0});
        restart(u);
        break;
    case EXTENDED_ADDRESS: u->address = fixed(&own, sizeof(void *)); break;
    }
}

enum { COPY = 1, ADVANCE_PC, ADVANCE_LINE, SET_FILE, CONST_ADD_PC = 8, FIXED_ADVANCE_PC };

static void standard(struct unit *u, unsigned opcode, struct bytes *b)
{
    switch (opcode) {
    case COPY: emit(u); break;
    case ADVANCE_PC: u->address += unsigned_leb(b) * u->least_step; break;
    case ADVANCE_LINE: u->line += signed_leb(b); break;
    case SET_FILE: u->file = unsigned_leb(b); break;
    case CONST_ADD_PC: u->address += (255 - u->opcode_base) / u->line_range * u->least_step; break;
    case FIXED_ADVANCE_PC: u->address += fixed(b, 2); break;
    default:
        for (int i = 0; i < u->operands[opcode]; i++)
            unsigned_leb(b);
    }
}

static void special(struct unit *u, unsigned opcode)
{
    unsigned adjusted = opcode - u->opcode_base;
    u->address += adjusted / u->line_range * u->least_step;
    u->line += u->line_base + (int)(adjusted % u->line_range);
    emit(u);
}

static void read_program(struct unit *u, struct bytes b)
{
    restart(u);
    while (b.at < b.end) {
        unsigned opcode = (unsigned)fixed(&b, 1);
        if (opcode == 0)
            extended(u, &b);
        else if (opcode < u->opcode_base)
            standard(u, opcode, &b);
        else
            special(u, opcode);
    }
}

/* `b` is one unit, after its length. */
static void read_unit(const char *base, struct bytes b)
{
    struct unit u = {.base = base};
    unsigned version = (unsigned)fixed(&b, 2);
    uint64_t header = fixed(&b, 4);
    if (version < 2 || version > 4 || header > (uint64_t)(b.end - b.at))
        return;
    struct bytes program = {b.at + header, b.end};
    u.least_step = (unsigned)fixed(&b, 1);
    fixed(&b, version == 4 ? 2 : 1); /* operations of an instruction; default_is_stmt */
    u.line_base = (signed char)fixed(&b, 1);
    u.line_range = (unsigned)fixed(&b, 1);
    u.opcode_base = (unsigned)fixed(&b, 1);
    for (unsigned i = 1; i < u.opcode_base; i++)
        u.operands[i] = (unsigned char)fixed(&b, 1);
    b.end = program.at;
    read_tables(&u, &b);
    if (u.line_range > 0)
        read_program(&u, program);
}

static void read_units(const char *base, struct bytes b)
{
    while (b.end - b.at > 4) {
        uint64_t size = fixed(&b, 4);
        if (size > (uint64_t)(b.end - b.at)) /* 64-bit units begin with a size that is none */
            return;
        read_unit(base, (struct bytes){b.at, b.at + size});
        b.at += size;
    }
}

/* -- the file ---------------------------------------------------------------------------------- */

#if defined(__linux__)
#include <elf.h>
#include <link.h>

static struct bytes find_section(const unsigned char *file, size_t size, const char *wanted)
{
    const ElfW(Ehdr) *head = (const void *)file;
    struct bytes none = {file, file};
    if (size < sizeof *head || head->e_shoff > size ||
        head->e_shnum > (size - head->e_shoff) / sizeof(ElfW(Shdr)))
        return none;
    const ElfW(Shdr) *all = (const void *)(file + head->e_shoff);
    const char *names = (const char *)file + all[head->e_shstrndx].sh_offset;
    for (size_t i = 0; i < head->e_shnum; i++) {
        const ElfW(Shdr) *s = &all[i];
        if (strcmp(names + s->sh_name, wanted) == 0 && s->sh_offset + s->sh_size <= size)
            return (struct bytes){file + s->sh_offset, file + s->sh_offset + s->sh_size};
    }
    return none;
}
#else
static struct bytes find_section(const unsigned char *file, size_t size, const char *wanted)
{
    (void)size, (void)wanted;
    return (struct bytes){file, file};
}
#endif

enum { OBJECT_MOST = 32 << 20 };

void lines_take(const char *object, const char *base)
{
    FILE *f = fopen(object, "rb");
    long size = f != NULL && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : 0;
    unsigned char *file = size > 0 && size < OBJECT_MOST ? malloc((size_t)size) : NULL;
    if (file != NULL) {
        rewind(f);
        size_t n = fread(file, 1, (size_t)size, f);
        read_units(base, find_section(file, n, ".debug_line"));
        qsort(rows, row_count, sizeof *rows, by_address);
    }
    free(file);
    if (f != NULL)
        fclose(f);
}

/* -- asking ------------------------------------------------------------------------------------ */

struct code_line lines_find(const void *address)
{
    size_t low = 0, high = row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rows[middle].address <= (const char *)address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || rows[low - 1].file == NULL)
        return (struct code_line){"?", 0};
    return (struct code_line){rows[low - 1].file, rows[low - 1].line};
}

void lines_add(const void *address, struct strbuf *out)
{
    struct code_line l = lines_find(address);
    if (l.line == 0)
        strbuf_add(out, "somewhere in its code");
    else
        strbuf_addf(out, "%s:%u", l.file, l.line);
}
