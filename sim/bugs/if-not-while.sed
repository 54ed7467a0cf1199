# zoo: 1
# what: a reader that was woken does not look again
# say: the reader was woken, and another had taken the byte: wait in a loop, not in an if
/^ssize_t pipe_read/,/^}/ {
    s/while (!readable(p))/if (!readable(p))/
    s/break;/goto leave;/
    s/^    if (result == 0)$/leave:\
&/
}
