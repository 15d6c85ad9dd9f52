CREATE FOREIGN DATA WRAPPER server_wrapper;
CREATE SERVER barn FOREIGN DATA WRAPPER server_wrapper;
CREATE SERVER farm TYPE 'farm' VERSION '1' FOREIGN DATA WRAPPER server_wrapper OPTIONS (host 'farm', api_key 's3cret-canary');
