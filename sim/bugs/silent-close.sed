# zoo: 7
# what: the last close of an end wakes nobody
# say: nobody told the sleepers that there is no other side any more: the last close wakes all
/each of them must now/d
