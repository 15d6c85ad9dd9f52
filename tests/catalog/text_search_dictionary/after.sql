ALTER TEXT SEARCH DICTIONARY plain (accept = false);
COMMENT ON TEXT SEARCH DICTIONARY stems IS 'without endings';
ALTER TEXT SEARCH DICTIONARY stems (stopwords);
