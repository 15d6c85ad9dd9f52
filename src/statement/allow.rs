//! `-- enact:allow <rule> <reason>`: the comments that silence a lint rule at one statement.
//!
//! In: the comments around a statement. Out: [`Allow`]s, well formed or not; whether a rule of
//! that name exists, and was silenced, is for the lint to say.

use std::fmt;
use std::ops::Range;

use super::token::{Lexer, TokenKind};

/// What every instruction to enact in a comment starts with.
const PREFIX: &str = "enact:";

/// One comment that speaks to enact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The comment's bytes in the file.
    pub range: Range<usize>,
    /// What it allows, or why it allows nothing.
    pub reading: Result<Allowed, AllowFault>,
}

/// What an `enact:allow` comment allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The rule's id.
    pub rule: String,
    /// Why the author thinks it is fine here.
    pub reason: String,
}

/// Why a comment that speaks to enact allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowFault {
    /// It does not say `enact:allow`.
    UnknownInstruction,
    /// It names no rule.
    RuleMissing,
    /// It gives no reason.
    ReasonMissing,
    /// It does not stand on a line of its own before a statement.
    Misplaced,
}

impl fmt::Display for AllowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownInstruction => "the comment says something else than `enact:allow`",
            Self::RuleMissing => "the comment names no rule",
            Self::ReasonMissing => "the comment gives no reason",
            Self::Misplaced => "the comment does not stand on a line of its own before a statement",
        })
    }
}

/// The instructions in `text[range]`. Those in a statement's `lead` (`before` is then true) count
/// if nothing but white space stands before them on their line.
pub(super) fn read(text: &str, range: Range<usize>, before: bool) -> Vec<Allow> {
    let reading = |instruction: Instruction<'_>| Allow {
        range: instruction.range,
        reading: if before && instruction.own_line {
            parse(instruction.text)
        } else {
            Err(AllowFault::Misplaced)
        },
    };
    found(text, range).into_iter().map(reading).collect()
}

/// A line comment that speaks to enact, in a text of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// The comment's bytes in the text.
    pub range: Range<usize>,
    /// What follows `enact:`.
    pub text: &'a str,
    /// Whether nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// The instructions in all of `text`, whatever statements it holds.
pub fn instructions(text: &str) -> Vec<Instruction<'_>> {
    found(text, 0..text.len())
}

/// The instructions in `text[range]`. Most text holds none, and is not lexed again.
fn found(text: &str, range: Range<usize>) -> Vec<Instruction<'_>> {
    if !text[range.clone()].contains(PREFIX) {
        return Vec::new();
    }
    let own_line = |at: usize| {
        let line = text[..at].rsplit('\n').next().unwrap_or("");
        line.trim_ascii().is_empty()
    };
    Lexer::starting_at(&text[..range.end], range.start)
        .filter(|token| token.kind == TokenKind::LineComment)
        .filter_map(|token| {
            let content = text[token.range()].trim_start_matches('-').trim();
            let instruction = content.strip_prefix(PREFIX)?;
            Some(Instruction {
                range: token.range(),
                text: instruction,
                own_line: own_line(token.start),
            })
        })
        .collect()
}

fn parse(instruction: &str) -> Result<Allowed, AllowFault> {
    let (verb, rest) = word(instruction);
    if verb != "allow" {
        return Err(AllowFault::UnknownInstruction);
    }
    match word(rest) {
        ("", _) => Err(AllowFault::RuleMissing),
        (_, "") => Err(AllowFault::ReasonMissing),
        (rule, reason) => Ok(Allowed { rule: rule.to_owned(), reason: reason.to_owned() }),
    }
}

/// The first word of `text`, and the rest without the space between.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> Vec<Result<Allowed, AllowFault>> {
        read(text, 0..text.len(), true).into_iter().map(|allow| allow.reading).collect()
    }

    #[test]
    fn a_rule_and_a_reason_are_needed() {
        assert_eq!(
            readings("  --  enact:allow table-dropped  nobody reads it\n"),
            [Ok(Allowed { rule: "table-dropped".into(), reason: "nobody reads it".into() })]
        );
        assert_eq!(
            readings("-- enact:allow\n-- enact:allow x\n-- enact:alow x y\n-- not enact:allow"),
            [
                Err(AllowFault::RuleMissing),
                Err(AllowFault::ReasonMissing),
                Err(AllowFault::UnknownInstruction)
            ]
        );
    }

    #[test]
    fn a_comment_behind_a_statement_is_misplaced() {
        assert_eq!(readings("; -- enact:allow x y"), [Err(AllowFault::Misplaced)]);
        assert_eq!(readings("'\n-- enact:allow x y\n'"), []);
    }
}
