//! The catalog of a real database: every kind described, and nothing but the schema in it.

mod newer;
mod reader;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use enact::catalog::{Catalog, CatalogDiff, Kind, Object, ObjectId, Snapshot};
use enact::database::{Session, read_catalog, read_catalog_in, read_linked_catalog};
use snapbox::Data;

use crate::postgres::{CANARY, TestDatabase as Database, database, installation, kinds};

async fn catalog(session: &Session) -> Catalog {
    read_catalog(session).await.unwrap()
}

/// The catalog of an empty database in which `sql` was run.
async fn catalog_of(sql: &str) -> Catalog {
    let database = database().await;
    database.run(sql).await;
    catalog(database.session()).await
}

/// Fails with the difference, where there is one.
fn assert_same(left: &Catalog, right: &Catalog) {
    assert_eq!(CatalogDiff::between(left, right).to_string(), "");
    assert_eq!(left.fingerprint(), right.fingerprint());
}

fn fixture(kind: Kind) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog");
    folder.join(kind.label().replace(' ', "_"))
}

/// The differences that a fixture makes. PostgreSQL 16 and later write some definitions otherwise.
fn fixture_diff(kind: Kind) -> PathBuf {
    let newer = fixture(kind).join("diff.16.out");
    if installation().major() >= 16 && newer.exists() {
        return newer;
    }
    fixture(kind).join("diff.out")
}

fn fixture_sql(kind: Kind, name: &str) -> String {
    let path = fixture(kind).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A schema with objects of every kind: all fixtures, each in a schema of its own.
async fn everything(database: &Database) {
    for kind in kinds() {
        let schema = format!("\"fixture {kind}\"");
        for name in ["before.sql", "after.sql"] {
            let sql = fixture_sql(kind, name);
            let sql =
                format!("CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path = {schema};\n{sql}");
            database.run(&sql).await;
        }
    }
    database.run("RESET search_path").await;
}

#[tokio::test]
async fn each_kind_is_described_and_its_changes_are_listed() {
    for kind in kinds() {
        let database = database().await;
        database.run(&fixture_sql(kind, "before.sql")).await;
        let before = catalog(database.session()).await;
        assert!(before.objects.keys().any(|id| id.kind() == kind), "no {kind} was read");
        database.run(&fixture_sql(kind, "after.sql")).await;
        let after = catalog(database.session()).await;
        snapbox::Assert::new().action_env("SNAPSHOTS").eq(
            CatalogDiff::between(&before, &after).to_string(),
            Data::read_from(&fixture_diff(kind), None).raw(),
        );
    }
}

#[tokio::test]
async fn a_snapshot_holds_every_kind() {
    let database = database().await;
    everything(&database).await;
    let linked = read_linked_catalog(database.session()).await.unwrap();
    let snapshot = Snapshot { linked, server_major: installation().major() };
    let text = snapshot.encode();
    assert!(!text.contains(CANARY), "a secret of a schema is in its snapshot");
    let read = Snapshot::decode(text.as_bytes()).unwrap();
    let held: BTreeSet<Kind> = read.linked.catalog.objects.keys().map(ObjectId::kind).collect();
    assert!(held.into_iter().eq(kinds()));
    assert_eq!(read.linked.catalog, snapshot.linked.catalog);
    assert_eq!(read.linked.dependencies, snapshot.linked.dependencies);
    assert!(read.linked.dependencies.len() > 100);
}

#[tokio::test]
async fn the_way_to_a_schema_leaves_no_trace() {
    let straight = "
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
        CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL);
        CREATE TABLE cats (id int PRIMARY KEY, mood mood DEFAULT 'ok', owner int REFERENCES owners) WITH (fillfactor = 70, autovacuum_enabled = off);
        CREATE INDEX cats_owner ON cats (owner);
        CREATE VIEW happy AS SELECT id FROM cats WHERE mood = 'happy';
        CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1";
    let crooked = "
        CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1;
        CREATE TABLE kittens (junk text, number bigint, junk2 int, PRIMARY KEY (number));
        CREATE TYPE mood AS ENUM ('happy');
        ALTER TYPE mood ADD VALUE 'sad' BEFORE 'happy';
        ALTER TABLE kittens RENAME TO cats;
        ALTER INDEX kittens_pkey RENAME TO cats_pkey;
        ALTER TABLE cats RENAME number TO id;
        ALTER TABLE cats ALTER id TYPE int;
        ALTER TYPE mood ADD VALUE 'ok' AFTER 'sad';
        ALTER TABLE cats ADD COLUMN mood mood, ADD owner int, DROP junk;
        CREATE TABLE owners (id int, extra int, name text);
        ALTER TABLE owners DROP extra, ADD PRIMARY KEY (id), ALTER name SET NOT NULL;
        CREATE VIEW happy AS SELECT c.id FROM public.cats c WHERE (c.mood) = 'happy'::mood;
        DROP VIEW happy;
        CREATE VIEW happy AS SELECT id FROM cats WHERE mood = 'happy';
        CREATE INDEX CONCURRENTLY cats_owner ON cats USING btree (owner ASC NULLS LAST);
        ALTER TABLE cats ALTER mood SET DEFAULT 'ok', DROP junk2, SET (autovacuum_enabled = off), SET (fillfactor = 70);
        ALTER TABLE cats ADD CONSTRAINT cats_owner_fkey FOREIGN KEY (owner) REFERENCES owners NOT VALID;
        ALTER TABLE cats VALIDATE CONSTRAINT cats_owner_fkey;
        INSERT INTO owners VALUES (1, 'x');
        ANALYZE";
    let database = database().await;
    for statement in crooked.split(';') {
        database.run(statement).await;
    }
    assert_same(&catalog_of(straight).await, &catalog(database.session()).await);
}

