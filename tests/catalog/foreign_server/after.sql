COMMENT ON SERVER barn IS 'red';
ALTER SERVER farm VERSION '2' OPTIONS (DROP host, ADD address 'by the lake');
ALTER SERVER barn RENAME TO "Barn";
