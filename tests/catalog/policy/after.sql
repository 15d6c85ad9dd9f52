ALTER POLICY own ON cats TO pg_read_all_data, CURRENT_USER USING (owner = 'me') WITH CHECK (id > 0);
DROP POLICY look ON cats;
CREATE POLICY look ON cats AS RESTRICTIVE FOR DELETE USING (false);
COMMENT ON POLICY own ON cats IS 'mine';
CREATE POLICY "for all" ON cats;
