//! Any two schemas, compared: databases, revisions, files and snapshots, and the SQL between them.

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::{Project, finished};

const CONFIG: &str =
    "[project]\nschema = \"schema.sql\"\n\n[env.dev]\nurl_env = \"DATABASE_URL\"\n";

const CATS: &str = "CREATE TYPE mood AS ENUM ('calm', 'cross');
CREATE TABLE cats (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    mood mood NOT NULL DEFAULT 'calm'
);
CREATE INDEX cats_by_name ON cats (name);
CREATE VIEW calm_cats AS SELECT id, name FROM cats WHERE mood = 'calm';
";

/// A value more, a column more, no index, a function whose body names a table that is made after it.
const MORE: &str = "CREATE TYPE mood AS ENUM ('calm', 'curious', 'cross');
CREATE TABLE cats (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    mood mood NOT NULL DEFAULT 'calm',
    age integer
);
CREATE VIEW calm_cats AS SELECT id, name FROM cats WHERE mood = 'calm';
CREATE TABLE toys ();
CREATE FUNCTION toy_count() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM toys $$;
";

async fn database(hint: &str, sql: &str) -> TestDatabase {
    let database = fresh_database(hint).await;
    database.run(sql).await;
    database
}

#[tokio::test]
async fn two_databases_differ_until_the_sql_between_them_has_run() {
    let (one, two) = (database("diff_one", CATS).await, database("diff_two", MORE).await);
    let project = Project::new(&one);
    // Two URLs need no project.
    std::fs::remove_file(project.path().join("enact.toml")).unwrap();
    let (from, to) = (one.url.as_str(), two.url.as_str());
    let run = project.enact(&["diff", from, to]).exits(1);
    for line in [
        "5 objects differ: 2 created, 1 dropped, 2 changed",
        "~ enum public.mood\n    labels calm, cross → calm, curious, cross",
        "    column \"age\": added, type integer",
        "- index public.cats_by_name",
        "+ function public.toy_count()",
    ] {
        assert!(run.stdout.contains(line), "no {line} in\n{run}");
    }
    let run = project.enact(&["diff", from, to, "--format", "sql"]).exits(1);
    assert_eq!(run.stdout.matches("mood").count(), 1, "an added value is one statement\n{run}");
    assert!(run.stdout.contains("SET check_function_bodies = off;"), "{run}");
    one.run(&run.stdout).await;
    let run = project.enact(&["diff", from, to]).success();
    assert!(run.stdout.starts_with("No difference"), "{run}");
    let run = project.enact(&["diff", from, to, "--format", "sql"]).success();
    assert!(run.stdout.ends_with("-- nothing to do\n"), "{run}");
}

#[tokio::test]
async fn what_loses_something_is_marked_or_withheld() {
    let (one, two) = (database("diff_more", MORE).await, database("diff_less", CATS).await);
    let project = Project::new(&one);
    let to = two.url.as_str();
    let run = project.enact(&["diff", "database", to, "--format", "sql"]).exits(1);
    let marked = "-- loses the values of the column\nALTER TABLE public.cats DROP COLUMN age;";
    assert!(run.stdout.contains(marked), "{run}");
    let run = project.enact(&["diff", "dev", to, "--format", "sql", "--lossless"]).exits(1);
    assert!(!run.stdout.contains("DROP COLUMN"), "{run}");
    assert!(run.stdout.contains("-- withheld: table public.cats"), "{run}");
    let run = project.enact(&["diff", "dev", to, "--format", "sql", "--online"]).exits(1);
    assert!(run.stdout.contains("CREATE INDEX CONCURRENTLY cats_by_name"), "{run}");
    assert!(run.stdout.contains("-- outside a transaction"), "{run}");
}

#[tokio::test]
async fn programs_get_both_sides_the_difference_and_the_script() {
    let (one, two) = (database("diff_json", CATS).await, database("diff_json", MORE).await);
    let project = Project::new(&one);
    let two = two.url.as_str();
    let run = project.enact(&["diff", "env:dev", two, "--format", "json"]).exits(1);
    assert!(run.stdout.starts_with("{\n  \"format_version\": 1,\n  \"exit_code\": 1,\n"), "{run}");
    let json = run.json();
    assert_eq!(json["code"], "schema-differs");
    assert_eq!(json["from"]["name"], "env:dev");
    assert_eq!(json["to"]["kind"], "database");
    assert_ne!(json["from"]["fingerprint"], json["to"]["fingerprint"]);
    assert_eq!(json["difference"]["objects"]["table public.toys"], "created");
    let statements = json["script"]["statements"].as_array().unwrap();
    assert!(statements.iter().any(|one| one["placement"] == "commit_after"), "{run}");
    let ignore = ["--ignore", "public.*"];
    let arguments = [&["diff", "dev", two, "--format", "json"], &ignore as &[_]].concat();
    let json = project.enact(&arguments).success().json();
    assert_eq!(json["ignored"][0], "public.*");
    assert_eq!(json["from"]["fingerprint"], json["to"]["fingerprint"]);
}

