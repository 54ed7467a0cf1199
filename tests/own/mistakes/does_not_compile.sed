s/size_t got = 0;/size_t got = ;/
