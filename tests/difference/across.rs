//! The contract on pairs in which one kind stands on another.

use enact::difference::Options;

use super::{faults, linked, with};
use crate::postgres::installation;

/// The first major version that knows both schemas, and the schemas.
type Pair = (u16, &'static str, &'static str);

const CATS: &str = "CREATE TABLE cats (id int PRIMARY KEY, name text, age int);";

const PAIRS: &[Pair] = &[
    // A table becomes a view, and the rule on it stays the same.
    (
        0,
        "CREATE TABLE pens (id int); CREATE RULE keep AS ON DELETE TO pens DO INSTEAD NOTHING",
        "CREATE VIEW pens AS SELECT 1 AS id; CREATE RULE keep AS ON DELETE TO pens DO INSTEAD NOTHING",
    ),
    // A rule calls a function that cannot be replaced.
    (
        0,
        "CREATE TABLE cats (id int); CREATE FUNCTION seen(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE RULE look AS ON UPDATE TO cats DO ALSO SELECT seen(new.id)",
        "CREATE TABLE cats (id int); CREATE FUNCTION seen(int) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
         CREATE RULE look AS ON UPDATE TO cats DO ALSO SELECT seen(new.id)",
    ),
    // Rules of two tables that name each other.
    (
        0,
        "",
        "CREATE TABLE a (id int); CREATE TABLE b (id int);
         CREATE RULE to_b AS ON INSERT TO a DO ALSO INSERT INTO b VALUES (new.id);
         CREATE RULE to_a AS ON DELETE TO b DO ALSO DELETE FROM a WHERE a.id = old.id;
         ALTER TABLE a ENABLE ALWAYS RULE to_b",
    ),
    // The function of an event trigger goes; a table comes and goes beside it.
    (
        0,
        "CREATE FUNCTION hook() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
         CREATE TABLE cats (id int); CREATE EVENT TRIGGER no ON sql_drop EXECUTE FUNCTION hook()",
        "CREATE FUNCTION other() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
         CREATE TABLE dogs (id int); CREATE EVENT TRIGGER no ON ddl_command_end EXECUTE FUNCTION other()",
    ),
    // A column with statistics, a rule and a publication becomes generated, and comes again.
    (
        0,
        "CREATE TABLE cats (id int PRIMARY KEY, age int); CREATE STATISTICS pair ON id, age FROM cats;
         CREATE RULE young AS ON DELETE TO cats WHERE old.age < 1 DO INSTEAD NOTHING;
         CREATE PUBLICATION news FOR TABLE cats",
        "CREATE TABLE cats (id int PRIMARY KEY, age int GENERATED ALWAYS AS (id * 2) STORED);
         CREATE STATISTICS pair ON id, age FROM cats; ALTER STATISTICS pair SET STATISTICS 9;
         CREATE RULE young AS ON DELETE TO cats WHERE old.age < 1 DO INSTEAD NOTHING;
         ALTER TABLE cats DISABLE RULE young; CREATE PUBLICATION news FOR TABLE cats",
    ),
    // A table that is published must be logged.
    (
        0,
        "CREATE UNLOGGED TABLE cats (id int); CREATE TABLE dogs (id int); CREATE PUBLICATION news FOR TABLE dogs",
        "CREATE TABLE cats (id int); CREATE UNLOGGED TABLE dogs (id int); CREATE PUBLICATION news FOR TABLE cats",
    ),
    // Published partitions, and a table that becomes a partition.
    (
        0,
        "CREATE TABLE visits (day date) PARTITION BY RANGE (day); CREATE TABLE v1 (day date);
         CREATE PUBLICATION news FOR TABLE visits, v1",
        "CREATE TABLE visits (day date) PARTITION BY RANGE (day);
         CREATE TABLE v1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
         CREATE PUBLICATION news FOR TABLE v1 WITH (publish_via_partition_root = true, publish = '')",
    ),
    // A view and a foreign table change places with a table.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE TABLE cats (id int CHECK (id > 0), name text); CREATE FOREIGN TABLE dogs (id int CHECK (id > 0)) SERVER s;
         CREATE STATISTICS pair ON id, name FROM cats;
         CREATE VIEW v AS SELECT cats.id FROM cats JOIN dogs USING (id)",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE TABLE dogs (id int CHECK (id > 0)); CREATE FOREIGN TABLE cats (id int CHECK (id > 0), name text) SERVER s;
         CREATE STATISTICS pair ON id, name FROM cats;
         CREATE VIEW v AS SELECT cats.id FROM cats JOIN dogs USING (id)",
    ),
    // A server gets another wrapper: its tables are made anew, with what stands on them.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE FOREIGN DATA WRAPPER x; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE FOREIGN TABLE cats (id int, name text) SERVER s;
         ALTER FOREIGN TABLE cats ADD CONSTRAINT plus CHECK (id > 0) NOT VALID;
         CREATE VIEW v AS SELECT id FROM cats; CREATE STATISTICS pair ON id, name FROM cats;
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER touch BEFORE UPDATE ON cats FOR EACH ROW EXECUTE FUNCTION touch();
         ALTER FOREIGN TABLE cats DISABLE TRIGGER touch; COMMENT ON TRIGGER touch ON cats IS 'idle'",
        "CREATE FOREIGN DATA WRAPPER x; CREATE SERVER s TYPE 'y' FOREIGN DATA WRAPPER x;
         CREATE FOREIGN TABLE cats (id int, name text) SERVER s;
         ALTER FOREIGN TABLE cats ADD CONSTRAINT plus CHECK (id > 0) NOT VALID;
         CREATE VIEW v AS SELECT id FROM cats; CREATE STATISTICS pair ON id, name FROM cats;
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER touch BEFORE UPDATE ON cats FOR EACH ROW EXECUTE FUNCTION touch();
         ALTER FOREIGN TABLE cats ENABLE ALWAYS TRIGGER touch",
    ),
    // The same, where a user mapping or a secret stands against it.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE FOREIGN DATA WRAPPER x; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR PUBLIC SERVER s; CREATE SERVER t FOREIGN DATA WRAPPER w;
         CREATE FOREIGN TABLE cats (id int OPTIONS (token 'a')) SERVER t",
        "CREATE FOREIGN DATA WRAPPER x; CREATE SERVER s FOREIGN DATA WRAPPER x;
         CREATE USER MAPPING FOR PUBLIC SERVER s; CREATE SERVER u FOREIGN DATA WRAPPER x;
         CREATE FOREIGN TABLE cats (name text, id int OPTIONS (token 'a')) SERVER u",
    ),
    // The functions of a wrapper are made again, and the user mapping stays.
    (
        0,
        "CREATE FUNCTION valid(text[], oid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
         CREATE FOREIGN DATA WRAPPER w VALIDATOR valid; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR PUBLIC SERVER s",
        "CREATE FUNCTION valid(options text[], catalog oid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
         CREATE FOREIGN DATA WRAPPER w VALIDATOR valid; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR PUBLIC SERVER s",
    ),
    (
        0,
        "CREATE FUNCTION valid(text[], oid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
         CREATE FOREIGN DATA WRAPPER w VALIDATOR valid",
        "CREATE FUNCTION better(text[], oid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
         CREATE FOREIGN DATA WRAPPER w VALIDATOR better",
    ),
    // A foreign partition lives through what its parent does.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE TABLE visits (id int, day date, note text) PARTITION BY RANGE (day);
         CREATE FOREIGN TABLE v1 PARTITION OF visits (CONSTRAINT own CHECK (id > 0))
             FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') SERVER s",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE TABLE visits (id bigint NOT NULL, day date, more int DEFAULT 3 CHECK (more > 1)) PARTITION BY RANGE (day);
         CREATE FOREIGN TABLE v1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') SERVER s;
         ALTER FOREIGN TABLE v1 ALTER more OPTIONS (ADD column_name 'More')",
    ),
    // Where the parent converts by an expression, the foreign child cannot follow in place.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE animals (id text, m mood);
         CREATE FOREIGN TABLE cats (own mood) INHERITS (animals) SERVER s; CREATE FOREIGN TABLE dogs (m mood) SERVER s",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE TYPE mood AS ENUM ('ok', 'fine'); CREATE TABLE animals (id int, m mood);
         CREATE FOREIGN TABLE cats (own mood) INHERITS (animals) SERVER s; CREATE FOREIGN TABLE dogs (m mood) SERVER s",
    ),
    // Tables that inherit from a foreign table.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE FOREIGN TABLE animals (id int, legs int) SERVER s; CREATE TABLE cats (name text) INHERITS (animals);
         CREATE FOREIGN TABLE dogs (name text) INHERITS (animals) SERVER s",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE FOREIGN TABLE animals (id bigint, tail bool CHECK (tail)) SERVER s; CREATE TABLE cats (name text) INHERITS (animals);
         CREATE FOREIGN TABLE dogs (name text) INHERITS (animals) SERVER s; ALTER FOREIGN TABLE dogs NO INHERIT animals",
    ),
    // Identity, generated columns and what defaults stand on.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE SEQUENCE n;
         CREATE FOREIGN TABLE cats (id int DEFAULT nextval('n'), age int, twice int GENERATED ALWAYS AS (age * 2) STORED,
             k int NOT NULL GENERATED ALWAYS AS IDENTITY) SERVER s; ALTER SEQUENCE n OWNED BY cats.id",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
         CREATE FOREIGN TABLE cats (id int DEFAULT one(), age numeric(5,2), twice int,
             k bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY (START 5)) SERVER s;
         CREATE FUNCTION all_cats() RETURNS SETOF cats LANGUAGE sql AS 'SELECT * FROM cats'",
    ),
    // What stands on a foreign table by its columns.
    (
        0,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
         CREATE FOREIGN TABLE cats (id int, name text, CONSTRAINT c CHECK (f(id) > 0)) SERVER s;
         CREATE STATISTICS st ON id, name FROM cats; CREATE VIEW v AS SELECT id FROM cats;",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FUNCTION f(int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1::bigint';
         CREATE FOREIGN TABLE cats (id varchar(3), name text, CONSTRAINT c CHECK (f(length(name)) > 0)) SERVER s;
         CREATE STATISTICS st ON id, name FROM cats; CREATE VIEW v AS SELECT id FROM cats;",
    ),
    // A language whose handler is made again, with a routine on which a default stands.
    (
        0,
        "CREATE FUNCTION handle() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
         CREATE LANGUAGE purr HANDLER handle; CREATE FUNCTION f() RETURNS int LANGUAGE purr AS 'BEGIN RETURN 1; END';
         CREATE TABLE cats (id int DEFAULT f())",
        "CREATE SCHEMA zoo; CREATE FUNCTION zoo.handle() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
         CREATE LANGUAGE purr HANDLER zoo.handle; CREATE FUNCTION f() RETURNS int LANGUAGE purr AS 'BEGIN RETURN 1; END';
         CREATE TABLE cats (id int DEFAULT f())",
    ),
    // An access method that tables have cannot be made again.
    (
        15,
        "CREATE ACCESS METHOD h TYPE TABLE HANDLER heap_tableam_handler; CREATE ACCESS METHOD i TYPE TABLE HANDLER heap_tableam_handler;
         CREATE TABLE cats (id int) USING h; CREATE TABLE dogs (id int) USING i; CREATE MATERIALIZED VIEW m USING i AS SELECT 1 AS one",
        "CREATE ACCESS METHOD h TYPE INDEX HANDLER bthandler;
         CREATE TABLE cats (id int) USING heap; CREATE TABLE dogs (id int); CREATE MATERIALIZED VIEW m AS SELECT 1 AS one",
    ),
    // Rows and columns of a publication, and a column that they stand on.
    (
        15,
        "CREATE TABLE cats (id int PRIMARY KEY, name text, age int); CREATE TABLE dogs (id int PRIMARY KEY, good bool);
         CREATE PUBLICATION news FOR TABLE cats (id, age) WHERE (age > 1 AND id > 2), dogs WHERE (good)",
        "CREATE TABLE cats (id int PRIMARY KEY, name text, age int GENERATED ALWAYS AS (1) STORED); CREATE TABLE dogs (id int PRIMARY KEY, good bool);
         CREATE PUBLICATION news FOR TABLE cats WHERE (name > 'a'), dogs (id)",
    ),
    (
        15,
        "CREATE TABLE cats (id int PRIMARY KEY, age int); CREATE PUBLICATION news FOR TABLE cats WHERE (age > 1);
         CREATE PUBLICATION old FOR TABLE cats (id, age)",
        "CREATE TABLE cats (id int PRIMARY KEY, age bigint); CREATE PUBLICATION news FOR TABLE cats WHERE (age > 1);
         CREATE PUBLICATION old FOR TABLE cats (id, age)",
    ),
    (
        15,
        "CREATE SCHEMA zoo CREATE TABLE cats (id int); CREATE SCHEMA \"Barn\"; CREATE TABLE dogs (id int, name text);
         CREATE PUBLICATION news FOR TABLES IN SCHEMA zoo, \"Barn\", TABLE dogs; CREATE PUBLICATION other FOR TABLE dogs (id)",
        "CREATE SCHEMA \"Barn\"; CREATE SCHEMA park; CREATE TABLE dogs (id int, name text);
         CREATE PUBLICATION news FOR TABLES IN SCHEMA park, \"Barn\", TABLE dogs WHERE (id > 1); CREATE PUBLICATION other FOR TABLES IN SCHEMA park",
    ),
    (
        18,
        "CREATE TABLE cats (id int PRIMARY KEY); CREATE PUBLICATION news FOR TABLE cats; CREATE PUBLICATION old",
        "CREATE TABLE cats (id int PRIMARY KEY, age int GENERATED ALWAYS AS (id * 2) STORED);
         CREATE PUBLICATION news FOR TABLE cats (id, age) WITH (publish_generated_columns = stored);
         CREATE PUBLICATION old WITH (publish_generated_columns = stored)",
    ),
    (
        18,
        "CREATE TABLE cats (id int CONSTRAINT has_id NOT NULL, age int NOT NULL, \"Own\" int CONSTRAINT owned NOT NULL NO INHERIT);
         COMMENT ON CONSTRAINT has_id ON cats IS 'said'; CREATE TABLE dogs (id int CONSTRAINT dog NOT NULL PRIMARY KEY, a int CONSTRAINT one NOT NULL)",
        "CREATE TABLE cats (id int NOT NULL, age int CONSTRAINT has_age NOT NULL, \"Own\" int NOT NULL);
         CREATE TABLE dogs (id int CONSTRAINT dog NOT NULL PRIMARY KEY, a int CONSTRAINT two NOT NULL)",
    ),
    (
        18,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE FOREIGN TABLE cats (id int, age int) SERVER s",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE FOREIGN TABLE cats (id int, age int CONSTRAINT has_age NOT NULL, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL) SERVER s",
    ),
];

