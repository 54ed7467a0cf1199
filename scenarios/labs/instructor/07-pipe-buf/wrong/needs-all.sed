# item: close
s/size_t need = n <= p->atomic ? n : 1;/size_t need = n;/
