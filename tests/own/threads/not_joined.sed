/void \*result;/d
/pthread_join/,/abort/d
