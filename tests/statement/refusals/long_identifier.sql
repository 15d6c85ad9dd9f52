CREATE TABLE t (
    żółty_kot_żółty_kot_żółty_kot_żółty_kot_żółty_kot_żółty_kot_ int,
    short int
);
