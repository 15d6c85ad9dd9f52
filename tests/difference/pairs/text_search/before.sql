CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, stopwords = english, accept = false);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword, word, int WITH plain, english_stem;
