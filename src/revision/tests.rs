//! What a revision's file may and may not say.

use proptest::prelude::*;

use super::*;

const GOOD: &str = "\
-- Add cat recognition tables
-- and their indexes
--
-- A longer story: nobody reads it.
--
-- Revision ID: 002_cat_recognition
-- Revises: 001_initial_schema
-- Create Date: 2024-01-15T10:30:00Z
-- Depends On: 000_other, extras
-- Branch Labels: cats, beasts

-- migrate:up

CREATE TABLE cat_features (id int);

-- migrate:down

DROP TABLE cat_features;
";

fn source(text: &str) -> SourceFile {
    SourceFile::new("r.sql", text.into()).unwrap()
}

fn read(text: &str) -> Revision {
    parse(source(text)).unwrap()
}

/// The findings as `line:column width message [code]`.
fn refused(text: &str) -> Vec<String> {
    let findings = parse(source(text)).unwrap_err().into_findings();
    findings
        .iter()
        .map(|finding| {
            let place = finding.place.as_ref().unwrap();
            assert!(finding.help.is_some(), "{finding} has no help");
            let (line, column, width) = (place.line, place.column, place.width);
            let (message, code) = (&finding.message, finding.code);
            format!("{line}:{column} {width} {message} [{}]", code.name())
        })
        .collect()
}

fn with_header(lines: &str) -> String {
    format!("-- m\n--\n{lines}\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n")
}

#[test]
fn a_whole_header_is_read() {
    let revision = read(GOOD);
    assert_eq!(revision.id.as_str(), "002_cat_recognition");
    assert_eq!(revision.message, "Add cat recognition tables and their indexes");
    assert_eq!(revision.parents, ["001_initial_schema".parse().unwrap()]);
    assert_eq!(revision.depends_on, ["000_other", "extras"]);
    assert_eq!(revision.labels, ["beasts", "cats"]);
    assert_eq!(revision.created, "2024-01-15T10:30:00Z".parse().ok());
    assert_eq!(&GOOD[revision.up()], "\nCREATE TABLE cat_features (id int);\n\n");
    assert_eq!(&GOOD[revision.down().unwrap()], "\nDROP TABLE cat_features;\n");
    assert_eq!(revision.text_digest(), Digest::of(GOOD));
}

#[test]
fn keys_are_read_as_alembic_users_write_them() {
    let text = with_header(
        "-- revision_id: a\n--REVISES:\n-- branch_label: x\n-- create date: 2024-01-15 10:30:00.5",
    );
    let revision = read(&text);
    assert_eq!(revision.id.as_str(), "a");
    assert!(revision.parents.is_empty());
    assert_eq!(revision.labels, ["x"]);
    assert_eq!(revision.created, "2024-01-15T10:30:00.5Z".parse().ok());
}

#[test]
fn places_of_header_items_are_found_again() {
    let revision = read(GOOD);
    let place = revision.place(Key::DependsOn, "extras");
    assert_eq!((place.line, place.column, place.width), (9, 27, 6));
    assert_eq!(revision.place(Key::Revises, "nobody").line, 1);
}

#[test]
fn without_sql_in_its_down_section_a_revision_is_irreversible() {
    let head = "-- m\n--\n-- Revision ID: a\n-- Revises:\n";
    let down = |sections: &str| read(&format!("{head}{sections}")).down().is_some();
    assert!(!down("-- migrate:up\nSELECT 1;\n"));
    assert!(!down("-- migrate:up\nSELECT 1;\n-- migrate:down\n"));
    assert!(!down("-- migrate:up\nSELECT 1;\n-- migrate:down\n-- none\n;\n"));
    assert!(down("-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;"));
}

#[test]
fn what_does_nothing_can_be_undone() {
    let merge = "-- m\n--\n-- Revision ID: m\n-- Revises: a, b\n\n-- migrate:up";
    let revision = read(merge);
    assert!(revision.is_merge());
    assert_eq!((revision.up(), revision.down()), (57..57, Some(57..57)));
    let both = format!("{merge}\n\n-- migrate:down\n");
    assert_eq!(&both[read(&both).up()], "\n");
    assert_eq!(read(&both).down(), Some(both.len()..both.len()));
}

#[test]
fn every_defect_of_a_header_is_told_at_once() {
    let text = "-- Revison ID: a\n-- Revises: b, b, , c d\n-- Author: me\n-- no key\n-- Create Date: soon\n-- Revises: x\n-- Branch Labels: head\n\n-- migrate:up\n";
    assert_eq!(
        refused(text),
        [
            "1:4 10 `Revison ID` is not a key of the header [header-invalid]",
            "2:16 1 `Revises` names `b` twice [header-invalid]",
            "2:19 1 the list of `Revises` has an empty item [header-invalid]",
            "2:21 3 the id `c d` holds white space [revision-id-invalid]",
            "3:4 6 `Author` is not a key of the header [header-invalid]",
            "4:4 6 this line is not `Key: value` [header-invalid]",
            "5:17 4 `soon` is not a date [header-invalid]",
            "6:13 1 `Revises` stands twice [header-invalid]",
            "7:19 4 the name `head` is a word with a meaning of its own [revision-id-invalid]",
            "1:1 1 the message is missing [header-invalid]",
            "1:1 1 `Revision ID` is missing [header-invalid]",
        ]
    );
}

