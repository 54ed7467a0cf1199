# item: hangup
s/p->writers == 0 ? PIPE_HUP/0 ? PIPE_HUP/
