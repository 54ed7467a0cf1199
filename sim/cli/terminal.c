/* terminal.c - see terminal.h. */
#ifdef PIPESIM_NCURSES
#include "sim/cli/terminal.h"

#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

/* -- giving it back, whatever happens ---------------------------------------------------------- */

static const int endings[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGHUP, SIGQUIT};
enum { ENDING_COUNT = sizeof endings / sizeof *endings };
static struct sigaction before[ENDING_COUNT]; /* what was to happen */

/* The terminal first, then what would have happened without us: a fault happens again when we
 * return, a signal that somebody sent is sent again. */
static void on_ending(int number, siginfo_t *info, void *context)
{
    bool fault = info->si_code > 0 && number != SIGABRT;
    (void)context;
    endwin();
    for (int i = 0; i < ENDING_COUNT; i++) {
        if (endings[i] == number)
            sigaction(number, &before[i], NULL);
    }
    if (!fault)
        raise(number);
}

static void catch_endings(void)
{
    struct sigaction action = {.sa_sigaction = on_ending, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < ENDING_COUNT; i++)
        sigaction(endings[i], &action, &before[i]);
}

static void release_endings(void)
{
    for (int i = 0; i < ENDING_COUNT; i++)
        sigaction(endings[i], &before[i], NULL);
}

/* -- begin and end ----------------------------------------------------------------------------- */

static const struct {
    short color;          /* of the terminal's own; -1: the ordinary one */
    attr_t with, without; /* attributes with colours, and without */
} looks[TONE_COUNT] = {
    [TONE_PLAIN] = {-1, A_NORMAL, A_NORMAL},
    [TONE_DIM] = {-1, A_DIM, A_DIM},
    [TONE_STRONG] = {-1, A_BOLD, A_BOLD},
    [TONE_CHANGED] = {COLOR_CYAN, A_BOLD, A_BOLD},
    [TONE_ASLEEP] = {COLOR_YELLOW, A_NORMAL, A_NORMAL},
    [TONE_AWAKE] = {COLOR_GREEN, A_NORMAL, A_NORMAL},
    [TONE_WRONG] = {COLOR_RED, A_BOLD, A_BOLD},
};

/* COLOR_PAIRS is 0 until start_color. */
static attr_t look(enum tone tone)
{
    bool colored = COLOR_PAIRS > TONE_COUNT && looks[tone].color >= 0;
    return colored ? looks[tone].with | (attr_t)COLOR_PAIR(tone + 1) : looks[tone].without;
}

static void start_colors(void)
{
    if (start_color() == ERR)
        return;
    use_default_colors();
    for (short tone = 0; tone < TONE_COUNT; tone++)
        init_pair(tone + 1, looks[tone].color, -1);
}

int terminal_open(enum terminal_color color)
{
    setlocale(LC_CTYPE, "");
    catch_endings(); /* before curses sees to some of them in its own way */
    if (newterm(NULL, stdout, stdin) == NULL) {
        release_endings();
        return -1;
    }
    if (color == TERMINAL_COLORED)
        start_colors();
    raw(); /* Ctrl-C and Ctrl-Z are keys here, so that they come between two movements */
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    return 0;
}

void terminal_close(void)
{
    endwin();
    release_endings();
}

void terminal_suspend(void)
{
    struct sigaction stop = {.sa_handler = SIG_DFL}, curses;
    sigemptyset(&stop.sa_mask);
    def_prog_mode();
    endwin();
    sigaction(SIGTSTP, &stop, &curses);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &curses, NULL);
    reset_prog_mode();
    terminal_redraw();
}

/* -- drawing ----------------------------------------------------------------------------------- */

struct area terminal_area(void)
{
    return (struct area){0, 0, LINES, COLS};
}

void terminal_clear(struct area a)
{
    for (int y = a.y; y < a.y + a.height; y++)
        mvhline(y, a.x, ' ', a.width);
}

