//! Cuts a section into statements, and refuses what cannot be cut or sent.
//!
//! In: a file and a section of it. Out: [`Piece`]s, in order, with the text between them untouched,
//! and findings. The rules are psql's (`;` outside quotes, comments, parentheses and SQL-body
//! functions), made exact where psql guesses:
//!
//! - A body that starts with `BEGIN ATOMIC` ends with the `END` that follows a `;` or `ATOMIC`
//!   directly: the grammar has no other place for it, so a CASE, or a column named `end`, needs no
//!   counting.
//! - `:name`, `:'name'`, `:"name"` and `:{?name}` are psql's variables, except where PostgreSQL's
//!   grammar has a single colon: directly inside `[ ]` (a slice), and directly inside the
//!   parentheses of `json_object` and `json_objectagg`.

use std::ops::Range;

use crate::diagnostic::{Code, Finding};
use crate::source::SourceFile;

use super::name::identifier;
use super::refuse::copies_in;
use super::token::{Lexer, Token, TokenKind, Unterminated};

/// How deep parentheses and brackets may nest. PostgreSQL's own limit is its stack, at some
/// thousands; no migration comes near either.
const MAX_NESTING: usize = 2_000;

/// The longest identifier that PostgreSQL keeps whole, in bytes (`NAMEDATALEN - 1`).
pub const MAX_IDENTIFIER: usize = 63;

/// One statement's place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Comments and white space (and lone `;`) since the statement before.
    pub(super) lead: Range<usize>,
    /// From the first to the last byte that the server reads, without the `;`.
    pub(super) range: Range<usize>,
}

/// What a section is made of.
pub(super) struct Split {
    pub(super) pieces: Vec<Piece>,
    /// What stands after the last piece.
    pub(super) tail: Range<usize>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn split(file: &SourceFile, section: Range<usize>) -> Split {
    let text = &file.text()[..section.end];
    let mut splitter = Splitter::new(file, text, section.start);
    let mut lexer = Lexer::starting_at(text, section.start);
    while let Some(token) = lexer.next() {
        if token.is_trivia() {
            continue;
        }
        // Some tokens mean that what follows is not SQL; reading goes on after it.
        if let Some(after) = splitter.take(token) {
            lexer = Lexer::starting_at(text, after);
        }
    }
    splitter.finish()
}

/// How far the words at a statement's start, and then the statement, have come towards a routine
/// whose body is SQL.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Routine {
    /// Nothing of the statement was seen.
    Start,
    Create,
    CreateOr,
    CreateOrReplace,
    /// `CREATE [OR REPLACE] FUNCTION|PROCEDURE` was seen.
    Header,
    /// … and the word BEGIN, just before.
    Begin,
    /// Inside `BEGIN ATOMIC`; the offset is that of `ATOMIC`.
    Body(usize),
    /// Not such a routine, or its body is over.
    No,
}

struct Bracket {
    opener: u8,
    at: usize,
    /// Whether a single colon directly inside is PostgreSQL's own.
    takes_colon: bool,
}

struct Splitter<'a> {
    file: &'a SourceFile,
    text: &'a str,
    split: Split,
    /// Where the text after the last piece starts.
    lead: usize,
    /// First and last byte so far of the statement being read.
    piece: Option<Range<usize>>,
    /// The last token of it.
    previous: Option<Token>,
    brackets: Vec<Bracket>,
    parentheses: usize,
    too_deep: bool,
    routine: Routine,
}

impl<'a> Splitter<'a> {
    fn new(file: &'a SourceFile, text: &'a str, start: usize) -> Self {
        Self {
            file,
            text,
            split: Split { pieces: Vec::new(), tail: start..start, findings: Vec::new() },
            lead: start,
            piece: None,
            previous: None,
            brackets: Vec::new(),
            parentheses: 0,
            too_deep: false,
            routine: Routine::Start,
        }
    }