#[tokio::test]
async fn the_way_to_rarer_kinds_leaves_no_trace_either() {
    let straight = "
        CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
        CREATE FUNCTION hook() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE TYPE span AS RANGE (subtype = float8);
        CREATE TABLE cats (id int, name text, age int);
        CREATE TABLE dogs (id int);
        CREATE OPERATOR ~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int, RESTRICT = eqsel);
        CREATE OPERATOR FAMILY numbers USING btree;
        ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (int2, int4), OPERATOR 3 = (int2, int4);
        CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
        CREATE RULE quiet AS ON DELETE TO cats DO INSTEAD NOTHING;
        CREATE STATISTICS together (dependencies, mcv) ON id, age FROM cats;
        CREATE TEXT SEARCH CONFIGURATION notes (PARSER = \"default\");
        ALTER TEXT SEARCH CONFIGURATION notes ADD MAPPING FOR word, int WITH simple;
        CREATE EVENT TRIGGER hook ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION hook();
        CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w OPTIONS (host 'here', port '1');
        CREATE FOREIGN TABLE away (id int NOT NULL, name text) SERVER far;
        CREATE PUBLICATION news FOR TABLE cats, dogs WITH (publish = 'insert, update')";
    let crooked = "
        CREATE FOREIGN DATA WRAPPER v OPTIONS (debug 'yes'); ALTER FOREIGN DATA WRAPPER v RENAME TO w;
        ALTER FOREIGN DATA WRAPPER w OPTIONS (DROP debug);
        CREATE SERVER far FOREIGN DATA WRAPPER w OPTIONS (port '2', host 'here'); ALTER SERVER far OPTIONS (SET port '1');
        CREATE FOREIGN TABLE away (gone int, id int, name text) SERVER far;
        ALTER FOREIGN TABLE away DROP gone, ALTER id SET NOT NULL;
        CREATE TABLE dogs (id int); CREATE TABLE cats (id int, junk int, age int, name text);
        ALTER TABLE cats DROP junk, DROP name; ALTER TABLE cats DROP age, ADD name text, ADD age int;
        CREATE PUBLICATION old FOR TABLE dogs; ALTER PUBLICATION old RENAME TO news;
        ALTER PUBLICATION news ADD TABLE cats; ALTER PUBLICATION news SET (publish = 'update, insert');
        CREATE FUNCTION hook() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE EVENT TRIGGER hook ON sql_drop WHEN TAG IN ('DROP VIEW', 'DROP TABLE') EXECUTE FUNCTION hook();
        ALTER EVENT TRIGGER hook DISABLE; ALTER EVENT TRIGGER hook ENABLE;
        CREATE TEXT SEARCH CONFIGURATION notes (PARSER = \"default\");
        ALTER TEXT SEARCH CONFIGURATION notes ADD MAPPING FOR int, email WITH english_stem;
        ALTER TEXT SEARCH CONFIGURATION notes ADD MAPPING FOR word WITH simple;
        ALTER TEXT SEARCH CONFIGURATION notes ALTER MAPPING REPLACE english_stem WITH simple;
        ALTER TEXT SEARCH CONFIGURATION notes DROP MAPPING FOR email;
        CREATE STATISTICS apart (mcv, dependencies) ON age, id FROM cats; ALTER STATISTICS apart RENAME TO together;
        ALTER STATISTICS together SET STATISTICS 10; ALTER STATISTICS together SET STATISTICS -1;
        CREATE RULE loud AS ON DELETE TO cats DO INSTEAD SELECT 1; ALTER RULE loud ON cats RENAME TO quiet;
        CREATE OR REPLACE RULE quiet AS ON DELETE TO cats DO INSTEAD NOTHING;
        CREATE AGGREGATE sum_of (int) (SFUNC = int4pl, STYPE = int); ALTER AGGREGATE sum_of (int) RENAME TO total;
        CREATE OR REPLACE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
        CREATE OPERATOR FAMILY numbers USING btree;
        ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 3 = (int2, int4), OPERATOR 5 > (int2, int4);
        ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (int2, int4);
        ALTER OPERATOR FAMILY numbers USING btree DROP OPERATOR 5 (int2, int4);
        CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
        CREATE OPERATOR ~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int);
        ALTER OPERATOR ~= (int, int) SET (RESTRICT = eqsel);
        CREATE TYPE stretch AS RANGE (subtype = float8); ALTER TYPE stretch RENAME TO span;
        ALTER TYPE stretch_multirange RENAME TO span_multirange;
        ALTER FUNCTION stretch(float8, float8) RENAME TO span; ALTER FUNCTION stretch(float8, float8, text) RENAME TO span";
    let database = database().await;
    for statement in crooked.split(';') {
        database.run(statement).await;
    }
    assert_same(&catalog_of(straight).await, &catalog(database.session()).await);
}

