# item: short
s/return done > 0 ? (ssize_t)done : error;/return error ? error : (ssize_t)done;/
