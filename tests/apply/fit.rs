//! Plans that do not fit the database: another database, another state, another time. Each is
//! refused with its own code before anything happens.

use enact::database::Session;
use enact::shadow::{Server, ServerOptions};

use super::{cats, dump, refused};
use crate::postgres::{TestDatabase, fresh_database, installation, server};
use crate::project::Project;

/// `cats` and a plan that adds a column.
async fn pending(hint: &str) -> (TestDatabase, Project, String) {
    let (database, project) = cats(hint).await;
    project.revision("b2", &["a1"], "ALTER TABLE cats ADD COLUMN age int;", "");
    let plan = project.plan().into_string();
    (database, project, plan)
}

/// The same project's plan against the database at `url`.
fn elsewhere(at: &TestDatabase, project: &Project, plan: &str, field: &str) {
    let before = dump(at);
    let run = project.enact(&["apply", "--url", &at.url, plan]).refused(4, "wrong-target");
    assert!(run.stderr.contains(field), "no {field} in {}", run.stderr);
    assert!(dump(at) == before);
}

fn restore(from: &TestDatabase, to: &TestDatabase) {
    let script = dump(from);
    let mut child = to
        .tool("psql")
        .args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), script.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Another database of the shared server, as the tests handle one.
pub(super) async fn named(server: &Server, name: &str) -> TestDatabase {
    TestDatabase {
        session: server.session(name).await.unwrap(),
        url: server.url(name),
        name: name.to_owned(),
    }
}

#[tokio::test]
async fn a_plan_for_another_database() {
    let (database, project, plan) = pending("original").await;

    // A template copy: the same cluster and everything in it, another name.
    let postgres = fresh_database("beside").await;
    let copy = format!("{}_copy", database.name);
    let TestDatabase { session, url, name } = database;
    drop(session);
    until_disconnected(&postgres, &name).await;
    postgres.run(&format!("CREATE DATABASE {copy} TEMPLATE {name}")).await;
    let config: tokio_postgres::Config = url.parse().unwrap();
    let database = TestDatabase { session: Session::plain(&config).await.unwrap(), url, name };
    let copied = named(server().await, &copy).await;
    elsewhere(&copied, &project, &plan, &copy);

    // The copy under the original's name: only the oid tells.
    let other = format!("{}_away", database.name);
    let TestDatabase { session, url, name } = database;
    drop(session);
    drop(copied);
    until_disconnected(&postgres, &name).await;
    until_disconnected(&postgres, &copy).await;
    postgres.run(&format!("ALTER DATABASE {name} RENAME TO {other}")).await;
    postgres.run(&format!("ALTER DATABASE {copy} RENAME TO {name}")).await;
    let swapped = named(server().await, &name).await;
    elsewhere(&swapped, &project, &plan, "database oid");
    drop(url);

    // A dump, restored under another name.
    let original = named(server().await, &other).await;
    let restored = fresh_database("restored").await;
    restore(&original, &restored);
    elsewhere(&restored, &project, &plan, &restored.name);
}

/// What another cluster's databases do not have in common with these: the tests' clusters are copies
/// of one data directory, so each part is changed in the plan instead.
///
/// A plan that asks for no approvals can be edited by anybody: so every part of the identity is
/// compared on its own, and named.
#[tokio::test]
async fn every_part_of_the_identity_counts() {
    let (database, project, plan) = pending("identity").await;
    let path = format!("{plan}/plan.json");
    let text = project.read(&path);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let target = &json["target"];
    let edits = [
        ("system identifier", target["system_identifier"].to_string(), "\"1\"".to_owned()),
        (
            "database oid",
            format!("\"database_oid\": {}", target["database_oid"]),
            "\"database_oid\": 1".to_owned(),
        ),
        (
            "database named",
            format!("\"database\": {}", target["database"]),
            "\"database\": \"x\"".to_owned(),
        ),
        (
            "server major",
            format!("\"server_major\": {}", target["server_major"]),
            "\"server_major\": 99".to_owned(),
        ),
        (
            "target id",
            target["target_id"].to_string(),
            "\"00000000-0000-4000-8000-000000000000\"".to_owned(),
        ),
    ];
    for (field, old, new) in edits {
        assert!(text.contains(&old), "{field}: {old}");
        project.write(&path, text.replace(&old, &new));
        elsewhere(&database, &project, &plan, field);
    }
}

async fn until_disconnected(observer: &TestDatabase, name: &str) {
    let sql = format!("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '{name}')");
    super::until(observer, &sql).await;
}

