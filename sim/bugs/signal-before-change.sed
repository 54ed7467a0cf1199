# zoo: 2
# what: a writer signals first, and then takes the lock and puts its bytes
# say: the signal came before the bytes and found nobody asleep: change first, then wake
/^static void bytes_have_come/,/^}/ {
    /if (used_before == 0)/d
    /wake_one_reader/d
}
/^ssize_t pipe_write/,/^}/ {
    s/^    if (!patience_takes/    pthread_cond_signal(\&p->not_empty); \/* bytes are on their way *\/\
&/
}