    /// Takes the next token that is not trivia. Returns where to read on, if not after it.
    fn take(&mut self, token: Token) -> Option<usize> {
        match token.kind {
            TokenKind::Mark(b';') if self.parentheses == 0 && !self.in_body() => {
                return self.cut();
            }
            TokenKind::Mark(b'\\') => return Some(self.meta_command(token)),
            TokenKind::Mark(opener @ (b'(' | b'[')) => self.open(token, opener),
            TokenKind::Mark(b')') => self.close_parenthesis(),
            TokenKind::Mark(b']') => {
                self.brackets.pop_if(|bracket| bracket.opener == b'[');
            }
            TokenKind::Mark(b':') => self.check_colon(token),
            TokenKind::Word => self.follow_routine(token),
            TokenKind::Unterminated(what) => self.unterminated(token, what),
            _ => {}
        }
        if matches!(token.kind, TokenKind::Word | TokenKind::QuotedName | TokenKind::UnicodeName)
            && token.end - token.start > MAX_IDENTIFIER
        {
            self.check_identifier(token);
        }
        match &mut self.piece {
            Some(piece) => piece.end = token.end,
            None => self.piece = Some(token.range()),
        }
        self.previous = Some(token);
        None
    }

    /// Ends the statement being read, if there is one. Returns where to read on after COPY's data.
    fn cut(&mut self) -> Option<usize> {
        let range = self.piece.take()?;
        let lead = self.lead..range.start;
        let after = range.end;
        let data_end = copies_in(&self.text[range.clone()]).then(|| self.copy_data_end(after));
        self.split.pieces.push(Piece { lead, range });
        self.lead = data_end.flatten().unwrap_or(after);
        self.previous = None;
        self.brackets.clear();
        self.parentheses = 0;
        self.too_deep = false;
        self.routine = Routine::Start;
        data_end.flatten()
    }

    /// Where the line `\.` ends that closes COPY's data.
    fn copy_data_end(&self, from: usize) -> Option<usize> {
        let rest = &self.text[from..];
        let at = rest.find("\n\\.\n").map(|at| at + 3);
        at.or_else(|| rest.ends_with("\n\\.").then_some(rest.len())).map(|length| from + length)
    }

    fn in_body(&self) -> bool {
        matches!(self.routine, Routine::Body(_))
    }

    fn open(&mut self, token: Token, opener: u8) {
        let takes_colon = opener == b'['
            || self.previous.is_some_and(|previous| {
                let word = &self.text[previous.range()];
                previous.kind == TokenKind::Word
                    && (word.eq_ignore_ascii_case("json_object")
                        || word.eq_ignore_ascii_case("json_objectagg"))
            });
        self.parentheses += usize::from(opener == b'(');
        self.brackets.push(Bracket { opener, at: token.start, takes_colon });
        if self.brackets.len() > MAX_NESTING && !self.too_deep {
            self.too_deep = true;
            self.find(
                token.range(),
                Finding::error(
                    Code::NestingTooDeep,
                    format!("parentheses are nested more than {MAX_NESTING} deep"),
                )
                .help("write the expression flatter, or split the statement"),
            );
        }
    }

    /// Closes up to the last `(`. One too many is for the server to refuse.
    fn close_parenthesis(&mut self) {
        if self.parentheses > 0 {
            self.parentheses -= 1;
            while self.brackets.pop().is_some_and(|b| b.opener == b'[') {}
        }
    }

    fn follow_routine(&mut self, token: Token) {
        let word = &self.text[token.range()];
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        self.routine = match self.routine {
            Routine::Start if self.piece.is_none() && is("create") => Routine::Create,
            Routine::Create if is("or") => Routine::CreateOr,
            Routine::CreateOr if is("replace") => Routine::CreateOrReplace,
            Routine::Create | Routine::CreateOrReplace if is("function") || is("procedure") => {
                Routine::Header
            }
            Routine::Begin if is("atomic") && self.follows_word("begin") => {
                Routine::Body(token.start)
            }
            Routine::Header | Routine::Begin if self.parentheses == 0 && is("begin") => {
                Routine::Begin
            }
            Routine::Header | Routine::Begin => Routine::Header,
            Routine::Body(atomic) if self.parentheses == 0 && is("end") => {
                let closes = self.previous.is_some_and(|p| p.is_mark(b';') || p.start == atomic);
                if closes { Routine::No } else { self.routine }
            }
            Routine::Body(_) | Routine::No => return,
            _ => Routine::No,
        };
    }

