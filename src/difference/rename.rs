//! Renames that somebody declared. A rename is never guessed.
//!
//! In: texts such as `table public.cats to felines`, from the command line or from comments
//! `-- enact:rename …` in the files of a wanted schema. Out: [`Rename`]s.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::catalog::{Kind, NotAnObjectId, ObjectId};
use crate::diagnostic::{Code, Finding, Place, Refusal};
use crate::source::SourceFile;
use crate::statement;

use super::renamed::with_name;
use super::text::{identifiers, name};

/// A rename that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rename {
    /// Of an object, within its schema or table.
    Object {
        /// As it is called before.
        object: ObjectId,
        /// Its own name afterwards, unquoted.
        to: String,
    },
    /// Of a column of a table.
    Column {
        /// The table, as it is called before.
        table: ObjectId,
        /// As the column is called before.
        column: String,
        /// Its name afterwards.
        to: String,
    },
    /// Of a label of an enum.
    Label {
        /// The enum, as it is called before.
        object: ObjectId,
        /// The label before.
        label: String,
        /// The label afterwards.
        to: String,
    },
}

/// A text that declares no rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotARename(String);

impl fmt::Display for NotARename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a rename such as `table public.cats to felines`, `column public.cats.name to title` or `value public.mood.ok to fine`",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for NotARename {}

impl FromStr for Rename {
    type Err = NotARename;

    /// Reads what stands after `-- enact:rename `.
    fn from_str(text: &str) -> Result<Self, NotARename> {
        let wrong = || NotARename(text.to_owned());
        let (what, to) = text.trim().rsplit_once(" to ").ok_or_else(wrong)?;
        let plain = to.trim().starts_with('"') || !to.trim().contains(char::is_whitespace);
        let to = match identifiers(to.trim()).as_slice() {
            [to] if !to.is_empty() && plain => to.clone(),
            _ => return Err(wrong()),
        };
        let part = |words: &str, kind: Kind| -> Option<(ObjectId, String)> {
            let names = identifiers(words);
            let [schema, object, part] = names.as_slice() else {
                return None;
            };
            let (schema, object) = (Some(schema.clone()), object.clone());
            Some((ObjectId::from_parts(kind, schema, None, object, None)?, part.clone()))
        };
        if let Some(words) = what.strip_prefix("column ") {
            let (table, column) = part(words, Kind::Table).ok_or_else(wrong)?;
            return Ok(Self::Column { table, column, to });
        }
        if let Some(words) = what.strip_prefix("value ") {
            let (object, label) = part(words, Kind::Enum).ok_or_else(wrong)?;
            return Ok(Self::Label { object, label, to });
        }
        let object = what.parse().map_err(|_: NotAnObjectId| wrong())?;
        Ok(Self::Object { object, to })
    }
}

impl Rename {
    /// The renames that undo `renames`, each of which was done after those before it.
    pub fn reversed(renames: &[Self]) -> Vec<Self> {
        renames.iter().rev().map(Self::undone).collect()
    }

    fn undone(&self) -> Self {
        match self.clone() {
            Self::Object { object, to } => {
                Self::Object { to: object.name().to_owned(), object: with_name(&object, &to) }
            }
            Self::Column { table, column, to } => Self::Column { table, column: to, to: column },
            Self::Label { object, label, to } => Self::Label { object, label: to, to: label },
        }
    }
}

/// A rename that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleRename {
    /// Its place among the renames, from 0.
    pub at: usize,
    /// Why.
    pub why: Hindrance,
}

/// Why a rename is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// It is called so already.
    Done,
    /// Nothing has the old name.
    NotThere,
    /// Something else has the new name.
    Taken,
    /// Nothing is wanted under the new name.
    NotWanted,
    /// PostgreSQL has no statement that this room writes for it.
    NoStatement,
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "it is called so already",
            Self::NotThere => "nothing is called so before",
            Self::Taken => "something is called so before",
            Self::NotWanted => "nothing is called so afterwards",
            Self::NoStatement => "no statement renames it",
        })
    }
}

/// A rename with the comment that declares it, if one does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The rename.
    pub rename: Rename,
    /// Where it stands in a file; none if it was asked for.
    pub place: Option<Place>,
}

impl From<Rename> for Declared {
    fn from(rename: Rename) -> Self {
        Self { rename, place: None }
    }
}