#[tokio::test]
async fn a_revision_is_compared_with_the_database_that_is_at_it() {
    let database = fresh_database("diff_revision").await;
    let project = Project::new(&database);
    project.revision("a", &[], CATS, "");
    project.revision("b", &["a"], "CREATE ROLE diff_reader; CREATE TABLE toys ();", "");
    project.enact(&["upgrade", "a", "--yes"]).success();
    project.enact(&["diff", "a", "database"]).success();
    project.enact(&["diff", "current", "dev"]).success();
    let run = project.enact(&["diff", "dev", "+1"]).exits(1);
    assert!(run.stdout.contains("env:dev → rev:+1 (b)"), "{run}");
    assert!(run.stdout.contains("+ table public.toys"), "{run}");
    let run = project.enact(&["diff", "base", "rev:a"]).exits(1);
    assert!(run.stdout.starts_with("rev:base (no revision) → rev:a (a)\n"), "{run}");
    project.enact(&["upgrade", "--yes"]).success();
    // A role is the server's, and there by now; the revision makes it again on its shadow.
    project.enact(&["diff", "head", "database"]).success();
    project.enact(&["diff", "current", "a"]).refused(2, "selector-invalid");
    database.run("DROP INDEX cats_by_name").await;
    let run = project.enact(&["diff", "-1", "database"]).exits(1);
    assert!(run.stdout.contains("- index public.cats_by_name"), "{run}");
    let untouched = database.session().client().query("TABLE alembic_version", &[]).await.unwrap();
    assert_eq!(untouched.len(), 1);
}

#[tokio::test]
async fn files_say_what_is_only_called_otherwise() {
    let database = fresh_database("diff_files").await;
    let project = Project::new(&database);
    project.config(CONFIG);
    project.revision("a", &[], CATS, "");
    project.write("schema.sql", CATS);
    project.enact(&["diff", "head", "schema"]).success();
    let renamed = CATS.replace("name", "title").replace("cats", "felines");
    project.write("schema.sql", &renamed);
    let run = project.enact(&["diff", "head", "schema", "--format", "sql"]).exits(1);
    assert!(
        run.stdout.contains("-- loses the rows of the table\nDROP TABLE public.cats;"),
        "{run}"
    );
    let asked = ["--rename", "table public.cats to felines"];
    let run = project.enact(&[&["diff", "head", "schema"], &asked as &[_]].concat()).exits(1);
    assert!(run.stdout.contains("renamed: table public.cats to felines\n"), "{run}");

    let declared = format!(
        "-- enact:rename table public.cats to felines\n\
         -- enact:rename column public.felines.name to title\n{renamed}"
    );
    project.write("schema.sql", &declared);
    let run = project.enact(&["diff", "head", "file:schema.sql", "--format", "sql"]).exits(1);
    assert!(run.stdout.contains("ALTER TABLE public.cats RENAME TO felines;"), "{run}");
    assert!(!run.stdout.contains("-- loses"), "{run}");
    let run = project.enact(&["create", "--autogenerate", "cats are felines"]).success();
    assert!(run.stderr.contains("both tried"), "{run}");
    let folder = project.path().join("revisions");
    let names = folder.read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path());
    let file =
        project.read(names.into_iter().find(|name| name.as_str().contains("are_felines")).unwrap());
    let (up, down) = file.split_once("-- migrate:down").unwrap();
    assert!(up.contains("RENAME TO felines") && !up.contains("DROP TABLE"), "{file}");
    assert!(down.contains("RENAME TO cats") && !down.contains("DROP TABLE"), "{file}");
    // It stays in the file as long as a database has the old name.
    let run = project.enact(&["diff", "head", "schema"]).success();
    assert!(run.stderr.contains("is done already"), "{run}");
    let run = project.enact(&["validate"]).exits(0);
    assert!(run.stdout.contains("2 revisions"), "{run}");
}

