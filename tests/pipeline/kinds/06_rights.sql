-- Policies, grants, foreign data, publications, sessions
--
-- Revision ID: 06_rights
-- Revises: 05_views
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE POLICY own_cats ON shelter.cats AS PERMISSIVE FOR SELECT TO pipeline_keeper USING (name = current_user);
ALTER POLICY own_cats ON shelter.cats USING (name <> '') ;
ALTER TABLE shelter.cats ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA shelter TO pipeline_keeper, pipeline_guest;
GRANT SELECT, UPDATE (mood) ON shelter.cats TO pipeline_keeper WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION shelter.greet(text) TO pipeline_guest;
REVOKE EXECUTE ON FUNCTION shelter.greet(text) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shelter GRANT SELECT ON TABLES TO pipeline_guest;
ALTER TABLE shelter.box_1 OWNER TO pipeline_guest;
REASSIGN OWNED BY pipeline_guest TO pipeline_keeper;
GRANT SELECT ON shelter.box_2 TO pipeline_passing;
DROP OWNED BY pipeline_passing;

CREATE FOREIGN DATA WRAPPER elsewhere;
ALTER FOREIGN DATA WRAPPER elsewhere OPTIONS (ADD debug 'true');
CREATE SERVER far FOREIGN DATA WRAPPER elsewhere OPTIONS (host 'far.example.org');
ALTER SERVER far VERSION '2';
CREATE USER MAPPING FOR pipeline_keeper SERVER far OPTIONS (remote 'keeper');
ALTER USER MAPPING FOR pipeline_keeper SERVER far OPTIONS (SET remote 'guard');
CREATE FOREIGN TABLE shelter.far_cats (id integer, name text) SERVER far;
ALTER FOREIGN TABLE shelter.far_cats ADD COLUMN born date;
CREATE PUBLICATION cats_out FOR TABLE ONLY shelter.cats;
ALTER PUBLICATION cats_out ADD TABLE shelter.summary;

SET LOCAL work_mem = '8MB';
SET my.flag = 'on';
RESET my.flag;
SHOW work_mem;
PREPARE find_cat (text) AS SELECT * FROM shelter.cats WHERE name = $1;
EXECUTE find_cat('Tom');
DEALLOCATE find_cat;
DECLARE some_cats CURSOR FOR SELECT * FROM shelter.cats ORDER BY id;
FETCH 1 FROM some_cats;
MOVE 1 FROM some_cats;
CLOSE some_cats;
NOTIFY cats, 'changed';
LISTEN cats;
UNLISTEN cats;
DISCARD PLANS;
CHECKPOINT;

-- migrate:down

DROP PUBLICATION cats_out;
DROP FOREIGN TABLE shelter.far_cats;
DROP USER MAPPING FOR pipeline_keeper SERVER far;
DROP SERVER far;
DROP FOREIGN DATA WRAPPER elsewhere;
ALTER DEFAULT PRIVILEGES IN SCHEMA shelter REVOKE SELECT ON TABLES FROM pipeline_guest;
ALTER TABLE shelter.cats DISABLE ROW LEVEL SECURITY;
DROP POLICY own_cats ON shelter.cats;
GRANT EXECUTE ON FUNCTION shelter.greet(text) TO PUBLIC;
REVOKE ALL ON FUNCTION shelter.greet(text) FROM pipeline_guest;
REVOKE ALL ON shelter.cats FROM pipeline_keeper;
REVOKE USAGE ON SCHEMA shelter FROM pipeline_keeper, pipeline_guest;
ALTER TABLE shelter.box_1 OWNER TO CURRENT_USER;
