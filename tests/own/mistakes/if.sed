s/while (p->count == 0 \&\& p->writers > 0)/if (p->count == 0 \&\& p->writers > 0)/
