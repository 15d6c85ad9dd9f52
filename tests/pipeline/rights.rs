//! Rights: those that revisions give are effects, and proved; those that others give are no drift, and
//! new objects get them as the plan foretells.

use serde_json::Value;

use crate::postgres::{TestDatabase, database, fresh_database, server};
use crate::project::Project;

/// A database in which the role `app` makes the objects, with roles that a DBA knows. Roles are the
/// server's, so that their names begin with `hint`.
async fn with_roles(hint: &str) -> (TestDatabase, Project) {
    let database = fresh_database(hint).await;
    for role in ["app", "bi"] {
        database.run(&format!("CREATE ROLE {hint}_{role} LOGIN")).await;
    }
    database
        .run(&format!(
            "GRANT CREATE ON SCHEMA public TO {hint}_app;
             GRANT CREATE ON DATABASE {} TO {hint}_app",
            database.name
        ))
        .await;
    let project = Project::at(&as_role(&database, &format!("{hint}_app")));
    (database, project)
}

fn as_role(database: &TestDatabase, role: &str) -> String {
    database.url.replacen("postgres@", &format!("{role}@"), 1)
}

async fn has(database: &TestDatabase, right: &str) -> bool {
    let sql = format!("SELECT {right}");
    database.session().client().query_one(&sql, &[]).await.unwrap().get(0)
}

fn plan_json(project: &Project, folder: &camino::Utf8Path) -> Value {
    serde_json::from_str(&project.read(folder.join("plan.json"))).unwrap()
}

/// The objects of which the plan foretells something.
fn effects(plan: &Value) -> Vec<String> {
    let stages = plan["stages"].as_array().unwrap();
    let effects = stages.iter().flat_map(|stage| stage["effects"].as_array().unwrap());
    let text = |effect: &Value| {
        format!("{} {}", effect["change"].as_str().unwrap(), effect["object"].as_str().unwrap())
    };
    effects.map(text).collect()
}

const CATS: &str = "CREATE TABLE cats (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE FUNCTION purr() RETURNS int LANGUAGE sql AS 'SELECT 1';";

/// What a DBA does where the tables of `rights_app` are.
fn by_a_dba(hint: &str) -> String {
    format!(
        "GRANT SELECT ON cats TO {hint}_bi;
         GRANT UPDATE (name) ON cats TO {hint}_bi;
         GRANT USAGE ON SCHEMA public TO {hint}_bi WITH GRANT OPTION;
         GRANT {hint}_bi TO {hint}_app;
         ALTER FUNCTION purr() OWNER TO {hint}_bi;
         ALTER DEFAULT PRIVILEGES FOR ROLE {hint}_app IN SCHEMA public GRANT SELECT ON TABLES TO {hint}_bi;
         ALTER DEFAULT PRIVILEGES FOR ROLE {hint}_app GRANT USAGE ON SEQUENCES TO {hint}_bi;
         ALTER DEFAULT PRIVILEGES FOR ROLE {hint}_app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
         ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT INSERT ON TABLES TO {hint}_bi"
    )
}

#[tokio::test]
async fn what_a_dba_gave_is_no_drift_and_new_objects_get_it_as_foretold() {
    let (database, project) = with_roles("given").await;
    project.revision("a", &[], CATS, "DROP FUNCTION purr();\nDROP TABLE cats;");
    project.enact(&["upgrade", "--yes"]).success();
    database.run(&by_a_dba("given")).await;
    project.revision(
        "b",
        &["a"],
        "CREATE TABLE dogs (id serial, cat int REFERENCES cats);
CREATE FUNCTION bark() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT INSERT ON cats TO given_bi;
ALTER TABLE cats ADD COLUMN born date;
DROP FUNCTION purr();",
        "CREATE FUNCTION purr() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER TABLE cats DROP COLUMN born;
REVOKE INSERT ON cats FROM given_bi;
DROP FUNCTION bark();
DROP TABLE dogs;",
    );

    let folder = project.plan();
    let plan = plan_json(&project, &folder);
    assert_eq!(plan["observation"]["migrating_role"], "given_app");
    let foretold = effects(&plan);
    for effect in [
        "created privileges ON table public.dogs",
        "created privileges ON sequence public.dogs_id_seq",
        "created privileges ON function public.bark()",
        "altered privileges ON table public.cats",
        "dropped owner OF function public.purr()",
    ] {
        assert!(foretold.iter().any(|other| other == effect), "{effect} is not in {foretold:?}");
    }
    let reading = project.read(folder.join("plan.md"));
    assert!(reading.contains("Rights and tablespaces that no revision gives"), "{reading}");
    assert!(!reading.contains("Drift that was accepted"), "{reading}");
    assert!(reading.contains("- 4 default privileges"), "{reading}");
    let statement =
        "`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO given_bi`";
    assert!(reading.contains(statement), "{reading}");
    project.enact(&["verify", "--recompile", folder.as_str()]).success();
    let shown = project.enact(&["show", folder.as_str()]).success();
    assert!(shown.stdout.contains("rights that no revision gives, and that stay"), "{shown}");

    let applied = project.enact(&["apply", folder.as_str(), "--format", "json"]).success().json();
    assert_eq!(applied["fingerprint"], plan["fingerprints"]["after"]);
    assert!(has(&database, "has_table_privilege('given_bi', 'dogs', 'SELECT')").await);
    assert!(!has(&database, "has_function_privilege('given_bi', 'bark()', 'EXECUTE')").await);
    assert!(has(&database, "has_table_privilege('given_bi', 'cats', 'INSERT')").await);

    // A right that a revision gave and that is gone is drift; more of the same table's is none.
    let drift = project.enact(&["drift"]).success();
    assert!(
        drift.stderr.contains("rights, tablespaces or subscriptions that no revision gives"),
        "{drift}"
    );
    database.run("REVOKE INSERT ON cats FROM given_bi").await;
    let drift = project.enact(&["drift"]);
    assert_eq!(drift.code, 1, "{drift}");
    assert!(drift.stdout.contains("~ privileges ON table public.cats"), "{drift}");
    let back = project.enact(&["drift", "--format", "sql"]);
    assert!(back.stdout.contains("GRANT INSERT ON TABLE public.cats TO given_bi"), "{back}");
    assert!(!back.stdout.contains("REVOKE") && !back.stdout.contains("OWNER TO"), "{back}");
    project.revision("c", &["b"], "CREATE TABLE fish ();", "DROP TABLE fish;");
    project.enact(&["plan"]).refused(4, "drift");
    database.run(&back.stdout).await;
    project.enact(&["drift"]).success();

    // What goes takes its rights with it.
    project.enact(&["downgrade", "base", "--yes"]).success();
    assert!(has(&database, "to_regclass('cats') IS NULL").await);
}

