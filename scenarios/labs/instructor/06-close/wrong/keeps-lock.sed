# item: epipe
s/error = -EPIPE;/return -EPIPE;/
