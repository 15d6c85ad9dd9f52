CREATE OR REPLACE VIEW kittens WITH (security_barrier, check_option = local) AS
    SELECT id, name, age FROM cats WHERE age < 2;
ALTER VIEW kittens ALTER name SET DEFAULT 'kitten';
COMMENT ON VIEW kittens IS 'small cats';
COMMENT ON COLUMN kittens.id IS 'of the cat';
DROP VIEW adults;