#[tokio::test]
async fn a_secret_of_foreign_data_is_in_no_description() {
    let database = database().await;
    everything(&database).await;
    let catalog = catalog(database.session()).await;
    let told = format!("{:?}", catalog.objects);
    assert!(told.contains("by the lake") && told.contains("api_key"), "options are not described");
    assert!(!told.contains(CANARY));
}

#[tokio::test]
async fn the_order_of_columns_counts() {
    let one = catalog_of("CREATE TABLE cats (id int, name text)").await;
    let other = catalog_of("CREATE TABLE cats (name text, id int)").await;
    assert_ne!(one.fingerprint(), other.fingerprint());
    let diff = CatalogDiff::between(&one, &other).to_string();
    assert_eq!(diff, "~ table public.cats\n    column order id, name → name, id\n");
}

#[tokio::test]
async fn the_reader_and_the_settings_leave_no_trace() {
    let database = database().await;
    everything(&database).await;
    database.run("REVOKE ALL ON ALL TABLES IN SCHEMA \"fixture table\" FROM PUBLIC").await;
    let reference = catalog(database.session()).await;
    assert_same(&reference, &catalog(database.session()).await);
    database.run("CREATE ROLE nobody_in_particular LOGIN").await;
    let plain = database.connect("nobody_in_particular").await;
    assert_same(&reference, &catalog(&plain).await);
    database
        .run(
            "CREATE SCHEMA IF NOT EXISTS enact;
             CREATE FUNCTION enact.format_type(oid, int) RETURNS text LANGUAGE sql RETURN 'trap';
             CREATE FUNCTION enact.trap(name, name) RETURNS bool LANGUAGE sql RETURN false;
             CREATE OPERATOR enact.= (function = enact.trap, leftarg = name, rightarg = name);
             CREATE TEMPORARY TABLE pg_class (id int);
             CREATE TYPE pg_temp.int4 AS (a text);
             SET search_path = enact, \"fixture table\", pg_temp, pg_catalog;
             SET quote_all_identifiers = on;
             SET TimeZone = 'Asia/Kathmandu';
             SET DateStyle = 'German';
             SET IntervalStyle = 'sql_standard';
             SET bytea_output = 'escape';
             SET standard_conforming_strings = off",
        )
        .await;
    assert_same(&reference, &catalog(database.session()).await);
}

