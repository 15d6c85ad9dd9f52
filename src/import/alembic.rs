//! What Alembic answered: its JSON in, migrations out, or why it could not answer.

use camino::Utf8PathBuf;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{Imported, Migration, Part, unconvertible};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::revision::RevisionId;
use crate::source::{SourceFile, visible};
use crate::statement;

/// The whole answer.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Revisions { revisions: Vec<Described> },
    Stop { stop: String, text: String, python: String },
}

#[derive(Deserialize)]
struct Described {
    id: String,
    parents: Vec<String>,
    depends_on: Vec<String>,
    labels: Vec<String>,
    doc: String,
    file: Utf8PathBuf,
    up: Emitted,
    down: Emitted,
}

/// What one function emitted.
#[derive(Deserialize)]
#[serde(untagged)]
enum Emitted {
    Sql {
        sql: Vec<String>,
    },
    /// It is not there, or says that it does nothing.
    Never {
        never: String,
    },
    Error {
        error: String,
        line: Option<u32>,
    },
}

/// Reads the answer, parents first.
///
/// # Errors
/// `alembic-failed`, with what is missing; `revision-id-invalid`.
pub fn read(answer: &[u8]) -> Result<Imported, Refusal> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| {
        Refusal::new(Code::AlembicFailed, "Alembic ended without an answer")
            .help("run `alembic upgrade head --sql` in the project: it must work")
    })?;
    let revisions = match answer {
        Answer::Revisions { revisions } => revisions,
        Answer::Stop { stop, text, python } => return Err(stopped(&stop, &text, &python)),
    };
    let mut faults = Vec::new();
    let mut imported = Imported::default();
    for described in revisions {
        match described.migration() {
            Ok(migration) => imported.migrations.push(migration),
            Err(refusal) => faults.extend(refusal.into_findings()),
        }
    }
    Refusal::unless_empty(faults)?;
    Ok(imported)
}

/// What Python said, fit to be shown: on one line, and URLs without their passwords.
pub fn shown(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("://");
        let word = part.find(|c: char| c.is_whitespace()).unwrap_or(part.len());
        let secret = part[..word].rfind('@').and_then(|at| Some(part[..at].find(':')? + 1..at));
        match secret {
            Some(secret) => {
                shown.push_str(&format!("{}***{}", &part[..secret.start], &part[secret.end..]));
            }
            None => shown.push_str(part),
        }
    }
    visible(&shown)
}

fn stopped(stop: &str, text: &str, python: &str) -> Refusal {
    let said = shown(text);
    let (message, help) = match stop {
        "no-alembic" => (
            format!("`{python}` has no Alembic: {said}"),
            "name the interpreter that your migrations run with, `--python venv/bin/python`, or install what is missing for this one with `-m pip install alembic`"
                .to_owned(),
        ),
        "dialect" => (
            format!("the project is for {said}, and enact is for PostgreSQL"),
            "let the `sqlalchemy.url` of `alembic.ini` be one of PostgreSQL".to_owned(),
        ),
        "project" => (
            format!("Alembic cannot read the project: {said}"),
            "`alembic history` must work there".to_owned(),
        ),
        _ => (
            format!("the project's env.py failed: {said}"),
            "`alembic upgrade head --sql` must work there; set the environment variables that env.py reads"
                .to_owned(),
        ),
    };
    Refusal::new(Code::AlembicFailed, message).help(help)
}

impl Described {
    fn migration(self) -> Result<Migration, Refusal> {
        let id = name(&self.id, &self.file)?;
        let parents: Result<Vec<RevisionId>, Refusal> =
            self.parents.iter().map(|parent| name(parent, &self.file)).collect();
        let first = self.doc.trim().split("\n\n").next().unwrap_or_default();
        let words: Vec<&str> = first.split_whitespace().collect();
        // A docstring without a message begins with Alembic's keys.
        let message = if words.is_empty() || first.starts_with("Revision ID:") {
            format!("revision {id}")
        } else {
            words.join(" ")
        };
        Ok(Migration {
            message,
            parents: parents?,
            created: created(&self.doc),
            up: self.up.part("upgrade", &self.file),
            down: self.down.part("downgrade", &self.file),
            depends_on: self.depends_on,
            labels: self.labels,
            id,
        })
    }
}

