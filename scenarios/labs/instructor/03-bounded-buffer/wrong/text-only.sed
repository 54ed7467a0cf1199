# item: hidden-wrap
s/while (done < n && p->used < p->capacity) {/while (done < n \&\& from[done] != 0 \&\& p->used < p->capacity) {/