#[test]
fn a_misspelled_key_is_found_away_from_the_others_too() {
    let text =
        with_header("-- Revision ID: a\n-- Revises:\n--\n-- Depend On: b\n-- Reviewed by: c");
    assert_eq!(refused(&text), ["6:4 9 `Depend On` is not a key of the header [header-invalid]"]);
    let text = with_header("-- Revision ID: a\n-- Revises:\n--\n-- down_revision: b");
    let findings = parse(source(&text)).unwrap_err().into_findings();
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `Revises`?"));
}

#[test]
fn markers_are_exact_single_and_in_order() {
    let with =
        |sections: &str| refused(&format!("-- m\n--\n-- Revision ID: a\n-- Revises:\n{sections}"));
    let misplaced = "[section-invalid]";
    assert_eq!(with("SELECT 1;\n"), [format!("5:1 1 `-- migrate:up` is missing {misplaced}")]);
    assert_eq!(
        with("SELECT 1;\n-- migrate:up\n"),
        [format!("5:1 9 only `--` comments may stand before `-- migrate:up` {misplaced}")]
    );
    assert_eq!(
        with("-- migrate:down\n-- migrate:up\n"),
        [format!("5:1 15 `-- migrate:down` stands before `-- migrate:up` {misplaced}")]
    );
    assert_eq!(
        with("-- migrate:up\n-- migrate:up\n-- migrate:down\n--migrate:down\n"),
        [
            format!("6:1 13 `-- migrate:up` stands twice {misplaced}"),
            format!("8:1 14 `-- migrate:down` stands twice {misplaced}"),
        ]
    );
    assert_eq!(
        with("-- migrate:up transaction:false\n"),
        [format!(
            "5:1 31 a section marker takes no options, and here is `transaction:false` {misplaced}"
        )]
    );
    for odd in ["-- Migrate:up", "-- migrate:UP", "-- migrate:upp", "-- migrate: up"] {
        let width = odd.len();
        assert_eq!(with(odd), [format!("5:1 {width} this is not a section marker {misplaced}")]);
    }
    assert_eq!(
        with("-- migrate:up\n  -- migrate:down\n"),
        [format!("6:1 17 a section marker stands at the start of its line {misplaced}")]
    );
}

#[test]
fn the_section_rule_does_not_read_sql() {
    let text = "-- m\n--\n-- Revision ID: a\n-- Revises:\n-- migrate:up\nSELECT $$\n-- migrate:down\n$$;\n";
    let revision = read(text);
    assert_eq!(&text[revision.up()], "SELECT $$\n");
    assert_eq!(&text[revision.down().unwrap()], "$$;\n");
}

#[test]
fn a_draft_reads_back_as_what_it_says() {
    let draft = Draft {
        id: "abc".parse().unwrap(),
        message: "Add cats".to_owned(),
        parents: vec!["a".parse().unwrap(), "b".parse().unwrap()],
        depends_on: vec!["c".to_owned()],
        labels: vec!["cats".to_owned()],
        created: Some("2024-01-15T10:30:00.9Z".parse().unwrap()),
        up: "SELECT 1;\n".to_owned(),
        down: String::new(),
    };
    let text = template(&draft);
    assert_eq!(
        text,
        "-- Add cats\n--\n-- Revision ID: abc\n-- Revises: a, b\n-- Create Date: 2024-01-15T10:30:00Z\n-- Depends On: c\n-- Branch Labels: cats\n\n-- migrate:up\n\nSELECT 1;\n\n-- migrate:down\n"
    );
    let revision = read(&text);
    assert_eq!((revision.parents, revision.depends_on), (draft.parents, draft.depends_on));
}

#[test]
fn file_names_carry_the_words_of_the_message() {
    let name = |message: &str| file_name(&"1".parse().unwrap(), message);
    assert_eq!(name("Add cat nicknames!"), "1_add_cat_nicknames.sql");
    assert_eq!(name("../../etc/passwd"), "1_etc_passwd.sql");
    assert_eq!(name("żółć"), "1.sql");
    assert_eq!(name(&"word ".repeat(20)), format!("1{}.sql", "_word".repeat(8)));
    assert_eq!(name(&"x".repeat(50)), format!("1_{}.sql", "x".repeat(40)));
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(
        pieces in proptest::collection::vec(prop_oneof![
            Just("-- migrate:up\n"), Just("-- migrate:down\n"), Just("-- Revision ID: a\n"),
            Just("-- Revises: a,\n"), Just("--\n"), Just("\n"), Just("-- m\n"), Just("/* "),
            Just("*/"), Just("é: é"), Just(" --"), Just(","), Just("SELECT 1;"), Just("-- migrate:é"),
        ], 0..20)
    ) {
        let text = pieces.concat();
        if let Ok(revision) = parse(source(&text)) {
            prop_assert!(text.is_char_boundary(revision.up().end));
            prop_assert!(revision.down().is_none_or(|down| down.end == text.len()));
        }
    }
}