/// The renames that the files of a wanted schema declare, each in a comment on a line of its own:
/// `-- enact:rename column public.cats.name to title`. They are done in their order, so that each
/// speaks of names as those before it have left them.
///
/// # Errors
/// `rename-invalid` for every comment that speaks to enact and declares no rename.
pub fn declared_renames(files: &[SourceFile]) -> Result<Vec<Declared>, Refusal> {
    let (mut declared, mut findings) = (Vec::new(), Vec::new());
    for file in files {
        for instruction in statement::instructions(file.text()) {
            let place = file.place(instruction.range);
            let reading = match instruction.text.strip_prefix("rename ") {
                _ if !instruction.own_line => Err("it does not stand on a line of its own".into()),
                Some(text) => text.parse().map_err(|wrong: NotARename| wrong.to_string()),
                // What a revision may say is nothing to a schema, and no mistake.
                None if instruction.text.starts_with("allow ") => continue,
                None => Err("the comment says something else than `enact:rename`".to_owned()),
            };
            match reading {
                Ok(rename) => declared.push(Declared { rename, place: Some(place) }),
                Err(fact) => findings.push(
                    Finding::error(Code::RenameInvalid, fact)
                        .at(place)
                        .help("write `-- enact:rename table public.cats to felines`"),
                ),
            }
        }
    }
    Refusal::unless_empty(findings)?;
    Ok(declared)
}

/// Refuses where one of `declared` is among `idle` for another reason than that it is done.
///
/// # Errors
/// `rename-unmatched` for each.
pub fn refuse_unmatched(declared: &[Declared], idle: &[IdleRename]) -> Result<(), Refusal> {
    let mut findings = Vec::new();
    for IdleRename { at, why } in idle.iter().filter(|idle| idle.why != Hindrance::Done) {
        let Declared { rename, place } = &declared[*at];
        let message = format!("the rename `{rename}` matches nothing: {why}");
        let help = match why {
            Hindrance::NoStatement => "leave it out: it becomes a drop and a create",
            _ => "correct the names, or leave it out; renames are done in their order",
        };
        let finding = Finding::error(Code::RenameUnmatched, message).help(help);
        findings.push(match place {
            Some(place) => finding.at(place.clone()),
            None => finding,
        });
    }
    Refusal::unless_empty(findings)
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |kind: &str, id: &ObjectId, part: &str| {
            let words = id.to_string();
            let own = words.split_once(' ').map_or(words.as_str(), |(_, own)| own);
            format!("{kind} {own}.{}", name(part))
        };
        match self {
            Self::Object { object, to } => write!(f, "{object} to {}", name(to)),
            Self::Column { table, column, to } => {
                write!(f, "{} to {}", part("column", table, column), name(to))
            }
            Self::Label { object, label, to } => {
                write!(f, "{} to {}", part("value", object, label), name(to))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read() {
        let table: Rename = "table public.cats to felines".parse().unwrap();
        let object = ObjectId::table("public", "cats");
        assert_eq!(table, Rename::Object { object: object.clone(), to: "felines".to_owned() });
        let column: Rename = "column public.cats.\"First Name\" to name".parse().unwrap();
        let expected = Rename::Column {
            table: object,
            column: "First Name".to_owned(),
            to: "name".to_owned(),
        };
        assert_eq!(column, expected);
        for wrong in [
            "",
            "table public.cats",
            "column cats.name to title",
            "table a.b to c.d",
            "table a.b to c now",
        ] {
            assert!(wrong.parse::<Rename>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rename_is_written_as_it_is_read() {
        for text in [
            "table public.cats to felines",
            "column public.cats.\"First Name\" to name",
            "value public.mood.ok to \"very well\"",
            "function public.f(integer, text) to \"G\"",
        ] {
            assert_eq!(text.parse::<Rename>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_done_is_undone_from_the_end() {
        let read = |texts: &[&str]| -> Vec<Rename> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let there = read(&["table public.cats to felines", "column public.felines.name to title"]);
        let back = read(&["column public.felines.title to name", "table public.felines to cats"]);
        assert_eq!(Rename::reversed(&there), back);
    }

    #[test]
    fn comments_of_a_schema_declare_renames_on_lines_of_their_own() {
        let read =
            |text: &str| declared_renames(&[SourceFile::new("schema.sql", text.into()).unwrap()]);
        let text = "  -- enact:rename table public.cats to felines\nCREATE TABLE felines ();\n\
                    SELECT '\n-- enact:rename table a.b to c\n'; -- enact:allow x y\n";
        let declared = read(text).unwrap_err();
        assert_eq!(declared.findings().len(), 1, "{declared}");
        let declared = read(&text.replace("-- enact:allow x y", "")).unwrap();
        assert_eq!(declared.len(), 1);
        assert_eq!(declared[0].rename, "table public.cats to felines".parse().unwrap());
        assert_eq!(declared[0].place.as_ref().unwrap().line, 1);
        for wrong in [
            "-- enact:rename cats to felines",
            "-- enact:renmae table public.cats to felines",
            "SELECT 1; -- enact:rename table public.cats to felines",
        ] {
            assert_eq!(read(wrong).unwrap_err().code(), Code::RenameInvalid, "{wrong}");
        }
    }
}
