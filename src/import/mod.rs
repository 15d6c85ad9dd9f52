//! Migrations of other tools: their files' text, or Alembic's answer, in; drafts of revisions out.
//!
//! A [`Migration`] has an up and a down [`Part`]. What cannot become the SQL of a revision is never
//! dropped: it stays [`Part::Open`], with the reasons, until somebody asks for placeholders.
//!
//! Ids are made from the versions that a tool's tracking table holds, so that [`tracked`] finds
//! them again:
//!
//! | tool | file | id |
//! |---|---|---|
//! | Alembic | `revision = "ae10"` | `ae10` |
//! | golang-migrate, sqlx | `000001_cats.up.sql` | `000001` |
//! | dbmate, goose, plain files | `20240115103000_cats.sql` | `20240115103000` |
//! | diesel | `2024-01-15-103000_cats/up.sql` | `20240115103000` |
//! | Flyway | `V1_2__cats.sql` | `1.2` |
//! | node-pg-migrate | `1705314600000_cats.sql` | `1705314600000` |

pub mod alembic;
mod names;
mod sections;
mod tool;
pub mod tracked;

use jiff::Timestamp;

use crate::diagnostic::{Code, Finding, Refusal, Severity};
use crate::revision::{Draft, RevisionId};
use crate::source::visible;

pub use names::read;
pub use tool::{Tool, guess};

/// One of a migration's two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// SQL that a revision may hold.
    Sql(String),
    /// There is none, or it does nothing: where there is an up part, the revision cannot be undone.
    /// Alembic would go back over a `downgrade` that says `pass`, and leave the schema as it is.
    Missing,
    /// There is one, and it cannot become SQL of a revision, for these reasons.
    Open(Vec<Finding>),
}

/// One migration of another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The id that the revision gets.
    pub id: RevisionId,
    /// One line that says what it does.
    pub message: String,
    /// The parents.
    pub parents: Vec<RevisionId>,
    /// Ids or labels that must be applied before.
    pub depends_on: Vec<String>,
    /// Branch labels.
    pub labels: Vec<String>,
    /// When it was written, if the tool knows.
    pub created: Option<Timestamp>,
    /// What it does.
    pub up: Part,
    /// What undoes it.
    pub down: Part,
}

impl Migration {
    /// Whether a part of it cannot be converted.
    pub fn is_open(&self) -> bool {
        [&self.up, &self.down].iter().any(|part| matches!(part, Part::Open(_)))
    }
}

/// A tool's migrations, parents first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Those that become revisions.
    pub migrations: Vec<Migration>,
    /// What belongs to the history and has no form as a revision, such as Flyway's repeatable files.
    pub without_form: Vec<Finding>,
    /// Files that the tool itself would pass over, as warnings.
    pub aside: Vec<Finding>,
}

impl Imported {
    /// The drafts, and what a person should know of them. With `placeholders`, an up part that stays
    /// open becomes a statement that fails and asks to be written, and an open down part is left out,
    /// which makes the revision irreversible; each is told as a warning.
    ///
    /// # Errors
    /// Without `placeholders`, everything that cannot be converted: `import-unconvertible`, and what
    /// [`statement::read`](crate::statement::read) refuses.
    pub fn drafts(self, placeholders: bool) -> Result<(Vec<Draft>, Vec<Finding>), Refusal> {
        let mut open = self.without_form;
        let mut drafts = Vec::with_capacity(self.migrations.len());
        for migration in self.migrations {
            let up = match migration.up {
                Part::Sql(sql) => sql,
                Part::Missing => String::new(),
                Part::Open(reasons) => {
                    let text = placeholder(&migration.id, &reasons);
                    open.extend(reasons);
                    text
                }
            };
            let down = match migration.down {
                Part::Sql(sql) => sql,
                Part::Missing => String::new(),
                Part::Open(reasons) => {
                    open.extend(reasons);
                    String::new()
                }
            };
            drafts.push(Draft {
                id: migration.id,
                message: migration.message,
                parents: migration.parents,
                depends_on: migration.depends_on,
                labels: migration.labels,
                created: migration.created,
                up,
                down,
            });
        }
        if !placeholders {
            Refusal::unless_empty(open)?;
            return Ok((drafts, self.aside));
        }
        let mut told = self.aside;
        told.extend(open.into_iter().map(|finding| Finding {
            severity: Severity::Warning,
            help: None,
            ..finding
        }));
        Ok((drafts, told))
    }
}

/// An up part that no database gets past before somebody has written it.
fn placeholder(id: &RevisionId, reasons: &[Finding]) -> String {
    let mut text = String::from("-- Not converted; write the SQL in place of these lines:\n");
    for reason in reasons {
        text.push_str(&format!("--   {}\n", visible(&reason.to_string())));
    }
    text.push_str(&format!(
        "DO $open$ BEGIN RAISE EXCEPTION 'revision {id} was not converted: write its SQL'; END $open$;"
    ));
    text
}

/// The finding for what has no form in a revision.
fn unconvertible(message: impl Into<String>) -> Finding {
    Finding::error(Code::ImportUnconvertible, message)
}
