//! The statements of a revision: split, classified, read.
//!
//! In: a [`SourceFile`] and a section of it. Out: [`Statement`]s, or a refusal with everything
//! that is wrong. The text is never changed: what runs, is shown, hashed and signed is
//! [`Statement::sql`], byte for byte what stands in the file. Reading goes in steps, each a file:
//! `token` (the lexical rules), `split`, `keyword` (the [`Kind`]), `refuse`, `transaction`, `tablespace`,
//! `reading` (the [`Action`]).

mod action;
mod allow;
mod index;
mod keyword;
mod kind;
mod lower;
mod name;
mod reading;
mod refuse;
mod rows;
mod split;
mod tablespace;
mod token;
mod transaction;

use std::ops::Range;
use std::sync::OnceLock;

use crate::diagnostic::{Code, Finding, Refusal};
use crate::digest::{Digest, FieldHasher};
use crate::source::SourceFile;

pub use action::{Action, ConstraintKind, ConstraintStart, Fill, TableChange};
pub use allow::{Allow, AllowFault, Allowed, Instruction, instructions};
pub use index::{ConcurrentIndex, IndexOperation};
pub use kind::Kind;
pub use name::{QualifiedName, literal, quoted};
pub use rows::RowChanges;
pub use split::MAX_IDENTIFIER;
pub use tablespace::NamedTablespace;
pub use transaction::TransactionRule;

use name::Cursor;
use token::{Lexer, TokenKind};

/// One SQL statement: its exact text, its place, and what can be told from it.
#[derive(Debug, Clone)]
pub struct Statement {
    sql: String,
    range: Range<usize>,
    line: usize,
    kind: Kind,
    allows: Vec<Allow>,
    /// Parsed when first asked for: most statements are never asked.
    action: OnceLock<Action>,
}

impl Statement {
    /// The exact text, from the first to the last byte that the server reads, without the `;`;
    /// comments inside are kept.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Where [`Self::sql`] stands in the file, in bytes. `file.place(range)` shows it to people.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The line, counted from 1, on which it starts.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What its leading keywords say.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How it and a transaction go together.
    pub fn transaction(&self) -> TransactionRule {
        TransactionRule::of(&self.sql, self.kind)
    }

    /// The comments before (or, misplaced, in or after) it that speak to enact.
    pub fn allows(&self) -> &[Allow] {
        &self.allows
    }

    /// What it does, as far as its text tells.
    pub fn action(&self) -> &Action {
        self.action.get_or_init(|| Action::of(&self.sql, self.kind))
    }

    /// The tables whose rows it changes, as far as its text names them.
    pub fn row_changes(&self) -> RowChanges {
        RowChanges::of(&self.sql, self.kind)
    }

    /// The role that it creates, if it does.
    pub fn created_role(&self) -> Option<String> {
        match self.kind {
            Kind::CreateRole | Kind::CreateUser | Kind::CreateGroup => {}
            _ => return None,
        }
        let mut cursor = Cursor::new(&self.sql);
        (cursor.word("create") && cursor.advance().is_some())
            .then(|| cursor.qualified_name())
            .flatten()
            .map(|role| role.name)
    }

    /// The tablespaces that it puts something into, or takes something out of, or has later statements do
    /// so, as far as its text names them.
    pub fn tablespaces(&self) -> Vec<NamedTablespace> {
        tablespace::named(&self.sql, self.kind)
    }

    /// The index that it builds, drops or rebuilds concurrently, if it does. `None` for a statement
    /// that does, but whose names cannot be read: PostgreSQL would refuse it.
    pub fn concurrent_index(&self) -> Option<ConcurrentIndex> {
        index::concurrent(&self.sql, self.kind)
    }
}

