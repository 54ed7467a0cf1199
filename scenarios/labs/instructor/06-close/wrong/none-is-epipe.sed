# item: epipe
# look for: A write of 0 bytes
s/^    while (done < n && error == 0) {/    if (p->readers == 0)\n        error = -EPIPE;\n&/
