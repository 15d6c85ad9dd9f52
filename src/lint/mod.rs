//! Rules that look at statements before any database does.
//!
//! In: the [`Statement`]s of one section. Out: [`Finding`]s, each with its rule's id, and without
//! those that an `-- enact:allow` comment silences. A rule knows the text and no catalog: it says
//! what a statement may do to a table that has rows and readers. The shadow and the plan say later
//! what it did. Tables made earlier in the same section have neither, and are left alone.

mod rules;
mod subject;

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::{Code, Finding, Severity};
use crate::source::SourceFile;
use crate::statement::{Allow, Statement};

pub use rules::RULES;
pub use subject::Subject;

/// One lint rule. Its id names the pattern, not the remedy.
pub struct Rule {
    /// The name in findings and in `enact:allow`.
    pub id: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// What happens on a database in use, and what to do about it.
    pub explanation: &'static str,
    /// The next thing to do, in one line.
    pub help: &'static str,
    /// What the rule has to say about one statement: messages, usually none.
    pub check: fn(&Subject<'_>) -> Vec<String>,
}

impl Rule {
    /// The rule with this id.
    pub fn named(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.id == id)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

/// What the rules say about `statements`, which stand together in `file`, in their order.
pub fn lint(file: &SourceFile, statements: &[Statement]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let subject = Subject::new(statements, at);
        let mut silenced = BTreeSet::new();
        for rule in RULES {
            let messages = (rule.check)(&subject);
            if messages.is_empty() {
                continue;
            }
            if allows(statement, rule) {
                silenced.insert(rule.id);
                continue;
            }
            findings.extend(messages.into_iter().map(|message| {
                let mut finding = match rule.severity {
                    Severity::Error => Finding::error(Code::Lint, message),
                    _ => Finding::warning(Code::Lint, message),
                };
                finding.rule = Some(rule.id);
                finding.severity = rule.severity;
                finding.at(file.place(statement.range())).help(rule.help)
            }));
        }
        let mut seen = BTreeSet::new();
        for allow in statement.allows() {
            findings.extend(idle(file, allow, &silenced, &mut seen));
        }
    }
    findings
}

/// Whether a comment at `statement` silences `rule`.
fn allows(statement: &Statement, rule: &Rule) -> bool {
    statement
        .allows()
        .iter()
        .any(|allow| matches!(&allow.reading, Ok(allowed) if allowed.rule == rule.id))
}

/// The finding for an `allow` that does nothing: malformed, unknown, doubled, or no longer needed.
fn idle<'a>(
    file: &SourceFile,
    allow: &'a Allow,
    silenced: &BTreeSet<&str>,
    seen: &mut BTreeSet<&'a str>,
) -> Option<Finding> {
    let (message, help) = match &allow.reading {
        Err(fault) => (
            fault.to_string(),
            "write `-- enact:allow <rule> <reason>` on a line of its own before the statement"
                .to_owned(),
        ),
        Ok(allowed) if Rule::named(&allowed.rule).is_none() => {
            let rules: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
            (
                format!("there is no rule `{}`", allowed.rule),
                format!("the rules are: {}", rules.join(", ")),
            )
        }
        Ok(allowed) if !seen.insert(&allowed.rule) => (
            format!("`{}` is allowed twice", allowed.rule),
            "remove one of the comments".to_owned(),
        ),
        Ok(allowed) if !silenced.contains(allowed.rule.as_str()) => (
            format!("`{}` finds nothing here to silence", allowed.rule),
            "remove the comment, or move it directly before the statement that it means".to_owned(),
        ),
        Ok(_) => return None,
    };
    let finding = Finding::warning(Code::AllowUnused, message);
    Some(finding.at(file.place(allow.range.clone())).help(help))
}

#[cfg(test)]
fn messages(rule: &Rule, sql: &str) -> Vec<String> {
    let file = SourceFile::new("r.sql", sql.into()).expect("clean text");
    let statements = crate::statement::read(&file, 0..sql.len()).expect("readable statements");
    (0..statements.len()).flat_map(|at| (rule.check)(&Subject::new(&statements, at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        let file = SourceFile::new("r.sql", sql.into()).unwrap();
        let statements = crate::statement::read(&file, 0..sql.len()).unwrap();
        lint(&file, &statements)
            .iter()
            .map(|finding| {
                let place = finding.place.as_ref().unwrap();
                format!("{}:{} {}", place.line, place.column, finding.name())
            })
            .collect()
    }

    #[test]
    fn a_comment_silences_its_rule_at_its_statement_only() {
        let sql = "-- enact:allow table-dropped nobody reads it\nDROP TABLE a;\nDROP TABLE b;";
        assert_eq!(names(sql), ["3:1 table-dropped"]);
    }

    #[test]
    fn a_comment_that_silences_nothing_is_found() {
        let sql = "-- enact:allow table-dropped was dropped once\n\
                   -- enact:allow tabel-dropped typo\n\
                   -- enact:allow\n\
                   SELECT 1;\n\
                   -- enact:allow table-dropped a\n\
                   -- enact:allow table-dropped b\n\
                   DROP TABLE c;";
        let at = |line: usize| format!("{line}:1 allow-unused");
        assert_eq!(names(sql), [at(1), at(2), at(3), at(6)]);
    }

    #[test]
    fn rules_are_sorted_and_say_what_they_are_about() {
        assert!(RULES.is_sorted_by_key(|rule| rule.id));
        for rule in RULES {
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(rule.id.chars().all(kebab), "{rule:?}");
            for text in [rule.summary, rule.help] {
                assert!(!text.ends_with('.') && !text.is_empty(), "{rule:?}: {text}");
            }
            assert!(rule.explanation.ends_with('.'), "{rule:?}");
            let file = format!(
                "{}/src/lint/rules/{}.rs",
                env!("CARGO_MANIFEST_DIR"),
                rule.id.replace('-', "_")
            );
            assert!(std::path::Path::new(&file).exists(), "{file}");
        }
    }
}
