/* a /* b */
DROP TABLE t;