    fn follows_word(&self, word: &str) -> bool {
        self.previous.is_some_and(|previous| {
            previous.kind == TokenKind::Word
                && self.text[previous.range()].eq_ignore_ascii_case(word)
        })
    }

    fn check_colon(&mut self, token: Token) {
        let after = &self.text[token.end..];
        let interpolates = after.starts_with("{?")
            || after.starts_with(|c: char| {
                c.is_ascii_alphabetic() || matches!(c, '_' | '\'' | '"') || !c.is_ascii()
            });
        let takes_colon = self.brackets.last().is_some_and(|b| b.takes_colon);
        if interpolates && !takes_colon {
            self.find(
                token.range(),
                Finding::error(
                    Code::MetaCommand,
                    "`:` starts a psql variable, which PostgreSQL does not know",
                )
                .help("write the value itself"),
            );
        }
    }

    /// Refuses the rest of the line, and returns where it ends.
    fn meta_command(&mut self, token: Token) -> usize {
        let line = self.text[token.start..].split('\n').next().unwrap_or("");
        let command = line.split_whitespace().next().unwrap_or("\\").to_owned();
        let end = token.start + line.len();
        self.find(
            token.start..end,
            Finding::error(Code::MetaCommand, format!("`{command}` is a command of psql, not SQL"))
                .help(
                    "remove it; what it loads or prints belongs into SQL, or outside the revision",
                ),
        );
        end
    }

    fn check_identifier(&mut self, token: Token) {
        let Some(name) = identifier(token.kind, &self.text[token.range()]) else {
            return;
        };
        if name.len() > MAX_IDENTIFIER {
            let length = name.len();
            self.find(
                token.range(),
                Finding::error(
                    Code::IdentifierTooLong,
                    format!("`{name}` has {length} bytes; PostgreSQL cuts it to {MAX_IDENTIFIER}"),
                )
                .help("choose a shorter name"),
            );
        }
    }

    fn unterminated(&mut self, token: Token, what: Unterminated) {
        let (what, end) = match what {
            Unterminated::Text => ("string", "a closing `'`".to_owned()),
            Unterminated::Name => ("quoted name", "a closing `\"`".to_owned()),
            Unterminated::Comment => ("comment", "`*/`; comments nest".to_owned()),
            Unterminated::DollarText => {
                let text = &self.text[token.start + 1..token.end];
                let tag = text.split('$').next().unwrap_or("");
                ("dollar-quoted string", format!("`${tag}$`"))
            }
        };
        self.find(
            token.range(),
            Finding::error(Code::Unterminated, format!("the {what} has no end"))
                .help(format!("add {end}")),
        );
        // Everything after it was swallowed: what seems open now may well be closed there.
        self.brackets.clear();
        self.routine = Routine::No;
    }

    fn find(&mut self, range: Range<usize>, finding: Finding) {
        let place = self.file.place(range);
        self.split.findings.push(finding.at(place));
    }

    fn finish(mut self) -> Split {
        if let Routine::Body(atomic) = self.routine {
            self.find(
                atomic..atomic + "atomic".len(),
                Finding::error(Code::Unterminated, "the body after `BEGIN ATOMIC` has no end")
                    .help("add `END;` after its last statement"),
            );
        } else if let Some(open) = self.brackets.iter().find(|b| b.opener == b'(') {
            let at = open.at;
            self.find(
                at..at + 1,
                Finding::error(Code::Unterminated, "the parenthesis is never closed")
                    .help("add a closing `)`"),
            );
        }
        self.cut();
        self.split.tail = self.lead..self.text.len();
        self.split
    }
}
