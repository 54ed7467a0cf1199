# item: nonblocking
s/-EAGAIN/-1/