#[tokio::test]
async fn an_open_transaction_is_read_as_it_is_and_keeps_its_settings() {
    let database = database().await;
    let client = database.session().client();
    database.run("SET DateStyle = 'German'; BEGIN; SET LOCAL search_path = nowhere; CREATE TABLE public.cats ()").await;
    let inside = read_catalog_in(client).await.unwrap();
    assert!(inside.objects.contains_key(&ObjectId::table("public", "cats")));
    let row = client
        .query_one(
            "SELECT current_setting('search_path') || ', ' || current_setting('DateStyle')",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "nowhere, German, DMY");
    database.run("ROLLBACK").await;
    let outside = catalog(database.session()).await;
    assert!(!outside.objects.contains_key(&ObjectId::table("public", "cats")));
}

#[tokio::test]
async fn what_an_extension_brings_belongs_to_it() {
    let bare = catalog_of("").await;
    let with = catalog_of(
        "CREATE EXTENSION hstore; CREATE EXTENSION cube; CREATE EXTENSION earthdistance;
         CREATE EXTENSION bloom; CREATE EXTENSION citext; CREATE EXTENSION seg; CREATE EXTENSION unaccent;
         CREATE EXTENSION postgres_fdw",
    )
    .await;
    let new: Vec<String> = with
        .objects
        .keys()
        .filter(|id| !bare.objects.contains_key(id))
        .map(ObjectId::to_string)
        .collect();
    let expected = [
        "extension bloom",
        "extension citext",
        "extension cube",
        "extension earthdistance",
        "extension hstore",
        "extension postgres_fdw",
        "extension seg",
        "extension unaccent",
    ];
    assert_eq!(new, expected);
    assert_eq!(with.unread, bare.unread);
}

#[tokio::test]
async fn an_empty_database_has_nothing_of_its_own() {
    let catalog = catalog_of("").await;
    let objects: Vec<_> = catalog.objects.keys().map(ObjectId::to_string).collect();
    assert_eq!(objects, ["schema public", "extension plpgsql"]);
    assert_eq!(catalog.unread, [].into());
}

