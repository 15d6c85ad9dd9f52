//! The inventory after every revision, pieced together from what each touched, beside readings of
//! everything.

use std::fs;
use std::path::{Path, PathBuf};

use enact::compile::{Lines, Surroundings};
use enact::database::{Session, read_catalog, stage};
use enact::graph::RevisionGraph;
use enact::revision;
use enact::shadow::Server;
use enact::source::SourceFile;
use enact::statement;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::postgres::installation;

/// The statements of a text.
fn statements(sql: &str) -> Vec<String> {
    let file = SourceFile::new("statements.sql", sql.into()).unwrap();
    let length = file.text().len();
    let read = statement::read(&file, 0..length).unwrap_or_else(|refusal| panic!("{refusal}"));
    read.iter().map(|statement| statement.sql().to_owned()).collect()
}

/// A line of revisions, one a text.
pub(super) fn line(texts: &[String]) -> RevisionGraph {
    let revision = |(at, up): (usize, &String)| {
        let parent = if at == 0 { String::new() } else { format!("s{:05}", at - 1) };
        let text = format!(
            "-- step\n--\n-- Revision ID: s{at:05}\n-- Revises: {parent}\n\n-- migrate:up\n{up};\n"
        );
        let file = SourceFile::new(format!("s{at:05}.sql"), text.into()).unwrap();
        revision::parse(file).unwrap_or_else(|refusal| panic!("{refusal}: {up}"))
    };
    RevisionGraph::new(texts.iter().enumerate().map(revision).collect()).unwrap()
}

async fn ran(session: &Session, search_path: &str, statements: &[&str]) -> bool {
    let together = stage::in_transaction(session, search_path, statements).await.unwrap();
    match (together, statements) {
        (Err(failed), [only]) if failed.error.sqlstate == "25001" => {
            stage::alone(session, search_path, only).await.unwrap().is_ok()
        }
        (together, _) => together.is_ok(),
    }
}

/// Every text is a revision; those that fail are left out. After each, the pieces are the whole.
async fn pieces_are_the_whole(
    texts: Vec<String>,
    search_path: &str,
    roles: &[&str],
) -> (usize, bool) {
    let installation = installation();
    let mut server = Server::start(&installation).await.unwrap();
    server.create_tablespaces(["fast", "slow"]).await.unwrap();
    server.stand_for("postgres").await.unwrap();
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    for role in &roles {
        server.create_role(role).await.unwrap();
    }
    server.create_database("cats").await.unwrap();
    let (session, reader) =
        (server.session("cats").await.unwrap(), server.session("cats").await.unwrap());
    let (mut went, mut expected) = (Vec::new(), Vec::new());
    for text in texts {
        let parts = statements(&text);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if ran(&session, search_path, &parts).await {
            expected.push(read_catalog(&reader).await.unwrap().fingerprint());
            went.push(text);
        }
    }
    let at =
        Surroundings { installation: &installation, database: "cats", search_path, roles: &roles };
    let lines = Lines::derive(&line(&went), &at)
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}\n{}", refusal.findings()[0].notes.join("\n")));
    for ((text, expected), (_, seen)) in went.iter().zip(&expected).zip(lines.fingerprints()) {
        assert_eq!(seen, *expected, "after {text}");
    }
    (went.len(), lines.pieced == 1)
}

fn files(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[tokio::test]
async fn over_sixty_kinds_of_statement_up_and_down() {
    const ROLES: [&str; 3] = ["pipeline_keeper", "pipeline_guest", "pipeline_passing"];
    let sections = |text: &String| {
        let (_, up) = text.split_once("-- migrate:up\n").unwrap();
        let (up, down) = up.split_once("-- migrate:down\n").unwrap();
        (up.to_owned(), down.to_owned())
    };
    let revisions: Vec<_> = files("tests/pipeline/kinds").iter().map(sections).collect();
    let ups = revisions.iter().map(|(up, _)| up);
    let each = ups.chain(revisions.iter().rev().map(|(_, down)| down));
    let each: Vec<String> = each.flat_map(|text| statements(text)).collect();
    let all = each.len();
    let (went, pieced) = pieces_are_the_whole(each, "shelter, public", &ROLES).await;
    assert!(pieced);
    assert!(went * 10 > all * 9, "{went} of {all} went");
}

#[tokio::test]
async fn over_the_fixtures_of_every_kind_of_object() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog");
    let mut texts = Vec::new();
    let mut folders: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    // A revision with a user mapping's password is refused, and so is one with a subscription.
    let tried = |path: &&PathBuf| {
        path.is_dir() && !path.ends_with("user_mapping") && !path.ends_with("subscription")
    };
    for folder in folders.iter().filter(tried) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        texts.push(format!("CREATE SCHEMA \"at {name}\""));
        for file in ["before.sql", "after.sql"] {
            for statement in statements(&fs::read_to_string(folder.join(file)).unwrap()) {
                texts.push(format!("SET LOCAL search_path = \"at {name}\";\n{statement}"));
            }
        }
    }
    let all = texts.len();
    let (went, pieced) = pieces_are_the_whole(texts, "public", &[]).await;
    assert!(pieced);
    assert!(went * 10 > all * 9, "{went} of {all} went");
}

