ALTER TABLE t OWNER TO :owner;
SELECT a::text, b[1:n], :'name';