/// Reads the statements of `section` (byte offsets) of `file`.
///
/// # Errors
/// Everything that is wrong, in the order of the file: `unterminated`, `meta-command`,
/// `copy-from-stdin`, `transaction-control`, `identifier-too-long`, `nesting-too-deep`,
/// `password-literal`, `reaches-outside`. No place shows a password.
pub fn read(file: &SourceFile, section: Range<usize>) -> Result<Vec<Statement>, Refusal> {
    let text = file.text();
    let split = split::split(file, section.clone());
    let (mut findings, mut secrets) = (split.findings, Vec::new());
    let mut statements = Vec::with_capacity(split.pieces.len());
    let (mut line, mut counted) = (file.line(section.start), section.start);
    for piece in split.pieces {
        let sql = &text[piece.range.clone()];
        let kind = Kind::of(sql);
        for offence in refuse::offences(sql, kind) {
            let start = piece.range.start;
            let range = start + offence.range.start..start + offence.range.end;
            findings.push(
                Finding::error(offence.code, offence.message)
                    .at(file.place(range.clone()))
                    .help(offence.help),
            );
            if offence.secret {
                secrets.push(range);
            }
        }
        // Counted from statement to statement: from the top each time would be quadratic.
        line += text[counted..piece.range.start].matches('\n').count();
        counted = piece.range.start;
        let mut allows = allow::read(text, piece.lead, true);
        allows.extend(allow::read(text, piece.range.clone(), false));
        statements.push(Statement {
            sql: sql.to_owned(),
            range: piece.range,
            line,
            kind,
            allows,
            action: OnceLock::new(),
        });
    }
    if let Some(last) = statements.last_mut() {
        last.allows.extend(allow::read(text, split.tail, false));
    }
    findings.sort_by_key(|finding| finding.place.as_ref().map(|place| place.byte));
    for finding in &mut findings {
        hide(finding, &secrets);
    }
    Refusal::unless_empty(findings)?;
    Ok(statements)
}

/// Reads a text that should be one statement, whole and with nothing around it, as a plan's step is;
/// gives how it goes together with the transaction of its stage. Passwords and what reaches outside the
/// database are for [`read`] to refuse: what was planned once stays a plan.
///
/// # Errors
/// What it is instead, to follow the word "is".
pub fn step_rule(sql: &str) -> Result<TransactionRule, String> {
    let file = SourceFile::new("step", sql.as_bytes().to_vec())
        .map_err(|_| "text that no revision can hold".to_owned())?;
    let split = split::split(&file, 0..sql.len());
    let whole = matches!(split.pieces.as_slice(), [piece] if piece.range == (0..sql.len()));
    let ends = split.findings.iter().all(|finding| finding.code != Code::Unterminated);
    if !(whole && ends) {
        return Err("not exactly one statement".to_owned());
    }
    let kind = Kind::of(sql);
    if refuse::controls_transaction(sql, kind) {
        return Err(format!("`{kind}`, which controls the transaction"));
    }
    Ok(TransactionRule::of(sql, kind))
}

/// Puts `*` for every character of the line shown that stands in one of `secrets`.
fn hide(finding: &mut Finding, secrets: &[Range<usize>]) {
    let Some(place) = &mut finding.place else {
        return;
    };
    let before: usize = place.text.chars().take(place.column - 1).map(char::len_utf8).sum();
    let start = place.byte - before;
    place.text = place
        .text
        .char_indices()
        .map(|(at, c)| {
            let hidden = secrets.iter().any(|secret| secret.contains(&(start + at)));
            if hidden { '*' } else { c }
        })
        .collect();
}

/// A digest over what the server reads: white space, comments and the case of unquoted words do not
/// change it; anything in strings, quoted names or dollar quotes, also their comments, does. Equal
/// digests prove that nothing but layout differs.
pub fn sql_digest(statements: &[Statement]) -> Digest {
    let mut all = FieldHasher::new("enact statements v1");
    for statement in statements {
        let sql = statement.sql();
        let mut one = FieldHasher::new("enact statement v1");
        for token in Lexer::new(sql).filter(|token| !token.is_trivia()) {
            let text = &sql[token.range()];
            match token.kind {
                TokenKind::Word => one.field(text.to_ascii_lowercase()),
                _ => one.field(text),
            }
        }
        all.field(one.finish().as_bytes());
    }
    all.finish()
}

