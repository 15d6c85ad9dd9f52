//! Revisions that say where bytes lie.

use crate::postgres::{TestDatabase, fresh_database, server};
use crate::project::Project;

/// Makes a tablespace that needs no folder of its own.
async fn with_tablespace(database: &TestDatabase, name: &str) {
    let client = database.session().client();
    client.batch_execute("SET allow_in_place_tablespaces = on").await.unwrap();
    client.batch_execute(&format!("CREATE TABLESPACE \"{name}\" LOCATION ''")).await.unwrap();
}

async fn tablespace_of(database: &TestDatabase, relation: &str) -> String {
    let sql =
        "SELECT t.spcname::text FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace
               WHERE c.oid = $1::text::regclass";
    database.session().client().query_one(sql, &[&relation]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_revision_may_name_tablespaces_that_the_target_has() {
    let database = fresh_database("places").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int PRIMARY KEY USING INDEX TABLESPACE \"Places Fast\") TABLESPACE places_slow;",
        "DROP TABLE cats;",
    );
    project.revision(
        "b",
        &["a"],
        "ALTER TABLE cats SET TABLESPACE \"Places Fast\";",
        "ALTER TABLE cats SET TABLESPACE places_slow;",
    );
    if database.session().server_major() < 15 {
        // There a tablespace needs a folder of its own, which two shadows cannot share.
        project.enact(&["validate"]).refused(3, "statement-failed");
        return;
    }
    project.enact(&["validate"]).success();

    with_tablespace(&database, "places_slow").await;
    let said = project.enact(&["plan"]).refused(3, "statement-failed").stderr;
    for word in [
        "the target has no tablespace `Places Fast`",
        "revisions/a_make_a.sql:9:1",
        "CREATE TABLESPACE",
    ] {
        assert!(said.contains(word), "{said}");
    }
    assert!(!project.path().join("plans").exists());

    with_tablespace(&database, "Places Fast").await;
    let plan = project.plan_with(&["a"]);
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "places_slow");
    assert_eq!(tablespace_of(&database, "cats_pkey").await, "Places Fast");

    // Who moves bytes by hand makes no drift; what they moved is told, and is where the plan begins.
    let by_hand = "ALTER INDEX cats_pkey SET TABLESPACE places_slow; ALTER TABLE cats SET TABLESPACE pg_default";
    database.run(by_hand).await;
    let drift = project.enact(&["drift"]).success();
    assert!(drift.stderr.contains("tablespaces or subscriptions"), "{drift}");
    let plan = project.plan();
    project.enact(&["apply"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "Places Fast");
    assert_eq!(tablespace_of(&database, "cats_pkey").await, "places_slow");
    let page = project.read(plan.join("plan.md"));
    for line in [
        "created `tablespace OF table public.cats`",
        "- `ALTER TABLE public.cats SET TABLESPACE pg_default`",
        "- `ALTER INDEX public.cats_pkey SET TABLESPACE places_slow`",
        "- gives new storage to: `public.cats`",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let detected = project.enact(&["detect-state"]).success();
    assert!(detected.stdout.contains("managed"), "{detected}");
    project.enact(&["downgrade", "base", "--yes"]).success();
}

/// A role that puts what it makes apart, in a database that lies elsewhere as a whole.
#[tokio::test]
async fn what_is_made_goes_where_the_target_puts_it() {
    let database = fresh_database("places").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (id int PRIMARY KEY);", "DROP TABLE cats;");
    project.revision(
        "b",
        &["a"],
        "CREATE TABLE dogs (id int PRIMARY KEY); CREATE TABLE owls (id int) TABLESPACE slow;",
        "DROP TABLE dogs, owls;",
    );
    if database.session().server_major() < 15 {
        project.enact(&["validate"]).refused(3, "statement-failed");
        return;
    }
    let name = &database.name;
    let settings = format!("ALTER DATABASE \"{name}\" SET default_tablespace = fast");
    project.plan_with(&["a"]);
    project.enact(&["apply"]).success();
    database.run(&settings).await;
    let plan = project.plan();
    let page = project.read(plan.join("plan.md"));
    for line in [
        "| new relations lie in | `fast`, if nothing else is said |",
        "created `tablespace OF table public.dogs`",
        "created `tablespace OF constraint public.dogs.dogs_pkey`",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    // Who sets it otherwise meanwhile changes nothing of what was planned.
    database.run(&settings.replace("= fast", "= slow")).await;
    project.enact(&["apply"]).success();
    database.run(&settings).await;
    assert_eq!(tablespace_of(&database, "dogs_pkey").await, "fast");
    assert_eq!(tablespace_of(&database, "owls").await, "slow");
    project.enact(&["drift"]).success();
    project.enact(&["downgrade", "a", "--yes"]).success();

    // Where the database itself lies in the tablespace that a revision names, that says nothing new.
    let moved = fresh_database("places").await;
    let client = database.session().client();
    let name = &moved.name;
    drop(moved.session);
    let alter = format!("ALTER DATABASE \"{name}\" SET TABLESPACE slow");
    for attempt in 0.. {
        match client.batch_execute(&alter).await {
            Ok(()) => break,
            Err(error) => assert!(attempt < 100, "{error}"),
        }
    }
    let project = Project::at(&moved.url);
    project.revision("a", &[], "CREATE TABLE owls (id int) TABLESPACE slow;", "DROP TABLE owls;");
    let fast = "CREATE TABLE kites (id int) TABLESPACE fast;";
    project.revision("b", &["a"], fast, "DROP TABLE kites;");
    project.revision(
        "c",
        &["b"],
        "ALTER TABLE kites ADD COLUMN name text; CREATE INDEX ON kites (name);",
        "ALTER TABLE kites DROP COLUMN name;",
    );
    project.enact(&["upgrade", "b", "--yes"]).success();
    project.enact(&["drift"]).success();
    // Who takes a table back moves it to where the database lies.
    let again = server().await.session(name).await.unwrap();
    again.client().batch_execute("ALTER TABLE kites SET TABLESPACE slow").await.unwrap();
    let plan = project.plan();
    let page = project.read(plan.join("plan.md"));
    assert!(page.contains("- `ALTER TABLE public.kites SET TABLESPACE slow`"), "{page}");
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply"]).success();
    project.enact(&["drift"]).success();
    project.enact(&["downgrade", "base", "--yes"]).success();
}

/// A role that may not create in a tablespace is told so before anything runs.
#[tokio::test]
async fn a_tablespace_must_be_open_to_the_role() {
    let database = fresh_database("places").await;
    if database.session().server_major() < 15 {
        return;
    }
    let role = format!("{}_keeper", database.name);
    let name = &database.name;
    database
        .run(&format!(
            "CREATE ROLE \"{role}\" LOGIN; ALTER DATABASE \"{name}\" OWNER TO \"{role}\";
             GRANT ALL ON SCHEMA public TO \"{role}\""
        ))
        .await;
    let project = Project::at(&database.url.replacen("postgres@", &format!("{role}@"), 1));
    project.revision("a", &[], "CREATE TABLE cats (id int) TABLESPACE slow;", "DROP TABLE cats;");
    let said = project.enact(&["plan"]).refused(3, "statement-failed").stderr;
    for word in ["may not create in the tablespace slow", "where table public.cats is to lie"] {
        assert!(said.contains(word), "{said}");
    }
    database.run(&format!("GRANT CREATE ON TABLESPACE slow TO \"{role}\"")).await;
    project.plan();
    project.enact(&["apply"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "slow");
    database.run(&format!("REVOKE CREATE ON TABLESPACE slow FROM \"{role}\"")).await;
}

/// A legacy database whose relations lie elsewhere than its revisions say is repaired where they lie, and
/// what the repair makes lies where the revisions say. What a revision drops may lie anywhere.
#[tokio::test]
async fn a_legacy_database_is_repaired_where_it_lies() {
    let database = fresh_database("places").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int, name text) TABLESPACE slow; CREATE INDEX by_name ON cats (name) TABLESPACE fast;
         CREATE TABLE dogs (id int);",
        "",
    );
    project.revision("b", &["a"], "DROP TABLE dogs; DROP TABLE cats;", "");
    if database.session().server_major() < 15 {
        project.enact(&["validate"]).refused(3, "statement-failed");
        return;
    }
    let by_hand =
        "CREATE TABLE cats (id int) TABLESPACE fast; CREATE TABLE dogs (id int) TABLESPACE slow;
                   INSERT INTO cats VALUES (1)";
    database.run(by_hand).await;
    let detected = project.enact(&["detect-state"]).success();
    assert!(detected.stdout.contains("partial"), "{detected}");
    project.enact(&["handle-legacy", "--yes", "--stamp-only", "--at", "a"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "fast");
    assert_eq!(tablespace_of(&database, "dogs").await, "slow");
    assert_eq!(tablespace_of(&database, "by_name").await, "fast");
    project.enact(&["drift"]).success();
    let plan = project.plan();
    let page = project.read(plan.join("plan.md"));
    assert!(page.contains("dropped `tablespace OF table public.dogs`"), "{page}");
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply"]).success();
}

/// What is wanted need not say where it lies; where it does, a revision is written for that.
#[tokio::test]
async fn a_wanted_schema_may_say_where_things_lie() {
    let database = fresh_database("places").await;
    let project = Project::new(&database);
    project.config("[project]\nschema = \"schema.sql\"\n[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    project.revision("a", &[], "CREATE TABLE cats (id int) TABLESPACE slow;", "DROP TABLE cats;");
    if database.session().server_major() < 15 {
        project.enact(&["validate"]).refused(3, "statement-failed");
        return;
    }
    project.write("schema.sql", "CREATE TABLE cats (id int);");
    project.enact(&["validate"]).success();
    let said = project.enact(&["create", "--autogenerate", "nothing"]).success();
    assert!(!said.stdout.contains("wrote"), "{said}");
    // What is only called otherwise stays where it is.
    let renamed = "-- enact:rename table public.cats to felines\nCREATE TABLE felines (id int);";
    project.write("schema.sql", renamed);
    let wrote = project.enact(&["create", "--autogenerate", "called otherwise"]).success();
    let path = wrote.stdout.trim().strip_prefix("wrote ").unwrap().to_owned();
    assert!(!project.read(&path).contains("SET TABLESPACE"), "{path}");
    std::fs::remove_file(project.path().join(&path)).unwrap();
    project.write("schema.sql", "CREATE TABLE cats (id int) TABLESPACE fast;");
    project.enact(&["validate"]).refused(1, "schema-differs");
    // As pg_dump writes it.
    let dumped = "SET default_tablespace = fast;\nCREATE TABLE public.cats (id int);\nSET default_tablespace = '';";
    project.write("schema.sql", dumped);
    project.enact(&["validate"]).refused(1, "schema-differs");
    let wrote = project.enact(&["create", "--autogenerate", "to a faster place"]).success();
    let path = wrote.stdout.trim().strip_prefix("wrote ").unwrap().to_owned();
    let text = project.read(path);
    assert!(text.contains("ALTER TABLE public.cats SET TABLESPACE fast"), "{text}");
    assert!(text.contains("ALTER TABLE public.cats SET TABLESPACE slow"), "{text}");
    project.enact(&["upgrade", "--yes"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "fast");
}
