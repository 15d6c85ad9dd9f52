//! One difference within an object, as people read it.
//!
//! In: a part, a field and its two values. Out: one line, or the lines that differ.

use std::fmt;

use serde::Serialize;

/// One difference within an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The part of the object, such as `column "age"`; none for the object itself.
    pub part: Option<String>,
    /// The field, such as `type`; none where the whole part was added or dropped.
    pub field: Option<String>,
    /// The value before, as people read it.
    pub before: Option<String>,
    /// The value after, as people read it.
    pub after: Option<String>,
}

impl Change {
    /// A part that came or went.
    pub(super) fn of_part(part: String, before: Option<String>, after: Option<String>) -> Self {
        Self { part: Some(part), field: None, before, after }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(part) = &self.part {
            write!(f, "{part}: ")?;
        }
        let (before, after) = (self.before.as_deref(), self.after.as_deref());
        let Some(field) = &self.field else {
            return match (before, after.unwrap_or_default()) {
                (Some(""), _) => f.write_str("dropped"),
                (Some(before), _) => write!(f, "dropped, was {before}"),
                (None, "") => f.write_str("added"),
                (None, after) => write!(f, "added, {after}"),
            };
        };
        f.write_str(field)?;
        let several = |text: Option<&str>| text.is_some_and(|text| text.contains('\n'));
        if several(before) || several(after) {
            return write_lines(f, before, after);
        }
        write!(f, " {} → {}", before.unwrap_or("none"), after.unwrap_or("none"))
    }
}

/// Two texts of several lines, without the lines that are alike at both ends.
fn write_lines(
    f: &mut fmt::Formatter<'_>,
    before: Option<&str>,
    after: Option<&str>,
) -> fmt::Result {
    let lines = |text: Option<&'_ str>| -> Vec<String> {
        text.map_or(Vec::new(), |text| text.split('\n').map(str::to_owned).collect())
    };
    let (before, after) = (lines(before), lines(after));
    let alike = |pair: &(&String, &String)| pair.0 == pair.1;
    let head = before.iter().zip(&after).take_while(alike).count();
    let (before, after) = (&before[head..], &after[head..]);
    let ends = before.iter().rev().zip(after.iter().rev());
    let tail = ends.take_while(alike).count();
    f.write_str(":")?;
    for (sign, lines) in [('-', before), ('+', after)] {
        for line in &lines[..lines.len() - tail] {
            write!(f, "\n  {sign} {line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_show_only_the_lines_that_differ() {
        let change = Change {
            part: None,
            field: Some("body".to_owned()),
            before: Some("\nBEGIN\n  a;\n  b;\nEND\n".to_owned()),
            after: Some("\nBEGIN\n  a;\n  c;\n  d;\nEND\n".to_owned()),
        };
        assert_eq!(change.to_string(), "body:\n  -   b;\n  +   c;\n  +   d;");
    }
}
