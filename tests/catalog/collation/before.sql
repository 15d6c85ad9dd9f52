CREATE COLLATION bytes (provider = libc, locale = 'C');
CREATE COLLATION mixed (provider = libc, lc_collate = 'POSIX', lc_ctype = 'C');
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE COLLATION numbers (provider = icu, locale = 'en-u-kn-true');
