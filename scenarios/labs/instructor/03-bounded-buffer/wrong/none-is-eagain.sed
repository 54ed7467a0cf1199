# item: partial
# look for: A call of 0 bytes
s/done == 0 && n > 0 ?/done == 0 ?/