/* The bytes of the next character, and its columns. What is no character of the locale counts as
 * one byte, one column wide, and is drawn as '?'. */
static size_t character(const char *text, size_t n, int *columns)
{
    wchar_t wide;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t bytes = mbrtowc(&wide, text, n, &state);
    int width = bytes == 0 || bytes > n ? -1 : wcwidth(wide);
    *columns = width < 0 ? 1 : width;
    return width < 0 ? 1 : bytes;
}

static int add_text(int y, int x, int width, attr_t attributes, const char *text, size_t n)
{
    int drawn = 0, columns;
    attrset(attributes);
    move(y, x);
    for (size_t i = 0, bytes; i < n; i += bytes) {
        bytes = character(text + i, n - i, &columns);
        if (drawn + columns > width)
            break;
        bool strange = bytes == 1 && (text[i] < ' ' || text[i] == 0x7f);
        addnstr(strange ? "?" : text + i, strange ? 1 : (int)bytes);
        drawn += columns;
    }
    attrset(A_NORMAL);
    return drawn;
}

int terminal_text(int y, int x, int width, enum tone tone, const char *text, size_t n)
{
    return add_text(y, x, width, look(tone), text, n);
}

int terminal_emphasized(int y, int x, int width, enum emphasis emphasis, const char *text)
{
    attr_t attributes = emphasis == EMPHASIS_FOCUS ? A_REVERSE : A_BOLD;
    return add_text(y, x, width, attributes, text, strlen(text));
}

static void draw_line(int y, int x, int width, struct sheet_line line)
{
    size_t at = 0;
    int drawn = 0;
    while (at < line.length && drawn < width) {
        size_t end = at;
        while (end < line.length && line.tones[end] == line.tones[at])
            end++;
        drawn += terminal_text(y, x + drawn, width - drawn, (enum tone)line.tones[at],
                               line.text + at, end - at);
        at = end;
    }
    if (drawn < width)
        mvhline(y, x + drawn, ' ', width - drawn);
    if (text_columns(line.text, line.length) > (size_t)width)
        terminal_text(y, x + width - 1, 1, TONE_DIM, ">", 1); /* there is more of it */
}

void terminal_sheet(struct area a, const struct sheet *s, size_t first)
{
    terminal_clear(a);
    for (int i = 0; i < a.height && first + (size_t)i < s->line_count; i++)
        draw_line(a.y + i, a.x, a.width, sheet_line(s, first + (size_t)i));
}

void terminal_cursor(int y, int x)
{
    curs_set(1);
    move(y, x);
}

void terminal_no_cursor(void)
{
    curs_set(0);
    move(LINES - 1, COLS - 1);
}

void terminal_redraw(void)
{
    clearok(stdscr, TRUE);
}

/* -- keys -------------------------------------------------------------------------------------- */

int terminal_key(void)
{
    static const int keys[][2] = {
        {KEY_LEFT, KEY_TO_LEFT},
        {KEY_RIGHT, KEY_TO_RIGHT},
        {KEY_UP, KEY_TO_ABOVE},
        {KEY_DOWN, KEY_TO_BELOW},
        {KEY_PPAGE, KEY_PAGE_UP},
        {KEY_NPAGE, KEY_PAGE_DOWN},
        {KEY_HOME, KEY_TO_START},
        {KEY_END, KEY_TO_END},
        {KEY_BACKSPACE, KEY_RUBOUT},
        {KEY_DC, KEY_RUBOUT},
        {KEY_BTAB, KEY_TAB_BACK},
        {KEY_RESIZE, KEY_SIZE},
        {KEY_ENTER, '\n'},
        {'\r', '\n'},
        {127, KEY_RUBOUT},
        {8, KEY_RUBOUT},
        {ERR, KEY_GONE},
    };
    refresh();
    int key = getch();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i][0] == key)
            return keys[i][1];
    }
    return key < 256 ? key : KEY_OTHER;
}

#else
typedef int terminal_needs_ncurses;
#endif
