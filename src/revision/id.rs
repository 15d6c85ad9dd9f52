//! Names of revisions and branches: text in, a checked name out.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The width of `alembic_version.version_num`, in characters.
const MAX_CHARACTERS: usize = 32;

/// The words of the selectors, which no name may take.
const RESERVED: [&str; 4] = ["head", "heads", "base", "current"];

/// A revision's id: 1 to 32 characters that `alembic_version` can hold, selectors can name and a
/// file name can carry. Ordered by bytes; cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(Arc<str>);

impl RevisionId {
    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no name: completes "the id …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidId {
    /// It has no characters.
    Empty,
    /// It has more than 32 characters.
    TooLong,
    /// It holds this character.
    Character(char),
    /// It is a word of the selectors, or `.`, `..`.
    Reserved,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong => write!(
                f,
                "is longer than the {MAX_CHARACTERS} characters that `alembic_version` holds"
            ),
            Self::Character(c) if c.is_whitespace() => f.write_str("holds white space"),
            Self::Character(c) if c.is_control() || crate::source::is_hidden(*c) => {
                write!(f, "holds the invisible character U+{:04X}", *c as u32)
            }
            Self::Character(c) => write!(f, "holds the character `{c}`"),
            Self::Reserved => f.write_str("is a word with a meaning of its own"),
        }
    }
}

impl std::error::Error for InvalidId {}

/// Checks the characters of a name, be it an id or a label: none that a selector (`@ - + :`), a
/// list (`,`), a path (`/ \`) or a quoted literal would read as its own.
///
/// # Errors
/// The first reason why it is no name.
pub fn check_name(text: &str) -> Result<(), InvalidId> {
    if text.is_empty() {
        return Err(InvalidId::Empty);
    }
    let offence = text.chars().find(|&c| {
        "@-+:,/\\'\"`".contains(c)
            || c.is_whitespace()
            || c.is_control()
            || crate::source::is_hidden(c)
    });
    match offence {
        Some(c) => Err(InvalidId::Character(c)),
        None if RESERVED.contains(&text) || text.starts_with('.') => Err(InvalidId::Reserved),
        None => Ok(()),
    }
}

impl FromStr for RevisionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        check_name(text)?;
        if text.chars().count() > MAX_CHARACTERS {
            return Err(InvalidId::TooLong);
        }
        Ok(Self(text.into()))
    }
}

impl Borrow<str> for RevisionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RevisionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RevisionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|reason| serde::de::Error::custom(format!("the revision id {reason}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_what_the_version_table_and_selectors_can_carry() {
        let why = |text: &str| text.parse::<RevisionId>().unwrap_err();
        assert_eq!("002_cat".parse::<RevisionId>().unwrap().as_str(), "002_cat");
        assert_eq!("é".repeat(32).parse::<RevisionId>().unwrap().as_str(), "é".repeat(32));
        assert_eq!(why(""), InvalidId::Empty);
        assert_eq!(why(&"é".repeat(33)), InvalidId::TooLong);
        for c in ['@', '-', '+', ':', ',', '/', '\\', '\'', ' ', '\t', '\u{7}', '\u{200b}'] {
            assert_eq!(why(&format!("a{c}b")), InvalidId::Character(c));
        }
        for word in ["head", "heads", "base", "current", "..", ".hidden"] {
            assert_eq!(why(word), InvalidId::Reserved);
        }
    }

    #[test]
    fn an_id_is_a_string_in_json_and_checked_on_the_way_in() {
        let id: RevisionId = serde_json::from_str("\"a1\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"a1\"");
        assert!(serde_json::from_str::<RevisionId>("\"a 1\"").is_err());
    }
}
