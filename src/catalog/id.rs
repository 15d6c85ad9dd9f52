//! What an object is called: kind and qualified name, with a text form that round-trips.
//!
//! In: names as the server stores them, or a text such as `index public.cats_name_idx`. Out: an
//! [`ObjectId`]. There is one spelling for each identity: a name is quoted exactly when it is
//! something else than lower-case ASCII letters, digits, `_` and `$`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::kind::{Kind, Shape};

/// The identity of an object in a database. The order is by kind, then by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    kind: Kind,
    schema: Option<String>,
    table: Option<String>,
    name: String,
    /// The types of arguments, or the index method.
    detail: Option<String>,
}

impl ObjectId {
    /// Puts an identity together from names as the server stores them, if they are those that
    /// the kind needs: no more and no fewer. The detail is the types of a routine's arguments, or
    /// the method of an operator class.
    pub fn from_parts(
        kind: Kind,
        schema: Option<String>,
        table: Option<String>,
        name: String,
        detail: Option<String>,
    ) -> Option<Self> {
        let given = (schema.is_some(), table.is_some(), detail.is_some());
        let needed = match kind.shape() {
            Shape::InDatabase | Shape::InWords => (false, false, false),
            Shape::InSchema => (true, false, false),
            Shape::OnTable => (true, true, false),
            Shape::WithArguments | Shape::ForMethod => (true, false, true),
        };
        (given == needed).then_some(Self { kind, schema, table, name, detail })
    }

    /// A table.
    pub fn table(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            kind: Kind::Table,
            schema: Some(schema.into()),
            table: None,
            name: name.into(),
            detail: None,
        }
    }

    /// An index.
    pub fn index(schema: String, name: String) -> Self {
        Self { kind: Kind::Index, ..Self::table(schema, name) }
    }

    /// A constraint of a table.
    pub fn constraint(schema: String, table: String, name: String) -> Self {
        Self { kind: Kind::Constraint, table: Some(table), ..Self::table(schema, name) }
    }

    /// What is told of another object: its [`Kind::Owner`], its [`Kind::Privileges`] or its
    /// [`Kind::Tablespace`].
    pub fn about(kind: Kind, subject: &Self) -> Option<Self> {
        let name = format!("{}{subject}", preposition(kind)?);
        Self::from_parts(kind, None, None, name, None)
    }

    /// The object that this one tells of.
    pub fn subject(&self) -> Option<Self> {
        self.name.strip_prefix(preposition(self.kind)?)?.parse().ok()
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The schema that it stands in; none for what stands in the database itself.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The table that it stands on, if that is an ordinary one.
    pub fn its_table(&self) -> Option<Self> {
        let table = self.schema().zip(self.on_table());
        table.map(|(schema, table)| Self::table(schema, table))
    }

    /// The name of the table (or view) that it stands on, for constraints, triggers, rules
    /// and policies.
    pub fn on_table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// Its own name, unquoted; for a cast, transform or user mapping all that it is called by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The types of a routine's input arguments or an operator's operands as the server writes
    /// them: `integer, text`.
    pub fn arguments(&self) -> Option<&str> {
        self.detail.as_deref().filter(|_| self.kind.shape() == Shape::WithArguments)
    }

    /// The index method of an operator class or family.
    pub fn method(&self) -> Option<&str> {
        self.detail.as_deref().filter(|_| self.kind.shape() == Shape::ForMethod)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind)?;
        for part in [&self.schema, &self.table].into_iter().flatten() {
            write!(f, "{}.", Name(part))?;
        }
        match (self.kind, self.kind.shape()) {
            (_, Shape::InWords) => f.write_str(&self.name)?,
            (Kind::Operator, _) if self.name.chars().all(is_symbol) => f.write_str(&self.name)?,
            _ => write!(f, "{}", Name(&self.name))?,
        }
        if let Some(method) = self.method() {
            write!(f, " USING {}", Name(method))?;
        }
        match self.arguments() {
            Some(arguments) => write!(f, "({arguments})"),
            None => Ok(()),
        }
    }
}

/// What stands between a kind and the object that it tells of.
fn preposition(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Owner | Kind::Tablespace => Some("OF "),
        Kind::Privileges => Some("ON "),
        _ => None,
    }
}

/// A name as an [`ObjectId`] writes it.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let starts_plain = self.0.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        if starts_plain && self.0.chars().all(is_plain) {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

/// What operators are made of.
fn is_symbol(c: char) -> bool {
    "+-*/<>=~!@#%^&|`?".contains(c)
}

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$'
}

impl FromStr for ObjectId {
    type Err = NotAnObjectId;

