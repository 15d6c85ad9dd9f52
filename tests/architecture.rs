//! The house keeps its order: reading order, and which room may name which crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `lib.rs`, in order.
fn rooms() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    lib.lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Each source file with the room it stands in and its code without comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(root().join("src")).unwrap();
            let first = inside.components().next().unwrap();
            let room = Path::new(first.as_os_str()).file_stem().unwrap();
            let code = fs::read_to_string(&path)
                .unwrap()
                .lines()
                .map(|line| line.split("//").next().unwrap_or(""))
                .collect::<Vec<_>>()
                .join("\n");
            (room.to_str().unwrap().to_owned(), path, code)
        })
        .collect()
}

#[test]
fn a_module_names_only_modules_above_it() {
    let order: BTreeMap<String, usize> =
        rooms().into_iter().enumerate().map(|(at, room)| (room, at)).collect();
    assert!(order.len() > 15, "lib.rs was not understood: {order:?}");
    let mut offences = Vec::new();
    for (room, path, code) in sources() {
        let Some(&own) = order.get(&room) else {
            continue;
        };
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            assert!(!rest.starts_with('{'), "{}: name one room a `use`", path.display());
            let named: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if order.get(&named).is_some_and(|&other| other > own) {
                offences.push(format!("{}: `{room}` names `{named}`", path.display()));
            }
        }
    }
    assert_eq!(offences, [""; 0]);
}

#[test]
fn crates_stay_in_their_rooms() {
    let owners: &[(&str, &[&str])] = &[
        ("sqlparser::", &["statement"]),
        ("minijinja::", &["render"]),
        ("ring::", &["approval"]),
        ("sha2::", &["digest"]),
        ("tokio_postgres::", &["database", "shadow", "compile", "apply"]),
        ("rustls::", &["database"]),
        ("clap::", &["cli", "main"]),
        ("annotate_snippets::", &["cli"]),
        ("toml::", &["workspace"]),
    ];
    let mut offences = Vec::new();
    for (room, path, code) in sources() {
        for (name, rooms) in owners {
            let named = code.match_indices(name).any(|(at, _)| {
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if named && !rooms.contains(&room.as_str()) {
                offences.push(format!("{}: names `{name}`", path.display()));
            }
        }
    }
    assert_eq!(offences, [""; 0]);
}

#[test]
fn only_looking_commands_believe_a_memory() {
    let names: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|(_, _, code)| code.contains("Memory"))
        .map(|(_, path, _)| path.strip_prefix(root().join("src")).unwrap().to_owned())
        .collect();
    let allowed = ["cli/status.rs", "compile/locate.rs", "workspace/memory.rs", "workspace/mod.rs"]
        .map(PathBuf::from);
    assert_eq!(names, allowed);
}

#[test]
fn every_source_file_says_what_it_is() {
    for (_, path, _) in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not start with `//!`", path.display());
    }
}

#[test]
fn every_test_file_is_run() {
    let suite = fs::read_to_string(root().join("tests/suite.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_module = path.extension().is_some_and(|extension| extension == "rs")
            || path.join("mod.rs").exists();
        if is_module && name != "suite" {
            assert!(suite.contains(&format!("mod {name};")), "tests/suite.rs forgets `{name}`");
        }
    }
}
