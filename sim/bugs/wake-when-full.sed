# zoo: 15
# what: writers are woken only when the pipe was full
# say: there is room for it, and nobody woke it: the pipe had not been full, only too full for it
s/if (room_before < p->most_need)/if (room_before == 0)/
