s/to\[got\] = /to[n] = /
