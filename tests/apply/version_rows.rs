//! The rows of `alembic_version` that apply writes.

use crate::postgres::fresh_database;
use crate::project::Project;

#[tokio::test]
async fn a_schema_that_wants_quotes_gets_them() {
    let database = fresh_database("quotes").await;
    let name = &database.name;
    let setup = format!(
        "CREATE SCHEMA \"My \"\"app\"; ALTER DATABASE {name} SET search_path = \"My \"\"app\""
    );
    database.run(&setup).await;
    let project = Project::new(&database);
    let rows = async || {
        let sql = "SELECT string_agg(version_num, ' ' ORDER BY version_num) \
                   FROM \"My \"\"app\".alembic_version";
        let row = database.session().client().query_one(sql, &[]).await.unwrap();
        row.get::<_, String>(0)
    };
    project.revision("a", &[], "CREATE TABLE cats ();", "");
    project.enact(&["upgrade"]).success();
    assert_eq!(rows().await, "a");
    project.revision("c", &["a"], "CREATE TABLE toys ();", "");
    project.enact(&["upgrade"]).success();
    assert_eq!(rows().await, "c");
    project.revision("e", &["a"], "CREATE TABLE dogs ();", "");
    project.enact(&["upgrade"]).success();
    assert_eq!(rows().await, "c e");
    project.revision("m", &["c", "e"], "", "");
    project.enact(&["upgrade"]).success();
    assert_eq!(rows().await, "m");
}
