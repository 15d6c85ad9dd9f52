//! What the documents say is true: the README's commands and their output, and the table of codes.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use enact::diagnostic::Code;

use crate::postgres::fresh_database;
use crate::project::Project;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// With `SNAPSHOTS=overwrite` the table is written anew.
#[test]
fn the_table_of_codes_is_complete() {
    let mut text = "# Codes\n\nWhat stops a command, by the code that it shows. The exit status is the \
code's; the numbers are in the\n[README](../README.md#exit-codes). Lint rules are findings and stop \
nothing but `validate --strict`.\n\n| code | exit | what it means |\n|---|---|---|\n"
        .to_owned();
    for code in Code::ALL {
        let exit = code.exit() as u8;
        text += &format!("| `{code}` | {exit} | {} |\n", code.summary().trim());
    }
    text += "\n# Lint rules\n\n| rule | what it finds |\n|---|---|\n";
    for rule in enact::lint::RULES {
        text += &format!("| `{}` | {} |\n", rule.id, rule.summary);
    }
    snapbox::assert_data_eq!(text, snapbox::file!["../docs/codes.md"].raw());
}

#[test]
fn the_readme_names_every_command() {
    let help = Command::new(env!("CARGO_BIN_EXE_enact")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let readme = read("README.md");
    let mut count = 0;
    for line in listed.lines().take_while(|line| !line.is_empty()) {
        // A continued description stands further in.
        let Some(name) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) else {
            continue;
        };
        let name = name.split_whitespace().next().unwrap();
        if name != "help" {
            assert!(readme.contains(&format!("`enact {name}`")), "README.md forgets `{name}`");
            count += 1;
        }
    }
    assert!(count > 15, "the help was not understood:\n{help}");
}

#[test]
fn the_readme_names_every_exit_status() {
    let readme = read("README.md");
    for code in Code::ALL {
        let row = format!("\n| {} | ", code.exit() as u8);
        assert!(readme.contains(&row), "README.md forgets exit status {}", code.exit() as u8);
    }
}

#[tokio::test]
async fn the_readmes_sixty_seconds_are_real() {
    let database = fresh_database("cats").await;
    let project = Project::new(&database);
    project.config(&read("enact.toml"));
    for name in ["001_initial_schema", "002_cat_recognition", "003_activity_features"] {
        let name = format!("revisions/{name}.sql");
        project.write(&name, read(&name));
    }
    project.keys(&["alice", "bob"]);
    for person in ["alice", "bob"] {
        project.write(&format!("keys/{person}"), fs::read(project.key(person)).unwrap());
        owner_only(&project.path().join("keys").join(person));
    }
    project.commit("the example");

    let readme = read("README.md");
    let (_, rest) = readme.split_once("```console\n").unwrap();
    let (session, _) = rest.split_once("```").unwrap();
    let mut shown = String::new();
    let mut played = String::new();
    let mut digest = None;
    for part in session.split("$ enact ").skip(1) {
        let (command, output) = part.split_once('\n').unwrap();
        let real = digest.as_deref().map_or(command.to_owned(), |digest| in_place(command, digest));
        let actual = run(&project, &database.url, &real);
        digest = digest.or_else(|| planned(&actual));
        let real =
            |text: &str| digest.as_deref().map_or(text.to_owned(), |digest| in_place(text, digest));
        shown += &format!("$ enact {}\n{}", real(command), real(output));
        played += &format!("$ enact {}\n{actual}", real(command));
    }
    // The README's `…` is the test's wildcard; the database has its own name here.
    let shown = shown.replace("\n…\n", "\n...\n").replace('…', "[..]");
    let played = played.replace(&database.name, "cats");
    snapbox::assert_data_eq!(played, shown);
}

/// The plan's short digest in the README, replaced by the one of this run.
fn in_place(text: &str, digest: &str) -> String {
    text.replace("9a2f07be", digest)
}

/// The short digest of the plan that was written, if one was.
fn planned(output: &str) -> Option<String> {
    let line = output.lines().find(|line| line.starts_with("✓ wrote plans/"))?;
    line.rsplit_once('-').map(|(_, digest)| digest.to_owned())
}

/// Both streams of a run, in the order in which they came.
fn run(project: &Project, url: &str, command: &str) -> String {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let mut command = project.binary(&arguments);
    let (mut reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    command.env("PRODUCTION_DATABASE_URL", url);
    let mut child = command.spawn().unwrap();
    // It holds the pipe's other ends.
    drop(command);
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    child.wait().unwrap();
    output.trim_end().to_owned() + "\n"
}

fn owner_only(path: &camino::Utf8Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