#[tokio::test]
async fn a_role_that_may_only_read_plans_the_same() {
    let (database, project) = with_roles("reads").await;
    project.revision("a", &[], CATS, "");
    project.enact(&["upgrade", "--yes"]).success();
    database.run(&by_a_dba("reads")).await;
    project.revision("b", &["a"], "CREATE TABLE dogs ();", "DROP TABLE dogs;");
    let fingerprints = |url: &str| {
        let other = Project::at(url);
        for id in ["a", "b"] {
            let name = format!("revisions/{id}_make_{id}.sql");
            other.write(&name, project.read(&name));
        }
        plan_json(&other, &other.plan())["fingerprints"].clone()
    };
    database
        .run(
            "CREATE ROLE reads_only LOGIN; GRANT SELECT ON alembic_version TO reads_only;
             GRANT USAGE ON SCHEMA enact TO reads_only;
             GRANT SELECT ON ALL TABLES IN SCHEMA enact TO reads_only",
        )
        .await;
    let seen =
        ["reads_app", "postgres", "reads_only"].map(|role| fingerprints(&as_role(&database, role)));
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_role_that_makes_objects_with_other_rights_does_not_apply() {
    let (database, project) = with_roles("other").await;
    project.revision("a", &[], CATS, "");
    project.enact(&["upgrade", "--yes"]).success();
    project.revision("b", &["a"], "CREATE TABLE dogs ();", "");
    let folder = project.plan();
    let apply = |options: &str| {
        let mut binary = project.binary(&["apply", folder.as_str()]);
        binary.env("DATABASE_URL", &database.url).env("PGOPTIONS", options);
        crate::project::finished(binary)
    };
    // Without default privileges, only the owner is another: that may be.
    let applied = apply("");
    assert_eq!(applied.code, 0, "{applied}");
    project.revision("c", &["b"], "CREATE TABLE birds ();", "");
    database.run(&by_a_dba("other")).await;
    let folder = project.plan();
    let apply = |options: &str| {
        let mut binary = project.binary(&["apply", folder.as_str()]);
        binary.env("DATABASE_URL", &database.url).env("PGOPTIONS", options);
        crate::project::finished(binary)
    };
    let said = apply("").refused(4, "role-differs").stderr;
    assert!(said.contains("PGOPTIONS='-c role=other_app'"), "{said}");
    assert!(has(&database, "to_regclass('birds') IS NULL").await);
    let applied = apply("-c role=other_app");
    assert_eq!(applied.code, 0, "{applied}");
    assert!(has(&database, "has_table_privilege('other_bi', 'birds', 'SELECT')").await);
}

#[tokio::test]
async fn a_legacy_database_is_found_whatever_rights_it_has() {
    let (database, project) = with_roles("legacy").await;
    let rights = "GRANT DELETE ON cats TO legacy_bi;";
    project.revision("a", &[], &format!("{CATS}\n{rights}"), "");
    project.revision("b", &["a"], "CREATE TABLE dogs ();", "");
    let app = database.connect("legacy_app").await;
    app.client().batch_execute(&format!("{CATS} {rights}")).await.unwrap();
    database.run(&by_a_dba("legacy")).await;
    let said = project.enact(&["detect-state", "--format", "json"]).success().json();
    assert_eq!(said["state"], "legacy", "{said}");
    assert!(
        said.to_string().contains("rights, owners, tablespaces and subscriptions are left out"),
        "{said}"
    );
    project.enact(&["handle-legacy", "--yes"]).success();
    assert!(has(&database, "has_table_privilege('legacy_bi', 'dogs', 'SELECT')").await);
    project.enact(&["drift"]).success();
}

#[tokio::test]
async fn a_database_with_nothing_but_rights_is_fresh() {
    let database = database().await;
    database.run("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    let said = project.enact(&["detect-state", "--format", "json"]).success().json();
    assert_eq!(said["state"], "fresh", "{said}");
    project.enact(&["ensure"]).success();
    assert!(has(&database, "has_table_privilege('pg_monitor', 'cats', 'SELECT')").await);
    // The server is everybody's: other databases know nothing of it.
    assert!(server().await.session(&database.name).await.is_ok());
}
