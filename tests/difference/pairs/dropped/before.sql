CREATE TABLE owners (id int PRIMARY KEY, cat int);
CREATE TABLE cats (id int PRIMARY KEY, owner int REFERENCES owners);
ALTER TABLE owners ADD FOREIGN KEY (cat) REFERENCES cats;
CREATE VIEW both_of AS SELECT o.id FROM owners o JOIN cats c ON c.owner = o.id;
CREATE SCHEMA zoo;
CREATE SEQUENCE zoo.tickets;
CREATE TABLE stay (id int);
