//! The wanted schema, the revisions and a database, compared with one another; what is missing is
//! written as a revision that was tried.

use crate::postgres::fresh_database;
use crate::project::Project;

const CONFIG: &str =
    "[project]\nschema = \"schema.sql\"\n\n[env.dev]\nurl_env = \"DATABASE_URL\"\n";

const CATS: &str = "CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE cats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    mood mood NOT NULL DEFAULT 'calm'
);
CREATE INDEX cats_by_name ON cats (name);
CREATE VIEW calm_cats AS SELECT id, name FROM cats WHERE mood = 'calm';
CREATE FUNCTION cat_count() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM cats $$;
";

const MORE: &str = "CREATE TYPE mood AS ENUM ('calm', 'curious', 'cross');
CREATE TABLE cats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    mood mood NOT NULL DEFAULT 'calm',
    age integer CHECK (age >= 0)
);
CREATE INDEX cats_by_name ON cats (name);
CREATE VIEW calm_cats AS SELECT id, name FROM cats WHERE mood = 'calm';
";

/// The only revision file with this in its name.
fn file(project: &Project, part: &str) -> String {
    let folder = project.path().join("revisions");
    let names = folder.read_dir_utf8().unwrap().map(|entry| entry.unwrap().file_name().to_owned());
    let name = names.into_iter().find(|name| name.contains(part)).unwrap();
    project.read(folder.join(name))
}