/// The names in `sql` that psql would take for its variables, if it had variables of those names: what
/// follows the colon of a slice, `b[1:n]`.
pub fn psql_names(sql: &str) -> Vec<&str> {
    Lexer::new(sql)
        .filter(|token| token.is_mark(b':'))
        .map(|token| sql[token.end..].trim_start_matches(['"', '\'']))
        .map(|name| {
            let end = name.find(|c: char| c.is_ascii() && c != '_' && !c.is_ascii_alphanumeric());
            &name[..end.unwrap_or(name.len())]
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_that_are_created_have_a_name() {
        let role = |sql: &str| statements(sql)[0].created_role();
        assert_eq!(role("create role Keeper NOLOGIN"), Some("keeper".to_owned()));
        assert_eq!(role("CREATE USER \"a \"\"b\" LOGIN"), Some("a \"b".to_owned()));
        assert_eq!(role("CREATE USER MAPPING FOR keeper SERVER far"), None);
        assert_eq!(role("DROP ROLE keeper"), None);
    }

    #[test]
    fn names_after_a_slices_colon_are_psqls_too() {
        let sql = r#"SELECT b[1:n], b[1:"é x"], b[ : 2], b::text, ':x', $$:y$$ -- :z"#;
        assert_eq!(psql_names(sql), ["n", "é"]);
    }

    fn file(sql: &str) -> SourceFile {
        SourceFile::new("r.sql", sql.into()).unwrap()
    }

    fn statements(sql: &str) -> Vec<Statement> {
        read(&file(sql), 0..sql.len()).unwrap_or_else(|refusal| panic!("{sql}: {refusal}"))
    }

    fn texts(sql: &str) -> Vec<String> {
        statements(sql).into_iter().map(|s| s.sql).collect()
    }

    fn codes(sql: &str) -> Vec<Code> {
        match read(&file(sql), 0..sql.len()) {
            Ok(_) => Vec::new(),
            Err(refusal) => refusal.findings().iter().map(|f| f.code).collect(),
        }
    }

    #[test]
    fn statements_are_cut_at_semicolons_that_end_them() {
        assert_eq!(
            texts("-- a\nSELECT 1 -- b\n;; /* c;*/ SELECT /* d; */ ';', (2;3), \"a;b\" $$ ; $$"),
            ["SELECT 1", "SELECT /* d; */ ';', (2;3), \"a;b\" $$ ; $$"]
        );
        assert_eq!(texts(" -- nothing ; \n ;"), [""; 0]);
    }

    #[test]
    fn lines_count_from_the_top_of_the_file() {
        let sql = "-- x\n\nSELECT 1;\nSELECT\n2; SELECT 3";
        let read = read(&file(sql), 6..sql.len()).unwrap();
        let lines: Vec<_> = read.iter().map(Statement::line).collect();
        assert_eq!(lines, [3, 4, 5]);
        assert_eq!(&sql[read[2].range()], "SELECT 3");
    }

    #[test]
    fn a_body_of_sql_ends_with_the_end_after_a_semicolon() {
        let body = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC \
                    SELECT CASE WHEN true THEN 1 END AS end; SELECT t.case FROM t; END";
        assert_eq!(texts(&format!("{body};SELECT 1")), [body, "SELECT 1"]);
        assert_eq!(texts("CREATE PROCEDURE p() BEGIN ATOMIC END; SELECT 1").len(), 2);
        // Only a routine has such a body.
        assert_eq!(texts("SELECT begin atomic FROM t; SELECT 2").len(), 2);
        assert_eq!(texts("CREATE FUNCTION begin() RETURNS int RETURN 1; SELECT 2").len(), 2);
        assert_eq!(codes("CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;"), [Code::Unterminated]);
    }

    #[test]
    fn a_colon_is_refused_only_where_psql_would_replace_it() {
        for sql in [
            "SELECT a::int, a[1:n], a[:n], a[lo:hi][f(1):x], 'x :y', $$ :z $$",
            "SELECT json_object('a': b, 'c':d), json_objectagg(k:v)",
            "SELECT f(x := 1, y:=z) -- :comment",
            "SELECT \"a:b\", E'\\':c'",
        ] {
            assert_eq!(codes(sql), [], "{sql}");
        }
        for sql in [
            "SELECT :x",
            "SELECT :'x'",
            "SELECT :\"x\"",
            "SELECT :{?x}",
            "SELECT a[f(:x)]",
            "SELECT json_object('a': (:b))",
            "SELECT a::int:x",
        ] {
            assert_eq!(codes(sql), [Code::MetaCommand], "{sql}");
        }
    }

    #[test]
    fn all_findings_come_at_once_and_in_order() {
        assert_eq!(
            codes(
                "BEGIN;\n\\i x 'y\nSELECT :z;\nCOPY t FROM stdin;\n'\tdata\n\\.\nCOMMIT; SELECT 'a"
            ),
            [
                Code::TransactionControl,
                Code::MetaCommand,
                Code::MetaCommand,
                Code::CopyFromStdin,
                Code::TransactionControl,
                Code::Unterminated,
            ]
        );
    }

    #[test]
    fn no_place_shows_a_password() {
        for sql in [
            "CREATE ROLE ż PASSWORD 'geheim'; ALTER ROLE ż PASSWORD E'geheim'",
            "CREATE SUBSCRIPTION s CONNECTION 'password=geheim' PUBLICATION p",
            "COMMIT; CREATE USER u PASSWORD 'x\ngeheim",
        ] {
            let refusal = read(&file(sql), 0..sql.len()).unwrap_err();
            assert!(refusal.findings().iter().any(|f| f.code == Code::PasswordLiteral));
            assert!(!format!("{refusal:?}").contains("geheim"), "{refusal:?}");
        }
    }

    #[test]
    fn limits_are_those_of_the_server_or_of_good_sense() {
        let name = |bytes: usize| format!("SELECT {0}, \"{0}\"", "é".repeat(bytes / 2));
        assert_eq!(codes(&name(62)), []);
        assert_eq!(codes(&name(64)), [Code::IdentifierTooLong; 2]);
        let escaped = "\\00e9".repeat(31);
        assert_eq!(codes(&format!("SELECT U&\"{escaped}\"")), []);
        let deep = |n: usize| format!("SELECT {}1{}; SELECT 1", "(".repeat(n), ")".repeat(n));
        assert_eq!(codes(&deep(2_000)), []);
        assert_eq!(codes(&deep(100_000)), [Code::NestingTooDeep]);
        assert_eq!(codes("SELECT ((1); SELECT 2"), [Code::Unterminated]);
    }

    #[test]
    fn comments_that_speak_to_enact_belong_to_the_statement_after_them() {
        let sql = "-- enact:allow a why\n\n-- more\nDROP TABLE t; -- enact:allow b behind\n\
                   SELECT -- enact:allow c inside\n1;\n-- enact:allow d after";
        let faults: Vec<Vec<_>> = statements(sql)
            .iter()
            .map(|s| s.allows().iter().map(|a| a.reading.clone().err()).collect())
            .collect();
        let misplaced = Some(AllowFault::Misplaced);
        assert_eq!(faults, [vec![None], vec![misplaced; 3]]);
    }

    #[test]
    fn layout_does_not_change_the_digest_and_content_does() {
        let digest = |sql: &str| sql_digest(&statements(sql));
        let base = digest("CREATE TABLE t (a int DEFAULT 1); SELECT 'x', \"Y\", $$ -- z $$");
        assert_eq!(
            base,
            digest(
                "-- new\ncreate table T(\n  a INT /* c */ default 1\n);;SELECT 'x',\"Y\",$$ -- z $$;"
            )
        );
        for other in [
            "CREATE TABLE t (a int DEFAULT 1); SELECT 'X', \"Y\", $$ -- z $$",
            "CREATE TABLE t (a int DEFAULT 1); SELECT 'x', \"y\", $$ -- z $$",
            "CREATE TABLE t (a int DEFAULT 1); SELECT 'x', \"Y\", $$ -- z  $$",
            "CREATE TABLE t (a int DEFAULT 1) SELECT 'x', \"Y\", $$ -- z $$",
            "CREATE TABLE t (a int DEFAULT 11); SELECT 'x', \"Y\", $$ -- z $$",
        ] {
            assert_ne!(base, digest(other), "{other}");
        }
    }
}
