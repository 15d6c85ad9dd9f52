//! Databases that other tools manage, taken over at the revision that their tables mean.

use super::fixture;
use crate::postgres::{TestDatabase, database};
use crate::project::Project;

/// A project with a tool's fixture imported.
async fn imported(tool: &str) -> (TestDatabase, Project) {
    let database = database().await;
    let project = Project::new(&database);
    fixture(&project, &format!("fixtures/{tool}"), "db");
    project.enact(&["import", tool, "db"]).success();
    (database, project)
}

/// The tables as the tools make them, and the rows of two migrations.
const TABLES: &[(&str, &str, &str)] = &[
    (
        "golang-migrate",
        "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);
         INSERT INTO schema_migrations VALUES (2, false)",
        "000002",
    ),
    (
        "dbmate",
        "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);
         INSERT INTO schema_migrations VALUES ('20240115103000'), ('20240116080000')",
        "20240116080000",
    ),
    (
        "sqlx",
        "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,
             installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL,
             checksum bytea NOT NULL, execution_time bigint NOT NULL);
         INSERT INTO _sqlx_migrations VALUES (20240115103000, 'create cats', now(), true, '', 1)",
        "20240115103000",
    ),
    (
        "diesel",
        "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY NOT NULL,
             run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations VALUES ('20240115103000')",
        "20240115103000",
    ),
    (
        "flyway",
        "CREATE TABLE flyway_schema_history (installed_rank integer NOT NULL PRIMARY KEY,
             version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL,
             script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL,
             installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL,
             success boolean NOT NULL);
         INSERT INTO flyway_schema_history VALUES
             (1, '1', 'a', 'SQL', 'a', 0, 'me', now(), 1, true),
             (2, '1.1', 'b', 'SQL', 'b', 0, 'me', now(), 1, true),
             (3, NULL, 'r', 'SQL', 'r', 0, 'me', now(), 1, true),
             (4, '1.1', 'b', 'UNDO_SQL', 'b', 0, 'me', now(), 1, true)",
        "1",
    ),
    (
        "goose",
        "CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL,
             is_applied boolean NOT NULL, tstamp timestamp DEFAULT now());
         INSERT INTO goose_db_version (version_id, is_applied)
             VALUES (0, true), (1, true), (2, true), (2, false)",
        "00001",
    ),
    (
        "node-pg-migrate",
        "CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL,
             run_on timestamp NOT NULL);
         INSERT INTO pgmigrations (name, run_on) VALUES
             ('1705314600000_create-cats', now()), ('1705392000000_add-name', now())",
        "1705392000000",
    ),
];

#[tokio::test]
async fn every_tools_table_is_understood() {
    for (tool, table, head) in TABLES {
        let (database, project) = imported(tool).await;
        database.run(table).await;
        let run = project.enact(&["stamp", "--from-tracking"]).success();
        assert_eq!(run.stdout, format!("stamped: base → {head}\n"), "{tool}");
        let current = project.enact(&["current"]).success().stdout;
        assert_eq!(current.split_whitespace().next(), Some(*head), "{tool}");
        let told = project.enact(&["ledger", "--format", "json"]).success().stdout;
        assert!(told.contains(&format!("taken over from {tool}")), "{told}");
        // Once more there is nothing to do.
        project.enact(&["stamp", "--from-tracking"]).success();
    }
}

#[tokio::test]
async fn a_table_that_tells_no_clear_state_is_refused_with_the_fact() {
    let (_, table, _) = TABLES[0];
    let dirty = table.replace("(2, false)", "(2, true)");
    let unknown = table.replace("(2, false)", "(7, false)");
    let nothing = table.replace("VALUES (2, false)", "SELECT 1, true WHERE false");
    let (_, dbmate, _) = TABLES[1];
    let (_, sqlx, _) = TABLES[2];
    let hole = dbmate.replace("('20240115103000'), ", "");
    let failed = sqlx.replace("now(), true", "now(), false");
    let two = format!("{table}; {sqlx}");
    for (tool, table, code, told) in [
        ("golang-migrate", dirty.as_str(), "tracking-unusable", "version 2 is dirty"),
        ("golang-migrate", &unknown, "tracked-revision-unknown", "names `7`"),
        ("golang-migrate", &nothing, "tracking-unusable", "nothing was applied"),
        ("golang-migrate", &two, "tracking-unusable", "several tools"),
        ("golang-migrate", "SELECT 1", "tracking-unusable", "no tracking table"),
        ("dbmate", &hole, "tracking-unusable", "but not `20240115103000` before it"),
        ("sqlx", &failed, "tracking-unusable", "version 20240115103000 failed"),
    ] {
        let (database, project) = imported(tool).await;
        database.run(table).await;
        let run = project.enact(&["stamp", "--from-tracking"]).refused(4, code);
        assert!(run.stderr.contains(told), "no {told:?} in:\n{run}");
        assert_eq!(project.enact(&["current"]).success().stdout, "");
    }
}

#[tokio::test]
async fn a_database_that_was_taken_over_before_is_left_alone() {
    let (tool, table, _) = TABLES[1];
    let (database, project) = imported(tool).await;
    database.run(table).await;
    project.enact(&["stamp", "20240115103000"]).success();
    let run = project.enact(&["stamp", "--from-tracking"]).refused(4, "tracking-unusable");
    assert!(run.stderr.contains("`alembic_version` says 20240115103000"), "{run}");
}
