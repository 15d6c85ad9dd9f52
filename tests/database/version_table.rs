//! `alembic_version` as it is found in the wild.

use std::collections::BTreeSet;

use enact::database::version_table::VersionTable;
use enact::diagnostic::{Code, Refusal};

use super::server::server;

async fn heads_after(setup: &str) -> Result<Option<BTreeSet<String>>, Refusal> {
    let server = server().await;
    let database = server.fresh_database().await;
    let session = server.session(&database).await;
    session.client().batch_execute(setup).await.unwrap();
    let table = VersionTable::locate(&session).await.unwrap();
    table.heads(&session).await
}

#[tokio::test]
async fn no_table_is_no_tracking_and_an_empty_one_is_base() {
    assert_eq!(heads_after("").await.unwrap(), None);
    let create = VersionTable::in_schema("public").create_sql();
    assert_eq!(heads_after(&create).await.unwrap(), Some(BTreeSet::new()));
}

#[tokio::test]
async fn a_wider_column_is_as_good() {
    for width in ["varchar(64)", "varchar", "text"] {
        let setup = format!(
            "CREATE TABLE alembic_version (version_num {width} NOT NULL PRIMARY KEY); INSERT INTO alembic_version VALUES ('a')"
        );
        let heads = heads_after(&setup).await.unwrap().unwrap();
        assert_eq!(heads.len(), 1, "{width}");
    }
}

#[tokio::test]
async fn another_shape_is_refused_with_the_fault() {
    for (setup, fault) in [
        ("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)", "no primary key"),
        (
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY, at timestamptz)",
            "its columns are `version_num`, `at`",
        ),
        (
            "CREATE TABLE alembic_version (version varchar(32) PRIMARY KEY)",
            "its columns are `version`",
        ),
        ("CREATE TABLE alembic_version (version_num varchar(16) PRIMARY KEY)", "16 characters"),
        ("CREATE TABLE alembic_version (version_num integer PRIMARY KEY)", "not of type `varchar`"),
        (
            "CREATE VIEW alembic_version AS SELECT 'a'::varchar AS version_num",
            "not an ordinary table",
        ),
    ] {
        let refusal = heads_after(setup).await.unwrap_err();
        assert_eq!(refusal.code(), Code::VersionTableInvalid, "{setup}");
        assert!(refusal.to_string().contains(fault), "{refusal}");
    }
}

#[tokio::test]
async fn row_security_cannot_hide_heads() {
    let server = server().await;
    let database = server.fresh_database().await;
    let owner = server.session(&database).await;
    let table = VersionTable::in_schema("public");
    let setup = format!(
        "{}; ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY; GRANT SELECT ON alembic_version TO plain_role",
        table.create_sql()
    );
    owner.client().batch_execute(&setup).await.unwrap();
    let reader = server.session_as("plain_role", &database).await;
    let refusal = table.heads(&reader).await.unwrap_err();
    assert_eq!(refusal.code(), Code::VersionTableInvalid);
    assert!(table.heads(&owner).await.is_ok());
}

#[tokio::test]
async fn it_is_found_by_the_search_path_of_the_start() {
    let server = server().await;
    let database = server.fresh_database().await;
    let owner = server.session(&database).await;
    let in_app = VersionTable::in_schema("app");
    let setup = format!(
        "CREATE SCHEMA app; CREATE SCHEMA unseen; {}; {};
         ALTER DATABASE {database} SET search_path = app, public",
        in_app.create_sql(),
        VersionTable::in_schema("unseen").create_sql()
    );
    owner.client().batch_execute(&setup).await.unwrap();
    // The path of this session began without `app`.
    let table = VersionTable::locate(&owner).await.unwrap();
    assert_eq!(table.schema(), "public");
    let session = server.session(&database).await;
    // Neither a temporary table nor a later path leads astray.
    let astray = "CREATE TEMP TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
                  SET search_path = unseen";
    session.client().batch_execute(astray).await.unwrap();
    let table = VersionTable::locate(&session).await.unwrap();
    assert_eq!(table, in_app);
    assert_eq!(table.heads(&session).await.unwrap(), Some(BTreeSet::new()));
}

#[tokio::test]
async fn without_the_right_to_read_it_says_so() {
    let server = server().await;
    let database = server.fresh_database().await;
    let owner = server.session(&database).await;
    let table = VersionTable::in_schema("public");
    owner.client().batch_execute(&table.create_sql()).await.unwrap();
    let reader = server.session_as("plain_role", &database).await;
    let refusal = table.heads(&reader).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
}