/// The only head.
fn head_of(project: &Project) -> String {
    let heads = project.enact(&["heads", "--format", "json"]).success().json();
    heads["heads"][0].as_str().or(heads["heads"][0]["id"].as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn revisions_are_written_until_they_make_the_wanted_schema() {
    let database = fresh_database("autogenerate").await;
    let project = Project::new(&database);
    project.config(CONFIG);
    project.write("schema.sql", CATS);
    project.enact(&["create", "--autogenerate", "all of it"]).success();
    let first = file(&project, "all_of_it");
    assert!(first.contains("CREATE TABLE public.cats"), "{first}");
    assert!(first.contains("DROP TABLE public.cats"), "{first}");
    project.enact(&["validate"]).success();
    let again = project.enact(&["create", "--autogenerate", "nothing"]).success();
    assert!(again.stdout.contains("Nothing to do"), "{}", again.stdout);

    project.write("schema.sql", MORE);
    let run = project.enact(&["validate"]).refused(1, "schema-differs");
    assert!(run.stderr.contains("enum public.mood"), "{}", run.stderr);
    let run = project.enact(&["create", "--autogenerate", "more"]).success();
    assert!(run.stderr.contains("both tried"), "{}", run.stderr);
    let second = file(&project, "_more");
    assert_eq!(second.matches("ADD VALUE").count(), 1, "{second}");
    assert!(second.contains("DROP FUNCTION public.cat_count()"), "{second}");
    project.enact(&["validate"]).success();
}

#[tokio::test]
async fn nothing_is_written_where_the_wanted_schema_does_not_run() {
    let database = fresh_database("unwritten").await;
    let project = Project::new(&database);
    project.config(CONFIG);
    project.write("schema.sql", "CREATE TABLE cats (id int);\nCREATE TABLE cats (id int);\n");
    let run = project.enact(&["create", "--autogenerate", "twice"]).refused(3, "statement-failed");
    assert!(run.stderr.contains("schema.sql:2"), "{}", run.stderr);
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    project.enact(&["create", "--autogenerate", "none"]).refused(2, "config-invalid");
    let revisions = project.path().join("revisions");
    assert!(!revisions.exists() || revisions.read_dir_utf8().unwrap().next().is_none());
}

#[tokio::test]
async fn the_wanted_schema_may_be_that_of_a_database() {
    let database = fresh_database("copied").await;
    database.run(CATS).await;
    let project = Project::new(&database);
    let url = database.url.clone();
    project.enact(&["create", "--autogenerate", "--from-url", &url, "as it is there"]).success();
    project.enact(&["stamp", "head"]).success();
    project.enact(&["drift"]).success();
}

#[tokio::test]
async fn drift_is_listed_and_what_undoes_it_does() {
    let database = fresh_database("drift").await;
    let project = Project::new(&database);
    project.config(CONFIG);
    project.write("schema.sql", CATS);
    project.enact(&["create", "--autogenerate", "cats"]).success();
    project.enact(&["upgrade", "--yes"]).success();
    let run = project.enact(&["drift"]).success();
    assert!(run.stdout.starts_with("No drift"), "{}", run.stdout);

    database.run("ALTER TABLE cats ADD COLUMN age int; DROP INDEX cats_by_name").await;
    let run = project.enact(&["drift"]).exits(1);
    assert!(run.stdout.contains("~ table public.cats"), "{}", run.stdout);
    assert!(run.stdout.contains("- index public.cats_by_name"), "{}", run.stdout);
    let json = project.enact(&["drift", "--format", "json"]).exits(1).json();
    assert_eq!(json["code"], "schema-differs");
    let kept = project.enact(&["drift", "--format", "sql", "--lossless"]).exits(1);
    assert!(!kept.stdout.contains("DROP COLUMN"), "{}", kept.stdout);
    let undo = project.enact(&["drift", "--format", "sql"]).exits(1).stdout;
    database.run(&undo).await;
    project.enact(&["drift"]).success();
}

#[tokio::test]
async fn rights_are_changed_only_where_the_wanted_schema_speaks_of_them() {
    let database = fresh_database("speaks").await;
    let project = Project::new(&database);
    project.config(CONFIG);
    project.write("schema.sql", CATS);
    project.enact(&["create", "--autogenerate", "all of it"]).success();
    project.enact(&["upgrade", "--yes"]).success();
    // A revision gives rights, and the wanted schema says nothing about any.
    let head = head_of(&project);
    let up = "GRANT UPDATE ON calm_cats TO pg_monitor;\nALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;";
    let down = "REVOKE UPDATE ON calm_cats FROM pg_monitor;\nALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor;";
    project.revision("rights", &[&head], up, down);
    project.enact(&["validate"]).success();
    let again = project.enact(&["create", "--autogenerate", "nothing"]).success();
    assert!(again.stdout.contains("Nothing to do"), "{again}");
    // What is made anew has its rights again; what is new has what default privileges give.
    let wanted = CATS.replace("SELECT id, name FROM cats WHERE", "SELECT name, id FROM cats WHERE");
    project.write("schema.sql", format!("{wanted}CREATE TABLE dogs ();"));
    project.enact(&["create", "--autogenerate", "turned"]).success();
    let turned = file(&project, "_turned");
    let again = "GRANT UPDATE ON TABLE public.calm_cats TO pg_monitor";
    assert_eq!(turned.matches("DROP VIEW public.calm_cats").count(), 2, "{turned}");
    assert_eq!(turned.matches(again).count(), 2, "{turned}");
    assert!(!turned.contains("ON TABLE public.dogs"), "{turned}");
    project.enact(&["validate"]).success();
    // What is only called otherwise keeps its rights, of which nothing was said.
    let head = head_of(&project);
    let up = "GRANT SELECT (name), DELETE ON cats TO pg_monitor;";
    project.revision("more_rights", &[&head], up, "REVOKE ALL ON cats FROM pg_monitor;");
    let renames = "-- enact:rename table public.cats to felines\n\
                   -- enact:rename column public.felines.name to title\n";
    let felines = wanted.replace("cats", "felines").replace("name text", "title text");
    let felines = felines
        .replace("felines (name)", "felines (title)")
        .replace("SELECT name, id", "SELECT title AS name, id");
    project.write("schema.sql", format!("{renames}{felines}CREATE TABLE dogs ();"));
    project.enact(&["create", "--autogenerate", "renamed"]).success();
    let renamed = file(&project, "_renamed");
    assert!(renamed.contains("ALTER TABLE public.cats RENAME TO felines"), "{renamed}");
    assert!(!renamed.contains("public.felines FROM"), "{renamed}");
    assert!(!renamed.contains("ON TABLE public.felines TO"), "{renamed}");
    project.enact(&["validate"]).success();
    let wanted = felines;
    // A schema that gives rights is the measure of all.
    project.write(
        "schema.sql",
        format!("{wanted}CREATE TABLE dogs ();\nGRANT SELECT ON felines TO pg_monitor;"),
    );
    project.enact(&["validate"]).refused(1, "schema-differs");
    project.enact(&["create", "--autogenerate", "spoken"]).success();
    let spoken = file(&project, "_spoken");
    assert!(spoken.contains("GRANT SELECT ON TABLE public.felines TO pg_monitor"), "{spoken}");
    assert!(spoken.contains("REVOKE SELECT ON TABLES FROM pg_monitor"), "{spoken}");
    project.enact(&["validate"]).success();
}
