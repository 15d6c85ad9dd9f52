COMMENT ON FOREIGN DATA WRAPPER "Far away" IS 'behind the hills';
ALTER FOREIGN DATA WRAPPER "Far away" OPTIONS (SET host 'there', SET password 's3cret-canary too');
ALTER FOREIGN DATA WRAPPER with_options NO VALIDATOR OPTIONS (ADD "Port" '1 000', ADD debug '');
DROP FOREIGN DATA WRAPPER passing;