#[tokio::test]
async fn kinds_that_are_not_read_are_counted() {
    let catalog = catalog_of(
        "CREATE TABLE cats (id int, name text);
         CREATE TYPE announced;
         CREATE FUNCTION plus(int, text) RETURNS int LANGUAGE sql RETURN $1;
         CREATE OPERATOR <+> (function = plus, leftarg = int, rightarg = text, commutator = <->);
         DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '8MB'); END$$",
    )
    .await;
    let counted: Vec<_> =
        catalog.unread.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let expected = ["database setting 1", "shell operator 1", "shell type 1"];
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn a_dump_restored_elsewhere_has_the_same_fingerprint() {
    let (original, copy) = (database().await, database().await);
    everything(&original).await;
    // What pg_dump does not carry over: an extension's version, and disabled foreign keys.
    original
        .run(
            "ALTER EXTENSION citext UPDATE;
             ALTER TABLE \"fixture constraint\".cats ENABLE TRIGGER ALL",
        )
        .await;
    let dump = original.tool("pg_dump").args(["--format=plain"]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &dump.stdout).unwrap();
    let restored = copy
        .tool("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(file.path())
        .output()
        .unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert_same(&catalog(original.session()).await, &catalog(copy.session()).await);
}

#[tokio::test]
async fn no_identity_is_read_twice_and_all_kinds_occur() {
    let database = database().await;
    everything(&database).await;
    let catalog = catalog(database.session()).await;
    let found: BTreeSet<Kind> = catalog.objects.keys().map(ObjectId::kind).collect();
    assert!(found.into_iter().eq(kinds()));
    for id in catalog.objects.keys() {
        assert_eq!(id.to_string().parse().as_ref(), Ok(id));
    }
}

#[tokio::test]
async fn indexes_are_described_in_the_words_of_the_server() {
    let database = database().await;
    everything(&database).await;
    let newer = if installation().major() >= 15 {
        "CREATE UNIQUE INDEX ON cats (name) NULLS NOT DISTINCT;
         CREATE INDEX ON cats (id, name) NULLS NOT DISTINCT;"
    } else {
        ""
    };
    database
        .run(&format!(
            "CREATE EXTENSION IF NOT EXISTS citext;
             CREATE SCHEMA \"Zoo\"; SET search_path = \"Zoo\", public, \"fixture extension\";
             CREATE TYPE mood AS ENUM ('fine', 'grim');
             CREATE DOMAIN short AS varchar(9);
             CREATE TABLE cats (
                 id bigint, name text, \"Breed\" varchar(40), \"select\" char(3), born date, mood mood, tags text[],
                 short short, nick citext, label name, other text COLLATE \"C\", box int4range, at point, bits bit(3)
             );
             CREATE INDEX ON cats (id);
             CREATE UNIQUE INDEX \"By \"\"name\"\"\" ON cats (name);
             CREATE INDEX ON cats (\"Breed\", id, \"select\", born);
             CREATE INDEX ON cats (mood);
             CREATE INDEX ON cats (tags);
             CREATE INDEX ON cats (short);
             CREATE INDEX ON cats (nick);
             CREATE INDEX ON cats (nick text_ops);
             CREATE INDEX ON cats (label);
             CREATE INDEX ON cats (other);
             CREATE INDEX ON cats (other COLLATE \"default\");
             CREATE INDEX ON cats (name COLLATE \"C\", id);
             CREATE INDEX ON cats (id, name text_pattern_ops);
             CREATE INDEX ON cats (\"Breed\" varchar_pattern_ops);
             CREATE INDEX ON cats (\"select\" bpchar_pattern_ops);
             CREATE INDEX ON cats (bits);
             CREATE INDEX ON cats (born DESC, id NULLS FIRST);
             CREATE INDEX ON cats (born DESC NULLS LAST);
             CREATE INDEX ON cats (id) INCLUDE (name, at);
             CREATE INDEX ON cats (id) WHERE id > 3;
             CREATE INDEX ON cats (lower(name), id);
             CREATE INDEX ON cats (id) WITH (fillfactor = 50);
             CREATE INDEX ON cats USING hash (name);
             CREATE INDEX ON cats USING gist (at, box);
             CREATE INDEX ON cats USING gin (tags);
             CREATE INDEX ON cats USING brin (born, id) WITH (pages_per_range = 4);
             {newer}
             CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
             CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
             CREATE INDEX ON visits (day);
             CREATE INDEX ON ONLY visits (id);
             CREATE MATERIALIZED VIEW names AS SELECT name FROM cats;
             CREATE INDEX ON names (name);
             RESET search_path"
        ))
        .await;
    let catalog = catalog(database.session()).await;
    let words = database
        .session()
        .client()
        .query(
            "SELECT n.nspname, c.relname, pg_get_indexdef(c.oid) FROM pg_class c
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I')",
            &[],
        )
        .await
        .unwrap();
    let mut compared = 0;
    for row in &words {
        let id = ObjectId::index(row.get::<_, String>(0), row.get::<_, String>(1));
        if let Some(Object::Index(index)) = catalog.objects.get(&id) {
            assert_eq!(index.definition, row.get::<_, String>(2));
            compared += 1;
        }
    }
    assert_eq!(compared, catalog.objects.keys().filter(|id| id.kind() == Kind::Index).count());
    assert!(compared >= 38, "{compared}");
}
