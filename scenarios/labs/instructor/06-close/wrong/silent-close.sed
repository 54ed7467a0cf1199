# item: eof-wakes
s/if (\*ends == 0)/if (0)/
