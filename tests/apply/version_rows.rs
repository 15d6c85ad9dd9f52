//! The rows of `alembic_version` that apply writes.

use crate::postgres::fresh_database;
use crate::project::Project;

#[tokio::test]
async fn a_schema_that_wants_quotes_gets_them() {
    let database = fresh_database("quotes").await;
    let name = &database.name;
    let setup = format!(
        "CREATE SCHEMA \"My \"\"app\"; ALTER DATABASE {name} SET search_path = \"My \"\"app\", public"
    );
    database.run(&setup).await;
    let project = Project::new(&database);
    let rows = async || {
        let sql = "SELECT string_agg(version_num, ' ' ORDER BY version_num) \
                   FROM \"My \"\"app\".alembic_version";
        let row = database.session().client().query_one(sql, &[]).await.unwrap();
        row.get::<_, String>(0)
    };
    project.revision("a", &[], "CREATE TABLE public.cats ();", "");
    project.enact(&["upgrade", "--allow-drift"]).success();
    assert_eq!(rows().await, "a");
    project.revision("c", &["a"], "CREATE TABLE public.toys ();", "");
    project.enact(&["upgrade", "--allow-drift"]).success();
    assert_eq!(rows().await, "c");
    project.revision("e", &["a"], "CREATE TABLE public.dogs ();", "");
    project.enact(&["upgrade", "--allow-drift"]).success();
    assert_eq!(rows().await, "c e");
    project.revision("m", &["c", "e"], "", "");
    project.enact(&["upgrade", "--allow-drift"]).success();
    assert_eq!(rows().await, "m");
}
