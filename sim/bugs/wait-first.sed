# zoo: 5
# what: a reader sleeps without having looked
# say: it sleeps although bytes are there: the signal for them is long past
/^ssize_t pipe_read/,/^}/ {
    s/while (!readable(p)) {/do {/
    s/^    }$/    } while (!readable(p));/
}