/// What lies apart is told of with its relation, also where only a constraint brought the reading there.
#[tokio::test]
async fn where_an_index_lies_is_not_forgotten_with_its_constraint() {
    let texts = [
        "CREATE TABLE owners (id int PRIMARY KEY)",
        "COMMENT ON CONSTRAINT owners_pkey ON owners IS 'one each'",
        "CREATE TABLE cats (id int PRIMARY KEY USING INDEX TABLESPACE slow, owner int REFERENCES owners)",
        "ALTER TABLE owners ADD name text",
        "ALTER TABLE cats ADD UNIQUE (owner) USING INDEX TABLESPACE fast",
        "ALTER INDEX cats_pkey SET TABLESPACE fast",
        "ALTER TABLE owners RENAME TO people",
        "DROP TABLE people CASCADE",
    ];
    let texts: Vec<String> = texts.map(str::to_owned).into();
    let all = texts.len();
    let (went, pieced) = pieces_are_the_whole(texts, "public", &[]).await;
    assert!(pieced);
    assert!(went == all || installation().major() < 15, "{went} of {all} went");
}

/// Statements over few names, so that many meet what others made.
fn any_statement() -> impl Strategy<Value = String> {
    const FORMS: &[&str] = &[
        "CREATE TABLE T (a int PRIMARY KEY, b text DEFAULT 'x', c E)",
        "CREATE TABLE T (a serial, b text COLLATE \"C\" UNIQUE, d int REFERENCES U ON DELETE CASCADE)",
        "CREATE TABLE T (a int GENERATED ALWAYS AS IDENTITY, b text) PARTITION BY LIST (b)",
        "CREATE TABLE T PARTITION OF U FOR VALUES IN ('A')",
        "CREATE TABLE T PARTITION OF U DEFAULT",
        "CREATE TABLE T (e int) INHERITS (U)",
        "ALTER TABLE T ATTACH PARTITION U FOR VALUES IN ('B')",
        "ALTER TABLE T DETACH PARTITION U",
        "ALTER TABLE T INHERIT U",
        "ALTER TABLE T NO INHERIT U",
        "ALTER TABLE T RENAME TO U",
        "ALTER TABLE T RENAME COLUMN A TO B",
        "ALTER TABLE T SET SCHEMA S",
        "ALTER TABLE S.T SET SCHEMA public",
        "ALTER TABLE T ADD COLUMN A int",
        "ALTER TABLE T ADD COLUMN A E",
        "ALTER TABLE T DROP COLUMN A CASCADE",
        "ALTER TABLE T ALTER COLUMN A TYPE text USING NULL",
        "ALTER TABLE T ALTER COLUMN A TYPE varchar(20)",
        "ALTER TABLE T ALTER COLUMN A SET NOT NULL",
        "ALTER TABLE T ALTER COLUMN A SET DEFAULT NULL",
        "ALTER TABLE T ALTER COLUMN b SET DEFAULT f()",
        "ALTER TABLE T ALTER COLUMN c SET DEFAULT 'one'",
        "ALTER TABLE T ADD CONSTRAINT k CHECK (b <> '')",
        "ALTER TABLE T ADD CONSTRAINT u UNIQUE (b)",
        "ALTER TABLE T ADD CONSTRAINT r FOREIGN KEY (a) REFERENCES U (a) NOT VALID",
        "ALTER TABLE T VALIDATE CONSTRAINT r",
        "ALTER TABLE T RENAME CONSTRAINT k TO l",
        "ALTER TABLE T DROP CONSTRAINT u CASCADE",
        "ALTER TABLE T SET (fillfactor = 60)",
        "ALTER TABLE T SET UNLOGGED",
        "ALTER TABLE T ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE T DISABLE TRIGGER ALL",
        "CREATE INDEX ON T (b)",
        "CREATE UNIQUE INDEX i ON T (a) WHERE b <> ''",
        "CREATE INDEX CONCURRENTLY j ON T (lower(b))",
        "ALTER INDEX i RENAME TO h",
        "DROP INDEX CONCURRENTLY j",
        "CLUSTER T USING i",
        "CREATE VIEW V AS SELECT * FROM T",
        "CREATE OR REPLACE VIEW V AS SELECT t.*, 1 AS one FROM T t",
        "CREATE VIEW V AS SELECT * FROM T JOIN U USING (a)",
        "CREATE MATERIALIZED VIEW V AS SELECT a, b FROM T",
        "ALTER VIEW V RENAME TO w",
        "ALTER VIEW V RENAME COLUMN a TO z",
        "REFRESH MATERIALIZED VIEW V",
        "DROP VIEW V CASCADE",
        "DROP TABLE T CASCADE",
        "DROP TABLE T",
        "CREATE TYPE E AS ENUM ('one', 'two')",
        "ALTER TYPE E RENAME VALUE 'one' TO 'uno'",
        "ALTER TYPE E ADD VALUE 'three'",
        "ALTER TYPE E RENAME TO e2",
        "ALTER TYPE E SET SCHEMA S",
        "CREATE TYPE c AS (x int, y text)",
        "ALTER TYPE c RENAME ATTRIBUTE x TO z CASCADE",
        "ALTER TYPE c ADD ATTRIBUTE w int CASCADE",
        "CREATE TABLE T OF c",
        "CREATE DOMAIN E AS text CHECK (VALUE <> f())",
        "ALTER DOMAIN E DROP CONSTRAINT e_check",
        "DROP TYPE E CASCADE",
        "DROP DOMAIN E CASCADE",
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''x''::text'",
        "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT max(b) FROM T; END",
        "CREATE FUNCTION g(x E) RETURNS SETOF T LANGUAGE sql AS 'SELECT NULL'",
        "ALTER FUNCTION f() RENAME TO h",
        "ALTER FUNCTION h() RENAME TO f",
        "DROP FUNCTION f() CASCADE",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER t BEFORE UPDATE OF b ON T FOR EACH ROW EXECUTE FUNCTION touch()",
        "ALTER FUNCTION touch() SET SCHEMA S",
        "DROP TRIGGER t ON T",
        "CREATE POLICY p ON T USING (b = f())",
        "DROP POLICY p ON T",
        "CREATE SEQUENCE q",
        "ALTER SEQUENCE q OWNED BY T.a",
        "ALTER TABLE T ALTER COLUMN a SET DEFAULT nextval('q')",
        "ALTER SEQUENCE q RENAME TO q2",
        "ALTER SEQUENCE q INCREMENT 5",
        "ALTER SEQUENCE T_a_seq INCREMENT 7",
        "DROP SEQUENCE q CASCADE",
        "CREATE SCHEMA S",
        "ALTER SCHEMA S RENAME TO s9",
        "DROP SCHEMA S CASCADE",
        "COMMENT ON TABLE T IS 'A'",
        "COMMENT ON COLUMN T.a IS 'A'",
        "COMMENT ON CONSTRAINT k ON T IS 'A'",
        "COMMENT ON INDEX i IS 'A'",
        "COMMENT ON TRIGGER t ON T IS 'A'",
        "COMMENT ON POLICY p ON T IS 'A'",
        "COMMENT ON TYPE E IS 'A'",
        "COMMENT ON COLUMN c.x IS 'A'",
        "COMMENT ON DOMAIN E IS 'A'",
        "COMMENT ON SCHEMA S IS 'A'",
        "DO $$BEGIN EXECUTE 'ALTER TABLE T RENAME COLUMN b TO bb'; END$$",
        "DO $$BEGIN CREATE TABLE T (a int); EXCEPTION WHEN OTHERS THEN NULL; END$$",
        "SET LOCAL session_replication_role = replica;\nALTER TABLE T ADD COLUMN quiet int",
        "TRUNCATE T CASCADE",
        "GRANT SELECT ON T TO PUBLIC",
        "GRANT UPDATE (b) ON T TO pg_monitor",
        "REVOKE ALL ON T FROM PUBLIC, pg_monitor",
        "GRANT USAGE ON SCHEMA S TO pg_monitor",
        "REVOKE USAGE ON TYPE E FROM PUBLIC",
        "ALTER TABLE T OWNER TO pg_monitor",
        "ALTER TYPE E OWNER TO pg_monitor",
        "REASSIGN OWNED BY pg_monitor TO CURRENT_USER",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA S REVOKE SELECT ON TABLES FROM pg_monitor",
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "DO $$BEGIN EXECUTE 'GRANT SELECT ON T TO pg_monitor'; END$$",
    ];
    let names = ["t1", "t2", "t3"];
    let name = move || proptest::sample::select(names.to_vec());
    let words = (name(), name(), proptest::sample::select(vec!["a", "b", "c", "d"]));
    let more = (
        proptest::sample::select(vec!["b", "e", "x"]),
        proptest::sample::select(vec!["v1", "v2"]),
        proptest::sample::select(vec!["e1", "e3"]),
        proptest::sample::select(vec!["s1", "s2"]),
    );
    (proptest::sample::select(FORMS.to_vec()), words, more).prop_map(
        |(form, (table, other, column), (second, view, kind, schema))| {
            let word = |word: &str| match word {
                "T" => table.to_owned(),
                "U" => other.to_owned(),
                "A" => column.to_owned(),
                "B" => second.to_owned(),
                "V" => view.to_owned(),
                "E" => kind.to_owned(),
                "S" => schema.to_owned(),
                "T_a_seq" => format!("{table}_a_seq"),
                _ => word.to_owned(),
            };
            let mut text = String::new();
            let mut rest = form;
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            while let Some(start) = rest.find(is_word) {
                let length = rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start);
                text.push_str(&rest[..start]);
                text.push_str(&word(&rest[start..start + length]));
                rest = &rest[start + length..];
            }
            text + rest
        },
    )
}