#[tokio::test]
async fn a_plan_that_ddl_by_hand_made_stale() {
    let (database, project, plan) = pending("byhand").await;
    database.run("ALTER TABLE cats ADD COLUMN colour text").await;
    refused(&database, &project, &[&plan], "stale-schema", 4);
    database.run("ALTER TABLE cats DROP COLUMN colour; CREATE VIEW v AS SELECT 1 AS one").await;
    refused(&database, &project, &[&plan], "stale-schema", 4);
    database.run("DROP VIEW v").await;
    // A dropped column leaves no trace that matters: the plan fits again.
    project.enact(&["apply", &plan]).success();
}

#[tokio::test]
async fn a_plan_whose_heads_or_ledger_moved_on() {
    let (database, project, plan) = pending("moved").await;
    database.run("UPDATE alembic_version SET version_num = 'zz'").await;
    refused(&database, &project, &[&plan], "stale-heads", 4);
    database.run("DELETE FROM alembic_version").await;
    refused(&database, &project, &[&plan], "stale-heads", 4);
    database.run("INSERT INTO alembic_version VALUES ('a1')").await;
    // There and back again: the heads are the same, the ledger is not.
    project.enact(&["stamp", "--purge", "base"]).success();
    project.enact(&["stamp", "a1"]).success();
    refused(&database, &project, &[&plan], "stale-ledger", 4);
}

#[tokio::test]
async fn a_plan_that_ran_before() {
    let (database, project, plan) = pending("twice").await;
    project.enact(&["apply", &plan]).success();
    refused(&database, &project, &[&plan], "plan-consumed", 4);
    // Without a name there is nothing to do, until there is a plan that does not fit.
    let run = project.enact(&["apply"]).success();
    assert_eq!(run.stdout, "Nothing to do: every plan of `dev` was applied.\n");
    project.revision("c3", &["b2"], "DROP TABLE cats;", "");
    project.plan();
    project.enact(&["stamp", "a1"]).success();
    refused(&database, &project, &[], "plan-missing", 2);
}

#[tokio::test]
async fn a_plan_that_expired() {
    let (database, project) = cats("expired").await;
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\nplan_ttl = \"1s\"\n");
    project.revision("b2", &["a1"], "ALTER TABLE cats ADD COLUMN age int;", "");
    let plan = project.plan().into_string();
    std::thread::sleep(std::time::Duration::from_millis(2100));
    refused(&database, &project, &[&plan], "plan-expired", 5);
}

#[tokio::test]
async fn a_plan_for_another_environment() {
    let (database, project, plan) = pending("environment").await;
    project.config(
        "[env.dev]\nurl_env = \"DATABASE_URL\"\n[env.staging]\nurl_env = \"DATABASE_URL\"\n",
    );
    refused(&database, &project, &["--env", "staging", &plan], "wrong-environment", 4);
}

/// The environment's name in the ledger's first entry keeps a plan that asked nobody for approval
/// out of a database that belongs to another environment.
#[tokio::test]
async fn a_database_that_belongs_to_another_environment() {
    let (database, project) = cats("belongs").await;
    project.config("[env.staging]\nurl_env = \"DATABASE_URL\"\n");
    project.revision("b2", &["a1"], "ALTER TABLE cats ADD COLUMN age int;", "");
    let before = dump(&database);
    project.enact(&["plan"]).refused(4, "wrong-environment");
    project.enact(&["upgrade"]).refused(4, "wrong-environment");
    assert!(dump(&database) == before);
}

#[tokio::test]
async fn a_server_that_cannot_be_written() {
    let (database, project, plan) = pending("readonly").await;
    let name = &database.name;
    database.run(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    refused(&database, &project, &[&plan], "read-only-server", 4);
    database.run(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
}

#[tokio::test]
async fn a_standby() {
    let primary = Server::start_with(
        &installation(),
        ServerOptions {
            settings: vec![
                ("wal_level".to_owned(), "replica".to_owned()),
                ("max_wal_senders".to_owned(), "4".to_owned()),
            ],
            ..ServerOptions::default()
        },
    )
    .await
    .unwrap();
    primary.create_database("cats").await.unwrap();
    let database = named(&primary, "cats").await;
    let project = Project::new(&database);
    project.revision("a1", &[], "CREATE TABLE cats (id int);", "");
    let plan = project.plan().into_string();
    // A server that recovers for ever is what a standby is to its clients.
    let (_primary, standby) = (database, standby_of(primary).await);
    let database = named(&standby, "cats").await;
    let before = dump(&database);
    project.enact(&["apply", "--url", &database.url, &plan]).refused(4, "read-only-server");
    assert!(dump(&database) == before);
}

/// Restarts a server as a standby of nobody.
async fn standby_of(server: Server) -> Server {
    std::fs::write(server.data_folder().join("standby.signal"), "").unwrap();
    server.crash().await.unwrap()
}
