COMMENT ON TEXT SEARCH PARSER words IS 'words and numbers';
DROP TEXT SEARCH PARSER more;
CREATE TEXT SEARCH PARSER more (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