#[tokio::test]
async fn over_whatever_statements_come() {
    let rounds = std::env::var("ENACT_TEST_ROUNDS").map_or(2, |rounds| rounds.parse().unwrap());
    let mut runner = TestRunner::deterministic();
    for _ in 0..rounds {
        let texts = proptest::collection::vec(any_statement(), 700);
        let texts = texts.new_tree(&mut runner).unwrap().current();
        let (went, pieced) = pieces_are_the_whole(texts, "public", &[]).await;
        assert!(pieced);
        assert!(went > 100, "only {went} went");
    }
}

#[tokio::test]
async fn where_nobody_tells_what_changed_everything_is_read() {
    let texts = [
        "CREATE TABLE cats (a int); CREATE TABLE dogs (a int)",
        "CREATE TABLE birds (a int)",
        "UPDATE pg_catalog.pg_class SET relrowsecurity = true WHERE relname = 'cats'",
        "DROP TABLE dogs",
    ];
    let texts = texts.map(str::to_owned).to_vec();
    assert_eq!(pieces_are_the_whole(texts, "public", &[]).await, (4, false));
}

/// What was touched is read while the next revision runs: here that one holds a lock that the reading
/// needs, there it changes what is not read yet.
#[tokio::test]
async fn revisions_that_mind_each_other_are_read_apart() {
    let makes = |at: usize| format!("CREATE TABLE made_{at} (a int PRIMARY KEY, b text)");
    let mut texts: Vec<String> = (0..40).map(makes).collect();
    texts.extend(
        [
            "CREATE VIEW seen AS SELECT * FROM made_1",
            "ALTER TABLE made_1 ADD COLUMN c int",
            "COMMENT ON VIEW seen IS 'read while its table is locked'",
            "ALTER TABLE made_1 RENAME COLUMN a TO id; SELECT pg_sleep(0.1)",
            "ALTER TABLE made_39 RENAME TO last",
            "CREATE TABLE kittens (a int REFERENCES last)",
            "CREATE INDEX ON kittens (a)",
            "CREATE TABLE litters (a int) PARTITION BY LIST (a)",
            "CREATE TABLE litters_1 PARTITION OF litters FOR VALUES IN (1)",
            "INSERT INTO kittens VALUES (NULL)",
            "CREATE TYPE pair AS (a int, b int)",
            "CREATE TABLE pairs OF pair",
            "DROP TABLE kittens",
            "CREATE TABLE kittens (a text)",
        ]
        .map(str::to_owned),
    );
    texts.extend((40..50).map(makes));
    let all = texts.len();
    assert_eq!(pieces_are_the_whole(texts, "public", &[]).await, (all, true));
}

