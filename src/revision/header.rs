//! The header of a revision: its comment lines in, message and keys out.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::id::{InvalidId, RevisionId, check_name};
use super::sections::lines;
use crate::diagnostic::{Code, Finding, Place};
use crate::source::SourceFile;
use crate::spelling;

/// The keys of the header, as Alembic's docstring has them and two more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `Revision ID:`, one id.
    RevisionId,
    /// `Revises:`, a list of parents; empty for a base.
    Revises,
    /// `Create Date:`, RFC 3339, or Alembic's form without a zone, read as UTC.
    CreateDate,
    /// `Depends On:`, a list of ids and labels.
    DependsOn,
    /// `Branch Labels:`, a list of new names.
    BranchLabels,
}

impl Key {
    const ALL: [Self; 5] =
        [Self::RevisionId, Self::Revises, Self::CreateDate, Self::DependsOn, Self::BranchLabels];

    /// The key as the header spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RevisionId => "Revision ID",
            Self::Revises => "Revises",
            Self::CreateDate => "Create Date",
            Self::DependsOn => "Depends On",
            Self::BranchLabels => "Branch Labels",
        }
    }

    /// The key that `text` spells; case does not count, nor `_` for a blank, nor a missing
    /// plural, since Alembic's own variables are written so.
    fn of(text: &str) -> Option<Self> {
        let same = |name: &str| {
            let letter = |c: u8| {
                if c == b'_' { b' ' } else { c.to_ascii_lowercase() }
            };
            text.len() == name.len() && text.bytes().map(letter).eq(name.bytes().map(letter))
        };
        if same("Branch Label") {
            return Some(Self::BranchLabels);
        }
        Self::ALL.into_iter().find(|key| same(key.name()))
    }
}

/// What a header says. Without an id there is a finding too.
#[derive(Default)]
pub(super) struct Header {
    pub(super) id: Option<RevisionId>,
    pub(super) message: String,
    pub(super) parents: Vec<RevisionId>,
    pub(super) depends_on: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) created: Option<Timestamp>,
}

/// A comment line, without its dashes.
enum Line<'a> {
    Blank,
    Field(Key, Slice<'a>),
    /// `Word: value` or any other text; the first part, up to a colon, looks like a key.
    Text(Slice<'a>),
}

/// A part of the source that knows where it stands.
#[derive(Clone, Copy)]
struct Slice<'a> {
    start: usize,
    text: &'a str,
}

impl<'a> Slice<'a> {
    fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        Self { start: self.start + self.text.len() - text.len(), text: text.trim_end() }
    }

    /// The parts before and after the first colon.
    fn around_colon(self) -> Option<(Self, Self)> {
        let (key, value) = self.text.split_once(':')?;
        let after = Self { start: self.start + key.len() + 1, text: value };
        let key = Self { text: key, ..self };
        Some((key.trimmed(), after.trimmed()))
    }

    /// The items of a comma separated list; a trailing comma makes an empty one.
    fn items(self) -> impl Iterator<Item = Slice<'a>> {
        let mut start = self.start;
        let parts = (!self.text.is_empty()).then(|| self.text.split(','));
        parts.into_iter().flatten().map(move |text| {
            let item = Slice { start, text }.trimmed();
            start += text.len() + 1;
            item
        })
    }
}

fn comment_lines(text: &str, within: Range<usize>) -> impl Iterator<Item = Line<'_>> {
    lines(&text[within]).filter_map(|(start, text)| {
        let line = Slice { start, text }.trimmed();
        if line.text.is_empty() {
            return Some(Line::Blank);
        }
        let comment =
            Slice { start: line.start + 2, text: line.text.strip_prefix("--")? }.trimmed();
        Some(match comment.around_colon() {
            _ if comment.text.is_empty() => Line::Blank,
            Some((key, value)) => match Key::of(key.text) {
                Some(key) => Line::Field(key, value),
                None => Line::Text(comment),
            },
            None => Line::Text(comment),
        })
    })
}

/// Reads the header that stands `within` the source, and reports every defect.
pub(super) fn read(
    source: &SourceFile,
    within: Range<usize>,
    findings: &mut Vec<Finding>,
) -> Header {
    let mut reader = Reader { source, findings, header: Header::default(), fields: Vec::new() };
    let mut in_block = false;
    let mut paragraph_ended = false;
    for line in comment_lines(source.text(), within.clone()) {
        match line {
            Line::Blank => {
                in_block = false;
                paragraph_ended |= !reader.header.message.is_empty();
            }
            Line::Field(key, value) => {
                in_block = true;
                reader.field(key, value);
            }
            Line::Text(text) => {
                if !reader.stray_key(text, in_block) && !paragraph_ended && reader.fields.is_empty()
                {
                    reader.message(text);
                }
            }
        }
    }
    reader.finish(within)
}

struct Reader<'a> {
    source: &'a SourceFile,
    findings: &'a mut Vec<Finding>,
    header: Header,
    fields: Vec<Key>,
}

