# zoo: 4
# what: a reader looks first, and then takes the lock and sleeps
# say: the signal came between the look and the sleep, and found nobody: look under the lock
# keeps: all it has seen
/^ssize_t pipe_read/,/^}/ {
    s/^    if (!patience_takes/    bool empty = !readable(p);\
&/
    s/while (!readable(p))/while (empty)/
    s/^        tell(p, PIPE_READER_RETURNS);/&\
        empty = !readable(p);/
}
