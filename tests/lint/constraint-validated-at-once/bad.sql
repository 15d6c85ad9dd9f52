ALTER TABLE cats
    ADD CONSTRAINT cats_owner FOREIGN KEY (owner_id) REFERENCES owners (id),
    ADD CONSTRAINT weight_positive CHECK (weight > 0),
    ADD UNIQUE (chip);
ALTER TABLE cats ADD COLUMN tag text UNIQUE;
