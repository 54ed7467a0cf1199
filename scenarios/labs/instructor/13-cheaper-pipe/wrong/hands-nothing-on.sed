# item: right
s/^    if (done > 0)$/    if (0)/