impl Reader<'_> {
    fn report(&mut self, code: Code, at: Range<usize>, message: String, help: impl Into<String>) {
        let finding = Finding::error(code, message).at(self.source.place(at));
        self.findings.push(finding.help(help));
    }

    fn message(&mut self, text: Slice<'_>) {
        if text.text.chars().any(char::is_control) {
            self.report(
                Code::HeaderInvalid,
                text.range(),
                "the message holds a control character".to_owned(),
                "remove it; messages are shown on terminals",
            );
        }
        if !self.header.message.is_empty() {
            self.header.message.push(' ');
        }
        self.header.message.push_str(text.text);
    }

    /// Reports a line that was meant as a key: next to keys every line must be one, elsewhere it
    /// is one if it is spelled almost like one.
    fn stray_key(&mut self, text: Slice<'_>, in_block: bool) -> bool {
        let key = text.around_colon().map(|(key, _)| key);
        let meant = key.and_then(|key| meant_key(key.text));
        if meant.is_none() && !in_block {
            return false;
        }
        let message = match key {
            Some(key) => format!("`{}` is not a key of the header", key.text),
            None => "this line is not `Key: value`".to_owned(),
        };
        let help = match meant {
            Some(known) => format!("did you mean `{}`?", known.name()),
            None => "separate comments from the keys by an empty `--` line".to_owned(),
        };
        self.report(Code::HeaderInvalid, key.unwrap_or(text).range(), message, help);
        true
    }

    fn field(&mut self, key: Key, value: Slice<'_>) {
        if self.fields.contains(&key) {
            self.report(
                Code::HeaderInvalid,
                value.range(),
                format!("`{}` stands twice", key.name()),
                "keep one; several values are separated by commas",
            );
            return;
        }
        self.fields.push(key);
        match key {
            Key::RevisionId if value.text.is_empty() => self.report(
                Code::HeaderInvalid,
                value.range(),
                "`Revision ID` is empty".to_owned(),
                "write an id of 1 to 32 characters",
            ),
            Key::RevisionId => {
                self.header.id = self.checked(value, "id", value.text.parse());
            }
            Key::Revises => {
                for item in self.list(key, value) {
                    let parent = self.checked(item, "id", item.text.parse());
                    self.header.parents.extend(parent);
                }
            }
            Key::DependsOn => self.header.depends_on = self.names(key, value),
            Key::BranchLabels => {
                self.header.labels = self.names(key, value);
                self.header.labels.sort_unstable();
            }
            Key::CreateDate => self.date(value),
        }
    }

    /// The items of a list, without those that are empty or doubled.
    fn list<'a>(&mut self, key: Key, value: Slice<'a>) -> Vec<Slice<'a>> {
        let mut items: Vec<Slice<'a>> = Vec::new();
        for item in value.items() {
            let message = if item.text.is_empty() {
                format!("the list of `{}` has an empty item", key.name())
            } else if items.iter().any(|other| other.text == item.text) {
                format!("`{}` names `{}` twice", key.name(), item.text)
            } else {
                items.push(item);
                continue;
            };
            self.report(Code::HeaderInvalid, item.range(), message, "remove it");
        }
        items
    }

    fn names(&mut self, key: Key, value: Slice<'_>) -> Vec<String> {
        let mut names = Vec::new();
        for item in self.list(key, value) {
            let name = check_name(item.text).map(|()| item.text.to_owned());
            names.extend(self.checked(item, "name", name));
        }
        names
    }

    fn checked<T>(&mut self, at: Slice<'_>, what: &str, name: Result<T, InvalidId>) -> Option<T> {
        name.map_err(|reason| {
            self.report(
                Code::RevisionIdInvalid,
                at.range(),
                format!("the {what} `{}` {reason}", at.text.escape_debug()),
                "use letters, digits and `_`",
            );
        })
        .ok()
    }

    fn date(&mut self, value: Slice<'_>) {
        if value.text.is_empty() {
            return;
        }
        let without_zone = || {
            let civil: DateTime = value.text.parse().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        self.header.created = value.text.parse().ok().or_else(without_zone);
        if self.header.created.is_none() {
            self.report(
                Code::HeaderInvalid,
                value.range(),
                format!("`{}` is not a date", value.text.escape_debug()),
                "write it like `2024-01-15T10:30:00Z`",
            );
        }
    }

    fn finish(mut self, within: Range<usize>) -> Header {
        let start = within.start..within.start;
        if self.header.message.is_empty() {
            self.report(
                Code::HeaderInvalid,
                start.clone(),
                "the message is missing".to_owned(),
                "begin the file with `-- ` and one line that says what the revision does",
            );
        }
        for (key, help) in [
            (Key::RevisionId, "write `-- Revision ID: <id>`"),
            (Key::Revises, "write `-- Revises: <parent>`, or `-- Revises:` alone for a base"),
        ] {
            if !self.fields.contains(&key) {
                let message = format!("`{}` is missing", key.name());
                self.report(Code::HeaderInvalid, start.clone(), message, help);
            }
        }
        self.header
    }
}

/// The key that somebody who wrote `text` had in mind.
fn meant_key(text: &str) -> Option<Key> {
    // Alembic's variable for the parents is not close to the header's word for them.
    if text.eq_ignore_ascii_case("down_revision") || text.eq_ignore_ascii_case("down revision") {
        return Some(Key::Revises);
    }
    let name = spelling::closest(text, Key::ALL.map(Key::name))?;
    Key::ALL.into_iter().find(|key| key.name() == name)
}

/// The place of `item` among the values of `key`; of the file's start if it is not there.
pub(super) fn place(source: &SourceFile, key: Key, item: &str) -> Place {
    comment_lines(source.text(), 0..source.text().len())
        .find_map(|line| match line {
            Line::Field(found, value) if found == key => {
                value.items().find(|part| part.text == item)
            }
            _ => None,
        })
        .map_or_else(|| source.place(0..0), |part| source.place(part.range()))
}