impl Emitted {
    fn part(self, function: &str, file: &Utf8PathBuf) -> Part {
        let (reason, line) = match self {
            Self::Sql { sql } => return of_statements(&sql, function, file),
            Self::Never { .. } if function == "downgrade" => return Part::Missing,
            Self::Never { never } => (never, None),
            Self::Error { error, line } => (error, line),
        };
        let place = line.map_or_else(|| file.to_string(), |line| format!("{file}:{line}"));
        let message = format!("`{function}` of `{place}`: {}", shown(&reason));
        Part::Open(vec![unconvertible(message).help(
            "what needs a connection has no SQL of its own: write it, with `--placeholders` after the import",
        )])
    }
}

/// The statements one after another, each ended whatever it ends with.
fn of_statements(sql: &[String], function: &str, file: &Utf8PathBuf) -> Part {
    let mut text = String::new();
    for statement in sql.iter().map(|sql| sql.trim()).filter(|sql| !sql.is_empty()) {
        let last = statement.lines().next_back().unwrap_or_default();
        // After a comment a semicolon would be part of it; one too many does no harm.
        let end = if last.contains("--") {
            "\n;"
        } else if statement.ends_with(';') {
            ""
        } else {
            ";"
        };
        text.push_str(&format!("{statement}{end}\n\n"));
    }
    let text = text.trim_end().to_owned();
    let read = SourceFile::new(file.clone(), text.clone().into_bytes())
        .and_then(|source| statement::read(&source, 0..text.len()));
    match read {
        Ok(found) if found.is_empty() => Part::Missing,
        Ok(_) => Part::Sql(text),
        // The places are those of what was emitted, which stands in no file.
        Err(refusal) => Part::Open(
            refusal
                .into_findings()
                .into_iter()
                .map(|finding| Finding {
                    message: format!("`{function}` of `{file}`: {}", finding.message),
                    notes: finding.place.iter().map(|place| place.text.clone()).collect(),
                    place: None,
                    ..finding
                })
                .collect(),
        ),
    }
}

fn name(text: &str, file: &Utf8PathBuf) -> Result<RevisionId, Refusal> {
    text.parse().map_err(|reason| {
        let message = format!("the id `{}` of `{file}` {reason}", text.escape_debug());
        Refusal::new(Code::RevisionIdInvalid, message).help("give it another id in Alembic first")
    })
}

/// The date that Alembic's template writes into the docstring; without a zone, as UTC.
fn created(doc: &str) -> Option<Timestamp> {
    let date = doc.lines().find_map(|line| line.trim().strip_prefix("Create Date:"))?.trim();
    date.parse().ok().or_else(|| {
        let civil: DateTime = date.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_ended_whatever_they_end_with() {
        let part = of_statements(
            &["SELECT 1".into(), "SELECT 2;".into(), " SELECT 3 -- x;".into()],
            "upgrade",
            &"a.py".into(),
        );
        assert_eq!(part, Part::Sql("SELECT 1;\n\nSELECT 2;\n\nSELECT 3 -- x;\n;".to_owned()));
    }

    #[test]
    fn the_date_is_the_docstrings() {
        let date =
            |text: &str| created(&format!("x\n\nCreate Date: {text}\n")).map(|it| it.to_string());
        assert_eq!(date("2024-01-15 10:30:00.5").as_deref(), Some("2024-01-15T10:30:00.5Z"));
        assert_eq!(date("2024-01-15 10:30:00+02:00").as_deref(), Some("2024-01-15T08:30:00Z"));
        assert_eq!(date("soon"), None);
    }

    #[test]
    fn no_password_of_a_url_is_shown() {
        for (text, seen) in [
            (
                "from 'postgresql://me:s3:c@ret@host/db' and x://y",
                "from 'postgresql://me:***@host/db' and x://y",
            ),
            ("a://:x@b c://d:e@f", "a://:***@b c://d:***@f"),
            ("see https://host:80/a", "see https://host:80/a"),
        ] {
            assert_eq!(shown(text), seen);
        }
    }

    #[test]
    fn an_answer_that_is_none_says_so() {
        assert_eq!(read(b"Traceback").unwrap_err().code(), Code::AlembicFailed);
        let answer = br#"{"stop": "dialect", "text": "mysql", "python": "p"}"#;
        assert!(read(answer).unwrap_err().to_string().contains("mysql"));
    }
}
