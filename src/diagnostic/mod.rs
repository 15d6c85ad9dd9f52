//! What enact says when something is wrong: findings with stable codes, and refusals.
//!
//! A [`Finding`] has a code, a place, an effect and a remedy. A [`Refusal`] is one or more
//! findings that stop a command before it had any effect, or that tell what the effect was. The
//! library never prints and never exits: [`Code::exit`] says which exit status the command line
//! gives.

mod code;

use std::fmt;

use camino::Utf8PathBuf;
use serde::Serialize;

pub use code::Code;

/// What a command's exit status tells a script. The numbers are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// The answer is no: findings, pending revisions, differences.
    No = 1,
    /// Usage or configuration.
    Usage = 2,
    /// The project does not validate.
    Invalid = 3,
    /// The plan does not fit the target: stale, or another database.
    Unfit = 4,
    /// An approval is missing or bad.
    Unapproved = 5,
    /// Refused by policy, or declined.
    Refused = 6,
    /// Cannot connect; a retry may help.
    Unreachable = 7,
    /// The lock was not obtained; a retry may help.
    Locked = 8,
    /// Failed and rolled back.
    Failed = 9,
    /// Failed, and something stayed: resume.
    Partial = 10,
    /// The outcome is unknown: run again.
    Unknown = 11,
    /// A bug in enact.
    Bug = 70,
    /// Interrupted after a clean stop.
    Interrupted = 130,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// A reviewer should look.
    Warning,
    /// Stops the command.
    Error,
}

/// A place in a file, as people count: lines and columns from 1, columns and width in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file's name.
    pub file: Utf8PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The offset in bytes from the start of the file.
    pub byte: usize,
    /// How many characters are meant; at least 1.
    pub width: usize,
    /// The whole line, for showing.
    pub text: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A diagnostic: what is wrong, where, and what to do. Messages are lower case without a full
/// stop, with names in backticks; the remedy stands apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The stable code.
    pub code: Code,
    /// The lint rule, where `code` is [`Code::Lint`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// How much it weighs.
    pub severity: Severity,
    /// Where, if in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What is wrong, and its effect.
    pub message: String,
    /// Further facts, one a line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The next thing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Finding {
    /// A finding that stops a command.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A finding that a reviewer should look at.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            rule: None,
            severity,
            place: None,
            message: message.into(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What a script matches: the lint rule's name, or the code's.
    pub fn name(&self) -> &'static str {
        self.rule.unwrap_or(self.code.name())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{} [{}]", self.message, self.name())
    }
}

/// Why a command stopped: one or more findings, the first of which gives the exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(Vec<Finding>);

impl Refusal {
    /// A refusal with one finding that has no place in a file.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(vec![Finding::error(code, message)])
    }

    /// A refusal that holds all of `findings`, if there are any.
    pub fn of(findings: Vec<Finding>) -> Option<Self> {
        (!findings.is_empty()).then_some(Self(findings))
    }

    /// `Err` with all of `findings`, or `Ok` where there are none.
    ///
    /// # Errors
    /// The refusal that holds them.
    pub fn unless_empty(findings: Vec<Finding>) -> Result<(), Self> {
        Self::of(findings).map_or(Ok(()), Err)
    }

    /// Adds a fact to the last finding.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.notes.push(note.into());
        }
        self
    }

    /// Says, at the last finding, what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.help = Some(help.into());
        }
        self
    }

    /// The findings; at least one.
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }

    /// The findings, taken out.
    pub fn into_findings(self) -> Vec<Finding> {
        self.0
    }

    /// The code of the first finding.
    pub fn code(&self) -> Code {
        self.0[0].code
    }

    /// The exit status that the command line gives.
    pub fn exit(&self) -> Exit {
        self.code().exit()
    }
}

impl From<Finding> for Refusal {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_names_are_unique_kebab_case() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        for name in &names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "`{name}`");
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn the_first_finding_decides_the_exit() {
        let refusal = Refusal::of(vec![
            Finding::error(Code::PlanExpired, "a"),
            Finding::error(Code::LockHeld, "b"),
        ])
        .unwrap();
        assert_eq!(refusal.exit(), Exit::Unapproved);
        assert_eq!(refusal.to_string(), "a [plan-expired]; b [lock-held]");
    }
}
