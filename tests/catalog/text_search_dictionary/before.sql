CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple);
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, language = german, stopwords = german);
