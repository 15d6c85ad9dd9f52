//! Every lint rule: what it finds (`bad.sql`, `bad.out`), and what it leaves alone (`good.sql`).
#![expect(clippy::disallowed_methods, reason = "reads its fixtures")]

use std::path::{Path, PathBuf};

use enact::diagnostic::Finding;
use enact::lint::{RULES, lint};
use enact::source::SourceFile;
use enact::statement::read;
use snapbox::Data;

use crate::statement::refusals::shown;

fn folder(rule: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint").join(rule)
}

fn findings(rule: &str, name: &str) -> Vec<Finding> {
    let bytes = std::fs::read(folder(rule).join(name))
        .unwrap_or_else(|_| panic!("{rule}: {name} is missing"));
    let length = bytes.len();
    let file = SourceFile::new(name, bytes).unwrap();
    lint(&file, &read(&file, 0..length).unwrap())
}

#[test]
fn every_rule_finds_what_is_bad() {
    for rule in RULES {
        let findings = findings(rule.id, "bad.sql");
        assert!(findings.iter().any(|finding| finding.rule == Some(rule.id)), "{rule:?}");
        let expected = Data::read_from(&folder(rule.id).join("bad.out"), None);
        snapbox::assert_data_eq!(shown(&findings), expected.raw());
    }
}

#[test]
fn no_rule_finds_fault_with_what_is_good() {
    for rule in RULES {
        assert_eq!(shown(&findings(rule.id, "good.sql")), "", "{rule:?}");
    }
}

#[test]
fn every_folder_belongs_to_a_rule() {
    for entry in std::fs::read_dir(folder("")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            assert!(RULES.iter().any(|rule| rule.id == name), "{name}");
        }
    }
}
