COPY cats (id, name) FROM stdin;
1	it's a cat
2	"quoted
\.

SELECT 'still read;