/// The function that tells what was touched may go, and so may everything that a session has prepared.
#[tokio::test]
async fn what_enact_made_on_the_shadow_may_be_taken_away() {
    let texts = [
        "CREATE TABLE cats (a int)",
        "DEALLOCATE ALL; CREATE TABLE dogs (a int)",
        "ALTER TABLE dogs ADD COLUMN b int",
        "DROP EXTENSION plpgsql CASCADE",
        "CREATE TABLE birds (a int)",
        "ALTER TABLE cats ADD COLUMN b int",
    ];
    let texts = texts.map(str::to_owned).to_vec();
    assert_eq!(pieces_are_the_whole(texts, "public", &[]).await, (6, true));
}

/// Of what no event trigger tells of by itself.
#[tokio::test]
async fn what_is_told_in_passing_is_read() {
    let texts = [
        // A role that may not see what enact made.
        "CREATE ROLE keeper; CREATE TABLE seed (id serial PRIMARY KEY, n text); GRANT ALL ON seed, seed_id_seq TO keeper",
        "SET LOCAL ROLE keeper; INSERT INTO seed (n) VALUES ('a')",
        "CREATE TABLE grown (of int DEFAULT 1 REFERENCES seed); INSERT INTO grown VALUES (1)",
        "CREATE VIEW seeds AS SELECT * FROM seed",
        "ALTER TABLE seed ADD COLUMN colour text; INSERT INTO seed (n) VALUES ('b')",
        "INSERT INTO grown VALUES (2)",
        // Rights in passing.
        "CREATE SCHEMA nursery GRANT SELECT ON public.grown TO keeper",
        "GRANT SELECT ON seed TO PUBLIC",
        "REVOKE SELECT ON grown FROM keeper",
        // A role that gets another name, of what was only made.
        "CREATE TABLE owned (a int); ALTER TABLE owned OWNER TO keeper",
        "ALTER USER keeper RENAME TO gardener",
        "CREATE TABLE owned_too (a int); ALTER TABLE owned_too OWNER TO gardener",
        "DO $$BEGIN EXECUTE 'ALTER ROLE gardener RENAME TO keeper'; END$$",
        // An index that only a lock tells of.
        "CREATE TABLE beds (a int) PARTITION BY RANGE (a); \
         CREATE TABLE beds_1 PARTITION OF beds FOR VALUES FROM (1) TO (9); CREATE INDEX ON beds (a)",
        "CREATE TABLE rows (a int) PARTITION BY RANGE (a); CREATE INDEX ON rows (a); \
         CREATE TABLE rows_1 PARTITION OF rows FOR VALUES FROM (1) TO (9)",
        // A function and a table of one name.
        "CREATE FUNCTION weeds() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION weeds() FROM PUBLIC",
        "CREATE TABLE weeds (a int); GRANT SELECT ON weeds TO PUBLIC",
        "ALTER TABLE weeds ADD COLUMN b int",
    ];
    let texts = texts.map(str::to_owned).to_vec();
    let all = texts.len();
    assert_eq!(pieces_are_the_whole(texts, "public", &[]).await, (all, true));
}

/// A setting holds what was told, and may be reset; and since PostgreSQL 17 nobody need tell.
#[tokio::test]
async fn where_the_telling_is_cut_short_everything_is_read() {
    for cut in ["RESET enact.touched", "SET LOCAL event_triggers = off"] {
        if cut.contains("event_triggers") && installation().major() < 17 {
            continue;
        }
        let made = "CREATE FUNCTION ff() RETURNS int LANGUAGE sql AS 'SELECT 1'";
        let texts = [
            "CREATE TABLE t (a int)".to_owned(),
            if cut.contains("event") {
                format!("{cut}; {made}")
            } else {
                format!("{made}; {cut}; CREATE TABLE u ()")
            },
            "COMMENT ON FUNCTION ff() IS 'later'".to_owned(),
        ];
        assert_eq!(pieces_are_the_whole(texts.to_vec(), "public", &[]).await, (3, false), "{cut}");
    }
    let texts = [
        "CREATE FUNCTION ff() RETURNS int LANGUAGE sql AS 'SELECT 1'; RESET ALL; CREATE TABLE u ()",
    ];
    assert_eq!(pieces_are_the_whole(vec![texts[0].to_owned()], "public", &[]).await, (1, true));
}
