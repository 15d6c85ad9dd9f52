//! New revisions: a draft in, the text and the name of its file out.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::id::RevisionId;

/// The longest slug in a file name, in characters, as Alembic cuts it.
const MAX_SLUG: usize = 40;

/// What a new revision says.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id.
    pub id: RevisionId,
    /// One line that says what it does.
    pub message: String,
    /// The parents; none for a base.
    pub parents: Vec<RevisionId>,
    /// Ids or labels that must be applied before.
    pub depends_on: Vec<String>,
    /// New branch labels.
    pub labels: Vec<String>,
    /// When it was written, if that is known.
    pub created: Option<Timestamp>,
    /// The SQL of the up section, if there is any yet.
    pub up: String,
    /// The SQL of the down section, if there is any yet.
    pub down: String,
}

/// The text of the revision's file.
pub fn template(draft: &Draft) -> String {
    let created = draft.created.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let parents: Vec<&str> = draft.parents.iter().map(RevisionId::as_str).collect();
    let mut text = format!("-- {}\n--\n-- Revision ID: {}\n", draft.message, draft.id);
    for (key, values) in [
        ("Revises", parents.join(", ")),
        ("Create Date", created.unwrap_or_default()),
        ("Depends On", draft.depends_on.join(", ")),
        ("Branch Labels", draft.labels.join(", ")),
    ] {
        // An empty `Revises:` says that this is a base; the other keys are left out.
        if !values.is_empty() || key == "Revises" {
            let line = format!("-- {key}: {values}");
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    for (marker, sql) in [("up", &draft.up), ("down", &draft.down)] {
        let _ = write!(text, "\n-- migrate:{marker}\n");
        if !sql.trim().is_empty() {
            let _ = write!(text, "\n{}\n", sql.trim_matches('\n'));
        }
    }
    text
}

/// The name of the revision's file: `<id>_<slug>.sql`, the slug made of the message's words and
/// cut between words at 40 characters.
pub fn file_name(id: &RevisionId, message: &str) -> String {
    let mut slug = String::new();
    let lower = message.to_lowercase();
    for word in lower.split(|c: char| !c.is_ascii_alphanumeric()) {
        if word.is_empty() {
            continue;
        }
        let room = MAX_SLUG.saturating_sub(slug.len() + usize::from(!slug.is_empty()));
        if word.len() > room {
            if slug.is_empty() {
                slug.push_str(&word[..room]);
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('_');
        }
        slug.push_str(word);
    }
    if slug.is_empty() { format!("{id}.sql") } else { format!("{id}_{slug}.sql") }
}
