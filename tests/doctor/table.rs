//! `alembic_version`: its place, its shape, its key.

use super::{codes, heals, heals_alone, managed};

#[tokio::test]
async fn a_missing_key_is_made() {
    let (database, project) = managed("doctor_key").await;
    database.run("ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc").await;
    heals_alone(&database, &project, "version-table-unkeyed").await;
}

#[tokio::test]
async fn a_wider_narrower_or_other_column_becomes_alembics() {
    let (database, project) = managed("doctor_column").await;
    for altered in ["varchar(255)", "varchar(8)", "text", "varchar"] {
        database
            .run(&format!("ALTER TABLE alembic_version ALTER version_num TYPE {altered}"))
            .await;
        heals_alone(&database, &project, "version-column-altered").await;
    }
}

#[tokio::test]
async fn a_table_in_a_schema_that_nobody_looks_in_is_moved() {
    let (database, project) = managed("doctor_elsewhere").await;
    database.run("CREATE SCHEMA app; ALTER TABLE alembic_version SET SCHEMA app").await;
    heals(&database, &project, "version-table-elsewhere").await;
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn a_second_table_in_the_path_is_renamed() {
    let (database, project) = managed("doctor_several").await;
    let sql = format!(
        "CREATE SCHEMA app; CREATE TABLE app.alembic_version (version_num varchar(32) PRIMARY KEY);
         ALTER DATABASE {} SET search_path = public, app",
        database.name
    );
    database.run(&sql).await;
    heals_alone(&database, &project, "version-table-several").await;
}

#[tokio::test]
async fn a_table_of_another_application_is_none_of_ours() {
    let (database, project) = managed("doctor_other").await;
    database
        .run("CREATE SCHEMA app; CREATE TABLE app.alembic_version (version_num varchar(32) PRIMARY KEY)")
        .await;
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn more_columns_go_and_a_view_is_named() {
    let (database, project) = managed("doctor_shape").await;
    database.run("ALTER TABLE alembic_version ADD note text").await;
    heals_alone(&database, &project, "version-table-invalid").await;
    database
        .run(
            "ALTER TABLE alembic_version RENAME TO kept; CREATE VIEW alembic_version AS TABLE kept",
        )
        .await;
    assert_eq!(codes(&database, &project), ["version-table-invalid"]);
}