#[tokio::test]
async fn a_rename_that_matches_nothing_is_shown_where_it_stands() {
    let project = Project::new(&fresh_database("diff_rename").await);
    project.config(CONFIG);
    project.revision("a", &[], CATS, "");
    let renamed = CATS.replace("TABLE cats", "TABLE felines").replace("cats", "felines");
    for (rename, why) in [
        ("table public.cots to felines", "nothing is called so before"),
        ("table public.cots to dogs", "nothing is called so before"),
        ("table public.cats to felinas", "nothing is called so afterwards"),
        (
            "table public.cats to felines\n-- enact:rename column public.felines.name to mood",
            "something is called so before",
        ),
        ("schema public to private", "no statement renames it"),
    ] {
        project.write("schema.sql", format!("\n-- enact:rename {rename}\n{renamed}"));
        for command in [&["diff", "head", "schema"] as &[_], &["create", "--autogenerate", "x"]] {
            let run = project.enact(command).refused(2, "rename-unmatched");
            let line = 2 + rename.matches('\n').count();
            assert!(run.stderr.contains(&format!("schema.sql:{line}:1")), "{run}");
            assert!(run.stderr.contains(why), "{why}: {run}");
        }
    }
    project.write("schema.sql", format!("-- enact:rename cats felines\n{CATS}"));
    project.enact(&["diff", "head", "schema"]).refused(2, "rename-invalid");
    project.enact(&["validate"]).refused(2, "rename-invalid");
    project.enact(&["diff", "head", "schema", "--rename", "cats felines"]).exits(2);
    project.enact(&["create", "x", "--rename", "table public.a to b"]).exits(2);
}

#[tokio::test]
async fn a_snapshot_is_compared_later_and_believed_only_whole() {
    let database = database("diff_snapshot", CATS).await;
    database.run("CREATE ROLE snapshot_reader LOGIN").await;
    let url = database.url.replace("postgres@", "snapshot_reader@");
    let project = Project::at(&url);
    let run = project.enact(&["snapshot", "-o", "then.json"]).success();
    assert!(run.stdout.starts_with("wrote then.json: "), "{run}");
    let text = project.read("then.json");
    assert_eq!(project.enact(&["snapshot", "dev"]).success().stdout, text);
    project.enact(&["diff", "then.json", "database"]).success();
    database.run("ALTER TABLE cats ADD COLUMN age int").await;
    let run = project.enact(&["diff", "snapshot:then.json", "dev"]).exits(1);
    assert!(run.stdout.starts_with("snapshot:then.json → env:dev\n1 object differs"), "{run}");
    let run = project.enact(&["diff", "dev", "then.json", "--format", "sql"]).exits(1);
    database.run(&run.stdout).await;
    project.enact(&["diff", "dev", "then.json"]).success();

    project.write("then.json", text.replace("bigint", "integer"));
    let run = project.enact(&["diff", "then.json", "dev"]).refused(2, "snapshot-invalid");
    assert!(run.stderr.contains("digest"), "{run}");
    project.write("then.json", text.replace("_version\": 1", "_version\": 2"));
    project.enact(&["diff", "then.json", "dev"]).refused(2, "snapshot-version");
    project.enact(&["snapshot", "-o", "then.json"]).success();
    project.write("schema.sql", CATS);
    project.enact(&["snapshot", "-o", "schema.sql"]).refused(2, "file-exists");
    assert_eq!(project.read("schema.sql"), CATS);
    let json = project.enact(&["snapshot", "-o", "then.json", "--format", "json"]).success().json();
    assert_eq!(json["file"], "then.json");
    assert!(json["of"].as_str().unwrap().starts_with("postgresql://snapshot_reader@"), "{json}");
}

#[tokio::test]
async fn colours_are_for_those_who_want_them() {
    let database = database("diff_colours", CATS).await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE dogs ();", "");
    let plain = project.enact(&["diff", "head", "dev", "--color", "never"]).exits(1);
    assert!(!plain.stdout.contains('\u{1b}'), "{plain}");
    let coloured = project.enact(&["diff", "head", "dev", "--color", "always"]).exits(1);
    assert!(coloured.stdout.contains("\u{1b}[32m+\u{1b}[0m table public.cats"), "{coloured}");
    assert_eq!(anstream::adapter::strip_str(&coloured.stdout).to_string(), plain.stdout);
    let mut quiet = project.binary(&["diff", "head", "dev", "--quiet"]);
    quiet.env("COLUMNS", "40");
    assert_eq!(finished(quiet).exits(1).stderr, "");
}
