# item: hangup
# look for: two answers
s/p->writers == 0 ? PIPE_HUP/p->writers == 0 \&\& p->used == 0 ? PIPE_HUP/