#[tokio::test]
async fn what_stands_on_what_makes_way_and_comes_again() {
    let mut failed = Vec::new();
    let major = installation().major();
    let pairs: Vec<&Pair> = PAIRS.iter().filter(|(since, ..)| *since <= major).collect();
    for (_, one, other) in &pairs {
        let online = Options { online: true, ..Options::default() };
        let lossless_only = Options { lossless_only: true, ..Options::default() };
        for (before, after, options) in [
            (one, other, Options::default()),
            (other, one, Options::default()),
            (one, &"", Options::default()),
            (&"", other, online),
            (one, other, lossless_only),
        ] {
            let wanted = linked(&with(after).await).await;
            if let Err(fault) = faults(&with(before).await, &wanted, &options).await {
                failed.push(format!("=== {options:?}\n{before}\n---\n{after}\n---\n{fault}"));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), pairs.len(), failed.join("\n"));
}

/// A schema that is changed while event triggers watch: they see neither what went before them nor
/// what comes with them.
#[tokio::test]
async fn event_triggers_do_not_fire_at_the_statements_beside_them() {
    let refuses =
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
        CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()";
    let after = linked(&with(&format!("{CATS} {refuses}")).await).await;
    let database = with("CREATE TABLE dogs (id int)").await;
    let script = faults(&database, &after, &Options::default()).await.unwrap();
    let last = &script.statements.last().unwrap().sql;
    assert!(last.starts_with("CREATE EVENT TRIGGER no"), "{script}");
    let empty = linked(&with("").await).await;
    let script = faults(&database, &empty, &Options::default()).await.unwrap();
    assert_eq!(script.statements[0].sql, "DROP EVENT TRIGGER no");
}
