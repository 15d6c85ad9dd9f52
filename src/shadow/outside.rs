//! Statements that cannot run in a transaction, whose locks therefore cannot be watched. In: the
//! statement's text. Out: a rule that says which relations it locks and how.
//!
//! The set is finite (PostgreSQL manual, "ALTER TABLE", "CREATE INDEX", "REINDEX", "VACUUM",
//! "CLUSTER"); `tests/shadow` checks every rule against a server with a third session in the way.

use crate::plan::lock::LockMode;

use super::words::{Words, words};

/// What a statement locks, by the names that stand in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The rule's name, for the plan.
    pub(super) name: &'static str,
    pub(super) held: Vec<Held>,
    /// Whether the tables are read from end to end.
    pub(super) scans: bool,
    pub(super) refills: Refill,
}

/// A relation that is locked, and those that are locked alike because of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) name: String,
    pub(super) mode: LockMode,
    pub(super) reach: Reach,
}

/// Which neighbours share a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Alone,
    /// A table's indexes, or an index's table.
    Neighbours,
    /// None, though the table is partitioned.
    Parent,
}

/// What gets new storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refill {
    Nothing,
    Tables,
    /// The indexes that are named, or those of the tables that are.
    Indexes,
}

/// The rule for a statement; `None` where its locks are not known, as when it goes through a
/// whole schema.
pub(super) fn rule(sql: &str) -> Option<Rule> {
    let words = words(sql);
    let mut words = Words(&words);
    if words.take(&["CREATE"]) {
        words.take(&["UNIQUE"]);
        if words.take(&["INDEX", "CONCURRENTLY"]) {
            return create_index(words);
        }
        return without_relations(words, &["DATABASE", "TABLESPACE", "SUBSCRIPTION"]);
    }
    if words.take(&["DROP"]) {
        if words.take(&["INDEX", "CONCURRENTLY"]) {
            return drop_index(words);
        }
        return without_relations(words, &["DATABASE", "TABLESPACE", "SUBSCRIPTION"]);
    }
    if words.take(&["REINDEX"]) {
        return reindex(words);
    }
    if words.take(&["VACUUM"]) {
        return vacuum(words);
    }
    if words.take(&["CLUSTER"]) {
        return cluster(words);
    }
    if words.take(&["ALTER"]) {
        if words.take(&["TABLE"]) {
            return detach(words);
        }
        return without_relations(words, &["DATABASE", "SYSTEM"]);
    }
    None
}

fn without_relations(mut words: Words<'_>, kinds: &[&str]) -> Option<Rule> {
    kinds.iter().any(|kind| words.take(&[kind])).then(|| Rule {
        name: "locks no relation",
        held: Vec::new(),
        scans: false,
        refills: Refill::Nothing,
    })
}

fn create_index(mut words: Words<'_>) -> Option<Rule> {
    words.skip_to("ON")?;
    words.take(&["ONLY"]);
    Some(Rule {
        name: "CREATE INDEX CONCURRENTLY",
        held: vec![Held {
            name: words.name()?,
            mode: LockMode::ShareUpdateExclusive,
            reach: Reach::Alone,
        }],
        scans: true,
        refills: Refill::Nothing,
    })
}

fn drop_index(mut words: Words<'_>) -> Option<Rule> {
    words.take(&["IF", "EXISTS"]);
    Some(Rule {
        name: "DROP INDEX CONCURRENTLY",
        held: vec![Held {
            name: words.name()?,
            mode: LockMode::ShareUpdateExclusive,
            reach: Reach::Neighbours,
        }],
        scans: false,
        refills: Refill::Nothing,
    })
}

fn reindex(mut words: Words<'_>) -> Option<Rule> {
    let options = words.options();
    if !(words.take(&["TABLE"]) || words.take(&["INDEX"])) {
        return None;
    }
    let concurrently = words.take(&["CONCURRENTLY"]) || is_on(&options, "CONCURRENTLY");
    Some(Rule {
        name: "REINDEX CONCURRENTLY",
        held: vec![Held {
            name: words.name()?,
            mode: LockMode::ShareUpdateExclusive,
            reach: Reach::Neighbours,
        }],
        scans: true,
        refills: Refill::Indexes,
    })
    .filter(|_| concurrently)
}