    fn from_str(text: &str) -> Result<Self, NotAnObjectId> {
        parse(text)
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| NotAnObjectId(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<ObjectId> {
    let after = |kind: &Kind| {
        let rest = text.strip_prefix(kind.label())?.strip_prefix(' ')?;
        Some((*kind, rest))
    };
    // Not `operator` where it is an `operator class`.
    let kinds = Kind::ALL.iter().filter_map(after);
    let (kind, mut rest) = kinds.min_by_key(|(_, rest)| rest.len())?;
    if kind.shape() == Shape::InWords {
        return ObjectId::from_parts(kind, None, None, rest.to_owned(), None);
    }
    let mut names = Vec::new();
    loop {
        let name;
        (name, rest) = take_name(rest)?;
        names.push(name);
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => break,
        }
    }
    let detail = match (rest.strip_prefix(" USING "), rest) {
        (_, "") => None,
        (Some(method), _) => Some(take_name(method)?.0),
        (None, rest) => Some(rest.strip_prefix('(')?.strip_suffix(')')?.to_owned()),
    };
    let name = names.pop()?;
    let mut names = names.into_iter();
    let (schema, table) = (names.next(), names.next());
    if names.next().is_some() {
        return None;
    }
    ObjectId::from_parts(kind, schema, table, name, detail)
}

/// The name at the start of `text`, unquoted, and what follows it.
fn take_name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let one_of = if text.starts_with(is_symbol) { is_symbol } else { is_plain };
        let end = text.find(|c| !one_of(c)).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, rest)),
        }
    }
}

/// A text that is not the identity of an object in its one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnObjectId(String);

impl fmt::Display for NotAnObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not the name of an object such as `table public.cats`",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for NotAnObjectId {}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_identity_of_each_shape_round_trips() {
        for text in [
            "schema zoo",
            "extension \"uuid-ossp\"",
            "table public.cats",
            "materialized view public.cat_ages",
            "index public.\"Odd.\"\"Name\"\"\"",
            "constraint public.cats.cats_pkey",
            "trigger \"my schema\".cats.\"1st\"",
            "function public.f()",
            "function public.f(integer, public.\"a)b\")",
            "aggregate public.middle(double precision ORDER BY anyelement)",
            "operator public.<+>(integer, text)",
            "operator public.!(NONE, integer)",
            "operator class.+(integer, integer)",
            "operator class public.first_ops USING btree",
            "operator family public.\"Ops\" USING \"My method\"",
            "cast (character varying AS public.\"a AS b\")",
            "transform FOR public.hstore LANGUAGE plperl",
            "user mapping FOR \"Tom\" SERVER far",
            "text search dictionary public.words",
            "privileges ON function public.f(integer, text)",
            "owner OF materialized view public.\"Ages\"",
            "default privileges FOR tom IN SCHEMA zoo ON tables",
        ] {
            let id: ObjectId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn what_is_told_of_an_object_knows_it() {
        let subject: ObjectId = "function public.\"F\"(integer)".parse().unwrap();
        for kind in [Kind::Owner, Kind::Privileges, Kind::Tablespace] {
            let about = ObjectId::about(kind, &subject).unwrap();
            assert_eq!(about.subject().as_ref(), Some(&subject), "{about}");
            assert_eq!(about.to_string().parse(), Ok(about));
        }
        assert_eq!(ObjectId::about(Kind::Table, &subject), None);
        assert_eq!(subject.subject(), None);
        let nothing: ObjectId = "privileges ON spoons".parse().unwrap();
        assert_eq!(nothing.subject(), None);
    }

    #[test]
    fn there_is_one_spelling() {
        for text in [
            "",
            "table",
            "table ",
            "table cats",
            "table a.b.c",
            "table public.\"cats\"",
            "table public.Cats",
            "table public.1st",
            "table  public.cats",
            "table public.cats ",
            "table public.\"cats",
            "table public.cats()",
            "function public.f",
            "function public.f(",
            "constraint public.cats",
            "schema a.b",
            "spoon public.cats",
            "function public.<(integer, integer)",
            "operator public.\"<\"(integer, integer)",
            "operator class public.first_ops",
            "operator class public.first_ops(btree)",
            "operator class public.first_ops USING btree ",
            "operator class public.first_ops USING \"btree\"",
            "table public.cats USING heap",
            "cast",
        ] {
            let error = text.parse::<ObjectId>().unwrap_err();
            assert_eq!(error, NotAnObjectId(text.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn every_identity_round_trips(
            kind in proptest::sample::select(Kind::ALL),
            schema in "\\PC{1,8}|[a-z.\"\n]{1,8}",
            table in "\\PC{1,8}|[a-z.\"(]{1,8}",
            name in "\\PC{1,8}|[a-z_$0-9]{1,8}|[a-z.\")( ]{1,8}|[-+*/<>=~!@#%^&|`?]{1,3}",
            arguments in "[a-z, \"().\\[\\]]{0,12}",
        ) {
            let shape = kind.shape();
            let alone = matches!(shape, Shape::InDatabase | Shape::InWords);
            let detailed = matches!(shape, Shape::WithArguments | Shape::ForMethod);
            let id = ObjectId::from_parts(
                kind,
                (!alone).then_some(schema),
                (shape == Shape::OnTable).then_some(table),
                name,
                detailed.then_some(arguments),
            )
            .unwrap();
            prop_assert_eq!(id.to_string().parse::<ObjectId>(), Ok(id));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(table|function|schema)? ?\\PC{0,20}") {
            if let Ok(id) = text.parse::<ObjectId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
