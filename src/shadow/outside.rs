//! Statements that cannot run in a transaction, whose locks therefore cannot be watched. In: the
//! statement's text. Out: a rule that says which relations it locks and how.
//!
//! The set is finite (PostgreSQL manual, "ALTER TABLE", "CREATE INDEX", "REINDEX", "VACUUM",
//! "CLUSTER"); `tests/shadow` checks every rule against a server with a third session in the way.

use crate::plan::lock::LockMode;

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
        return match words.take(&["INDEX", "CONCURRENTLY"]) {
            true => create_index(words),
            false => without_relations(words, &["DATABASE", "TABLESPACE", "SUBSCRIPTION"]),
        };
    }
    if words.take(&["DROP"]) {
        return match words.take(&["INDEX", "CONCURRENTLY"]) {
            true => drop_index(words),
            false => without_relations(words, &["DATABASE", "TABLESPACE", "SUBSCRIPTION"]),
        };
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
        return match words.take(&["TABLE"]) {
            true => detach(words),
            false => without_relations(words, &["DATABASE", "SYSTEM"]),
        };
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
    let (mode, reach) = match full {
        true => (LockMode::AccessExclusive, Reach::Neighbours),
        false => (LockMode::ShareUpdateExclusive, Reach::Alone),
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
        refills: if full {
            Refill::Tables
        } else {
            Refill::Nothing
        },
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
        held: vec![Held {
            name,
            mode: LockMode::AccessExclusive,
            reach: Reach::Neighbours,
        }],
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
            Held {
                name: parent,
                mode: LockMode::ShareUpdateExclusive,
                reach: Reach::Parent,
            },
            // In its second transaction, after everybody has left the parent.
            Held {
                name: partition,
                mode: LockMode::AccessExclusive,
                reach: Reach::Alone,
            },
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
    options
        .iter()
        .position(|word| word.eq_ignore_ascii_case(name))
        .is_some_and(|at| {
            let value = options.get(at + 1).map(|value| value.to_ascii_lowercase());
            !matches!(value.as_deref(), Some("false" | "off" | "0"))
        })
}

struct Words<'a>(&'a [String]);

impl Words<'_> {
    /// Passes these keywords if they come next.
    fn take(&mut self, keywords: &[&str]) -> bool {
        let next = self.0.iter().zip(keywords);
        let fits = self.0.len() >= keywords.len()
            && next
                .into_iter()
                .all(|(word, keyword)| word.eq_ignore_ascii_case(keyword));
        if fits {
            self.0 = &self.0[keywords.len()..];
        }
        fits
    }

    /// Passes everything up to and with `keyword`.
    fn skip_to(&mut self, keyword: &str) -> Option<()> {
        let at = self
            .0
            .iter()
            .position(|word| word.eq_ignore_ascii_case(keyword))?;
        self.0 = &self.0[at + 1..];
        Some(())
    }

    /// Passes a list in parentheses, and gives its words.
    fn options(&mut self) -> Vec<String> {
        if self.0.first().is_none_or(|word| word != "(") {
            return Vec::new();
        }
        let end = self
            .0
            .iter()
            .position(|word| word == ")")
            .unwrap_or(self.0.len() - 1);
        let options = self.0[1..end].to_vec();
        self.0 = &self.0[end + 1..];
        options
    }

    /// Passes a name, dots and quotes as they stand.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let (word, rest) = self.0.split_first()?;
            let first = word.chars().next()?;
            if !(first.is_alphabetic() || first == '_' || first == '"') {
                return None;
            }
            name.push_str(word);
            self.0 = rest;
            if !self.take(&["."]) {
                return Some(name);
            }
            name.push('.');
        }
    }
}

/// Words, quoted names and single signs; without comments.
fn words(sql: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii();
    let mut words = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment_end(rest)
        } else {
            let end = match first {
                '"' => quoted_end(rest),
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            words.push(rest[..end].to_owned());
            end
        };
        rest = rest[end..].trim_start();
    }
    words
}

/// The end of the comment that `text` begins with; comments nest.
fn comment_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let step = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The end of the quoted name that `text` begins with; a doubled quote stands for one.
fn quoted_end(text: &str) -> usize {
    let mut quotes = text.match_indices('"').map(|(at, _)| at).skip(1).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(sql: &str) -> Vec<String> {
        let rule = rule(sql).unwrap_or_else(|| panic!("no rule for {sql}"));
        let held = rule.held.iter();
        held.map(|held| format!("{} {}", held.name, held.mode))
            .collect()
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        assert_eq!(
            held(
                "-- why\nCREATE /* a /* b */ */ UNIQUE INDEX CONCURRENTLY i ON ONLY a.\"T \"\"x\" (c)"
            ),
            ["a.\"T \"\"x\" SHARE UPDATE EXCLUSIVE"]
        );
        assert_eq!(
            held("drop index concurrently if exists s.i"),
            ["s.i SHARE UPDATE EXCLUSIVE"]
        );
        assert_eq!(
            held("VACUUM (FULL, ANALYZE) a (x, y), b"),
            ["a ACCESS EXCLUSIVE", "b ACCESS EXCLUSIVE"]
        );
        assert_eq!(held("VACUUM (FULL off) a"), ["a SHARE UPDATE EXCLUSIVE"]);
        assert_eq!(held("CLUSTER i ON t"), ["t ACCESS EXCLUSIVE"]);
        assert_eq!(
            held("REINDEX (CONCURRENTLY) TABLE t"),
            ["t SHARE UPDATE EXCLUSIVE"]
        );
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
