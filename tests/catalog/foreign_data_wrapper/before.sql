CREATE FOREIGN DATA WRAPPER "Far away" OPTIONS (host 'here', password 's3cret-canary');
CREATE FOREIGN DATA WRAPPER with_options VALIDATOR postgresql_fdw_validator;
CREATE FOREIGN DATA WRAPPER passing;
