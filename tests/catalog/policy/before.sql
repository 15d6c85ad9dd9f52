CREATE TABLE cats (id int, owner text);
CREATE POLICY own ON cats USING (owner = CURRENT_USER);
CREATE POLICY look ON cats FOR SELECT TO PUBLIC USING (true);
