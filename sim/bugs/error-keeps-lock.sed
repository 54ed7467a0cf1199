# zoo: 10
# what: a writer that finds no reader leaves with the lock
# say: it left with the lock: each way out of a function must let it go, the rare ones too
/^ssize_t pipe_write/,/^}/ {
    s/^        error = await_room.*/&\
        if (error == -EPIPE \&\& done == 0)\
            return error;/
}
