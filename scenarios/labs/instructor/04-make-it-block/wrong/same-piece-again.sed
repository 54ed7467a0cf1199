# item: long
# look for: the next piece begins
s/put(p, from + done,/put(p, from,/