fn vacuum(mut words: Words<'_>) -> Option<Rule> {
    let full = is_on(&words.options(), "FULL") | words.take(&["FULL"]);
    for option in ["FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"] {
        words.take(&[option]);
    }
    let (mode, reach) = if full {
        (LockMode::AccessExclusive, Reach::Neighbours)
    } else {
        (LockMode::ShareUpdateExclusive, Reach::Alone)
    };
    let mut held = Vec::new();
    while let Some(name) = words.name() {
        held.push(Held { name, mode, reach });
        words.options();
        words.take(&[","]);
    }
    (!held.is_empty()).then_some(Rule {
        name: if full { "VACUUM FULL" } else { "VACUUM" },
        held,
        scans: full,
        refills: if full { Refill::Tables } else { Refill::Nothing },
    })
}

fn cluster(mut words: Words<'_>) -> Option<Rule> {
    words.options();
    words.take(&["VERBOSE"]);
    let mut name = words.name()?;
    if words.take(&["ON"]) {
        name = words.name()?;
    }
    Some(Rule {
        name: "CLUSTER",
        held: vec![Held { name, mode: LockMode::AccessExclusive, reach: Reach::Neighbours }],
        scans: true,
        refills: Refill::Tables,
    })
}

fn detach(mut words: Words<'_>) -> Option<Rule> {
    words.take(&["IF", "EXISTS"]);
    words.take(&["ONLY"]);
    let parent = words.name()?;
    if !words.take(&["DETACH", "PARTITION"]) {
        return None;
    }
    let partition = words.name()?;
    words.take(&["CONCURRENTLY"]).then(|| Rule {
        name: "DETACH PARTITION CONCURRENTLY",
        held: vec![
            Held { name: parent, mode: LockMode::ShareUpdateExclusive, reach: Reach::Parent },
            // In its second transaction, after everybody has left the parent.
            Held { name: partition, mode: LockMode::AccessExclusive, reach: Reach::Alone },
        ],
        scans: false,
        refills: Refill::Nothing,
    })
}

/// Whether a statement begins with this keyword.
pub(super) fn begins_with(sql: &str, keyword: &str) -> bool {
    Words(&words(sql)).take(&[keyword])
}

/// Whether `(…, name, …)` switches an option on.
fn is_on(options: &[String], name: &str) -> bool {
    options.iter().position(|word| word.eq_ignore_ascii_case(name)).is_some_and(|at| {
        let value = options.get(at + 1).map(|value| value.to_ascii_lowercase());
        !matches!(value.as_deref(), Some("false" | "off" | "0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(sql: &str) -> Vec<String> {
        let rule = rule(sql).unwrap_or_else(|| panic!("no rule for {sql}"));
        let held = rule.held.iter();
        held.map(|held| format!("{} {}", held.name, held.mode)).collect()
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        assert_eq!(
            held(
                "-- why\nCREATE /* a /* b */ */ UNIQUE INDEX CONCURRENTLY i ON ONLY a.\"T \"\"x\" (c)"
            ),
            ["a.\"T \"\"x\" SHARE UPDATE EXCLUSIVE"]
        );
        assert_eq!(held("drop index concurrently if exists s.i"), ["s.i SHARE UPDATE EXCLUSIVE"]);
        assert_eq!(
            held("VACUUM (FULL, ANALYZE) a (x, y), b"),
            ["a ACCESS EXCLUSIVE", "b ACCESS EXCLUSIVE"]
        );
        assert_eq!(held("VACUUM (FULL off) a"), ["a SHARE UPDATE EXCLUSIVE"]);
        assert_eq!(held("CLUSTER i ON t"), ["t ACCESS EXCLUSIVE"]);
        assert_eq!(held("REINDEX (CONCURRENTLY) TABLE t"), ["t SHARE UPDATE EXCLUSIVE"]);
        assert_eq!(
            held("ALTER TABLE p DETACH PARTITION q CONCURRENTLY"),
            ["p SHARE UPDATE EXCLUSIVE", "q ACCESS EXCLUSIVE"]
        );
        assert_eq!(held("CREATE DATABASE d"), [""; 0]);
    }

    #[test]
    fn no_rule_is_better_than_a_guess() {
        for sql in [
            "",
            "/*",
            "\"",
            "VACUUM",
            "VACUUM (FULL",
            "CLUSTER",
            "REINDEX DATABASE CONCURRENTLY d",
            "REINDEX TABLE t",
            "DISCARD ALL",
            "CREATE INDEX CONCURRENTLY",
            "ALTER TABLE p DETACH PARTITION q",
        ] {
            assert_eq!(rule(sql), None, "{sql}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(tail in "[ -~é\n]{0,40}", head in "(VACUUM|CLUSTER|REINDEX|DROP INDEX CONCURRENTLY|CREATE INDEX CONCURRENTLY x ON|) ?") {
            if let Some(rule) = rule(&format!("{head}{tail}")) {
                proptest::prop_assert!(rule.held.iter().all(|held| !held.name.is_empty()));
            }
        }
    }
}
