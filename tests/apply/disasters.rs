//! What befalls the server itself: deadlocks, no room left, a crash in the middle, a copy that lost the
//! newest commits.

use super::fit::named;
use super::{cats, dump, dump_of_users, says, told_once, until, until_running};
use crate::postgres::{TestDatabase, installation};
use crate::project::Project;
use enact::shadow::{Server, ServerOptions};

/// A server of the test's own that keeps what it has committed, with the database `cats`, and a
/// project whose first revision was applied there.
async fn own_server() -> (Server, Project) {
    let durable = ["fsync", "full_page_writes", "synchronous_commit"];
    let settings = durable.map(|name| (name.to_owned(), "on".to_owned())).to_vec();
    let options = ServerOptions { settings, ..ServerOptions::default() };
    let server = Server::start_with(&installation(), options).await.unwrap();
    server.create_database("cats").await.unwrap();
    let project = Project::at(&server.url("cats"));
    project.revision(
        "a1",
        &[],
        "CREATE TABLE cats (id bigint PRIMARY KEY, name text NOT NULL);\n\
         INSERT INTO cats SELECT n, 'cat ' || n FROM generate_series(1, 100) AS n;",
        "",
    );
    project.enact(&["apply", project.plan().as_str()]).success();
    (server, project)
}

#[tokio::test]
async fn fault_38_a_deadlock_is_tried_again() {
    let (database, project) = cats("deadlock").await;
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\nlock_timeout = \"1min\"\n");
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int);", "");
    project.enact(&["apply", project.plan().as_str()]).success();
    project.revision(
        "c3",
        &["b2"],
        "ALTER TABLE cats ADD COLUMN age int;\nALTER TABLE dogs ADD COLUMN age int;",
        "",
    );
    let plan = project.plan().into_string();
    // Whoever looks for a deadlock first is its victim: enact, after the circle has closed.
    let name = &database.name;
    database.run(&format!("ALTER DATABASE {name} SET deadlock_timeout = '3s'")).await;
    let other = database.connect("postgres").await;
    let dogs = "SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE dogs";
    other.client().batch_execute(dogs).await.unwrap();
    let run = project.start(&["apply", &plan]);
    until(
        &database,
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'dogs'::regclass)",
    )
    .await;
    other.client().batch_execute("LOCK TABLE cats; COMMIT").await.unwrap();
    let run = run.end().await.success();
    says(&run, "deadlock detected");
    says(&run, "trying again");
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_25_no_room_for_a_table_to_grow() {
    let (server, project) = own_server().await;
    let database = named(&server, "cats").await;
    project.revision(
        "b2",
        &["a1"],
        "CREATE TABLE birds (song text);\n\
         INSERT INTO birds SELECT repeat('tweet ', 1000) || random() FROM cats, cats AS again;\n\
         ALTER TABLE birds ALTER COLUMN song SET STORAGE EXTERNAL;\n\
         UPDATE birds SET song = song || '!';",
        "",
    );
    let plan = project.plan().into_string();
    let before = dump(&database);
    // No file of the server may grow past four megabytes. Sessions inherit the limit from the postmaster,
    // and only the server's own user may set it there.
    let room = async |bytes: &str| {
        let command = format!("prlimit --pid $(head -n 1 postmaster.pid) --fsize={bytes}:");
        database.run(&format!("COPY (SELECT 1) TO PROGRAM '{command}'")).await;
    };
    room("4194304").await;
    let run = project.enact(&["apply", &plan]).refused(9, "stage-failed");
    says(&run, "could not");
    assert!(dump(&database) == before);
    room("unlimited").await;
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_17_the_server_is_killed_in_a_transactional_stage() {
    let (server, project) = own_server().await;
    project.revision(
        "b2",
        &["a1"],
        "CREATE TABLE dogs (id int);\nSELECT pg_sleep(count(*) / 10) FROM cats WHERE id > 50;\n\
         INSERT INTO dogs VALUES (1);",
        "",
    );
    let plan = project.plan().into_string();
    let database = named(&server, "cats").await;
    let before = dump_of_users(&database);
    let run = project.start(&["apply", &plan]);
    until_running(&database, "%pg_sleep%").await;
    drop(database);
    let server = server.crash().await.unwrap();
    run.end().await.refused(9, "stage-failed");
    let database = named(&server, "cats").await;
    assert_eq!(dump_of_users(&database), before);
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}

/// What an asynchronous standby is after a failover that came too early: the primary reported success,
/// and the new primary has never heard of it.
#[tokio::test]
async fn fault_19_a_failover_that_lost_what_was_reported() {
    let (server, project) = own_server().await;
    let (primary, behind) = server.fork().await.unwrap();
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int);", "");
    let at = |server: &Server| server.url("cats");
    let plan = project.enact(&["plan", "--url", &at(&primary)]).success();
    assert!(plan.stderr.contains("wrote"), "{}", plan.stderr);
    let applied = project.enact(&["apply", "--url", &at(&primary)]).success();
    let checkpoint = applied.stdout.lines().find_map(|line| line.strip_prefix("checkpoint: "));
    let checkpoint = checkpoint.expect("an apply tells where the ledger stands");
    let verify = |server: &Server, checkpoint: &str| {
        project.enact(&["ledger", "verify", "--checkpoint", checkpoint, "--url", &at(server)])
    };
    let verified = verify(&primary, checkpoint).success();
    assert!(
        verified.stdout.ends_with(&format!("checkpoint: {checkpoint}\n")),
        "{}",
        verified.stdout
    );
    let run = verify(&behind, checkpoint).refused(1, "ledger-rewound");
    says(&run, "the checkpoint saw entry 4, and the ledger ends at entry 2");
    let other = checkpoint.replace(':', ":00")[..checkpoint.len()].to_owned();
    verify(&primary, &other).refused(1, "ledger-rewound");
    verify(&primary, "4").exits(2);
    // The plan still fits what is left, and is done once there, too.
    project.enact(&["apply", "--url", &at(&behind)]).success();
    let database: TestDatabase = named(&behind, "cats").await;
    assert_eq!(super::story(&database).await, ["genesis", "plan", "stage 1", "plan", "stage 1"]);
}
