//! Statements that a revision must not hold, whatever PostgreSQL thinks of them.
//!
//! In: a statement's text and kind. Out: [`Offence`]s. They are refused before any shadow sees
//! them: transaction control is the plan's, a password would reach logs and the ledger, and what
//! reaches outside the database can be neither tried nor rolled back.

use std::ops::Range;

use crate::diagnostic::Code;

use super::kind::Kind;
use super::name::{Cursor, identifier};
use super::token::{Lexer, TokenKind};

/// Why a statement is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Offence {
    pub(super) code: Code,
    /// Where in the statement.
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: &'static str,
    /// Whether the text at `range` is itself a secret and must not be shown.
    pub(super) secret: bool,
}

/// What is wrong with the statement `sql` of kind `kind`.
pub(super) fn offences(sql: &str, kind: Kind) -> Vec<Offence> {
    let mut offences = Vec::new();
    if let Some((code, message, help)) = forbidden(sql, kind) {
        offences.push(Offence { code, range: 0..sql.len(), message, help, secret: false });
    }
    offences.extend(passwords(sql, kind).into_iter().map(|range| Offence {
        code: Code::PasswordLiteral,
        range,
        message: format!("`{kind}` holds a password, which would reach logs, the plan and the ledger"),
        help: "create the role without it, and set the password outside revisions, for instance with psql's \\password",
        secret: true,
    }));
    offences
}

/// Whether a statement would end, or reset, what its stage runs in.
pub(super) fn controls_transaction(sql: &str, kind: Kind) -> bool {
    forbidden(sql, kind).is_some_and(|(code, ..)| code == Code::TransactionControl)
}

/// The kinds that are refused whole.
fn forbidden(sql: &str, kind: Kind) -> Option<(Code, String, &'static str)> {
    use Kind as K;
    let control = |help| {
        let message = format!("`{kind}` controls the transaction, which belongs to the plan");
        Some((Code::TransactionControl, message, help))
    };
    let outside = |reach: &str, help| {
        let message = format!("`{kind}` {reach}, where it can be neither tried nor rolled back");
        Some((Code::ReachesOutside, message, help))
    };
    match kind {
        K::Begin | K::StartTransaction | K::Commit | K::End => control(
            "remove it: enact puts every stage into a transaction of its own, and shows where each commits",
        ),
        K::Rollback | K::Abort => control(
            "remove it: a statement that fails rolls its stage back, and a `-- migrate:down` part undoes a revision",
        ),
        K::Savepoint | K::Release => control(
            "remove it: a stage is applied whole or not at all; catch errors with an EXCEPTION block in a DO",
        ),
        K::PrepareTransaction | K::CommitPrepared | K::RollbackPrepared => {
            control("remove it: two-phase commit is not part of a revision")
        }
        K::SetTransaction | K::SetSessionCharacteristics => {
            control("remove it: the plan sets how its transactions run")
        }
        K::DiscardAll => Some((
            Code::TransactionControl,
            "`DISCARD ALL` resets the session, and with it the lock that guards the plan"
                .to_owned(),
            "remove it, or discard only what is meant: `DISCARD PLANS`, `DISCARD TEMP`",
        )),
        K::CreateDatabase | K::DropDatabase => outside(
            "changes the cluster",
            "create and drop databases outside revisions, before enact connects",
        ),
        K::CreateTablespace | K::AlterTablespace | K::DropTablespace => {
            outside("changes the cluster's storage", "manage tablespaces outside revisions")
        }
        K::AlterSystem => outside(
            "changes the server's configuration",
            "set it in the server's configuration, or with ALTER DATABASE … SET",
        ),
        K::CreateSubscription | K::AlterSubscription | K::DropSubscription => {
            outside("acts on another server", "manage subscriptions outside revisions")
        }
        K::ImportForeignSchema => outside(
            "reads from another server",
            "write the foreign tables out with CREATE FOREIGN TABLE",
        ),
        K::Load => {
            outside("loads a library into the server", "name it in session_preload_libraries")
        }
        K::AlterDatabase if moves_database(sql) => {
            outside("moves the database's files", "move databases outside revisions")
        }
        K::Copy => copy(sql),
        _ => None,
    }
}

/// `ALTER DATABASE name SET TABLESPACE`.
fn moves_database(sql: &str) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.words("alter database")
        && cursor.qualified_name().is_some()
        && cursor.words("set tablespace")
}

/// Where a COPY reads from or writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copies {
    In,
    Out,
    Program,
    File,
}

/// Whether `sql` is a COPY whose data would follow it in the file.
pub(super) fn copies_in(sql: &str) -> bool {
    copies(sql) == Some(Copies::In)
}

fn copies(sql: &str) -> Option<Copies> {
    let mut cursor = Cursor::new(sql);
    if !cursor.word("copy") {
        return None;
    }
    let reads = loop {
        if cursor.parenthesised() {
            continue;
        }
        if cursor.word("from") {
            break true;
        }
        if cursor.word("to") {
            break false;
        }
        cursor.advance()?;
    };
    let client = cursor.word("stdin") || cursor.word("stdout");
    Some(match (client, reads) {
        (true, true) => Copies::In,
        (true, false) => Copies::Out,
        _ if cursor.word("program") => Copies::Program,
        _ => Copies::File,
    })
}

fn copy(sql: &str) -> Option<(Code, String, &'static str)> {
    let outside = |what: &str, help| {
        let message = format!("`COPY` {what}, where it can be neither tried nor rolled back");
        Some((Code::ReachesOutside, message, help))
    };
    match copies(sql)? {
        Copies::In => Some((
            Code::CopyFromStdin,
            "`COPY … FROM STDIN` needs data that cannot stand in a revision".to_owned(),
            "write the rows as INSERT … VALUES, or load them with a tool made for it",
        )),
        Copies::Out => outside("sends rows to the client", "export data outside revisions"),
        Copies::Program => {
            outside("runs a program on the server", "run programs outside revisions")
        }
        Copies::File => outside(
            "reads or writes a file of the server",
            "write the rows as INSERT … VALUES, or load them with a tool made for it",
        ),
    }
}

/// The places of password literals in `sql`.
fn passwords(sql: &str, kind: Kind) -> Vec<Range<usize>> {
    use Kind as K;
    match kind {
        K::CreateRole
        | K::CreateUser
        | K::CreateGroup
        | K::AlterRole
        | K::AlterUser
        | K::AlterGroup
        | K::CreateUserMapping
        | K::AlterUserMapping
        | K::CreateServer
        | K::AlterServer => {}
        // The connection string stands after CONNECTION.
        K::CreateSubscription | K::AlterSubscription => {
            return literals_after(sql, "connection")
                .into_iter()
                .filter(|range| sql[range.clone()].to_ascii_lowercase().contains("password"))
                .collect();
        }
        _ => return Vec::new(),
    }
    literals_after(sql, "password")
}

/// The string constants that directly follow the name `word`.
fn literals_after(sql: &str, word: &str) -> Vec<Range<usize>> {
    let mut follows = false;
    let mut found = Vec::new();
    for token in Lexer::new(sql).filter(|token| !token.is_trivia()) {
        if follows && token.is_text() {
            found.push(token.range());
        }
        // A password may go on in a second string on the next line.
        follows = (follows && token.is_text())
            || (matches!(token.kind, TokenKind::Word | TokenKind::QuotedName)
                && identifier(token.kind, &sql[token.range()]).as_deref() == Some(word));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(sql: &str) -> Vec<Code> {
        offences(sql, Kind::of(sql)).iter().map(|o| o.code).collect()
    }

    #[test]
    fn transaction_control_belongs_to_the_plan() {
        for sql in [
            "begin",
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "START TRANSACTION",
            "COMMIT AND CHAIN",
            "END",
            "ROLLBACK",
            "ROLLBACK TO SAVEPOINT a",
            "ROLLBACK AND CHAIN",
            "ABORT",
            "SAVEPOINT a",
            "RELEASE a",
            "PREPARE TRANSACTION 'x'",
            "COMMIT PREPARED 'x'",
            "ROLLBACK PREPARED 'x'",
            "SET TRANSACTION READ ONLY",
            "SET LOCAL TRANSACTION READ ONLY",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "DISCARD ALL",
        ] {
            assert_eq!(codes(sql), [Code::TransactionControl], "{sql}");
        }
        for sql in ["PREPARE transactions AS SELECT 1", "DISCARD PLANS", "SET LOCAL x.y = 1"] {
            assert_eq!(codes(sql), [], "{sql}");
        }
    }

    #[test]
    fn copy_is_judged_by_where_it_reads_and_writes() {
        for (sql, code) in [
            ("COPY t (a, b) FROM STDIN WITH (FORMAT csv)", Code::CopyFromStdin),
            ("copy t from /* x */ stdout", Code::CopyFromStdin),
            ("COPY (SELECT a FROM stdin) TO STDOUT", Code::ReachesOutside),
            ("COPY t TO PROGRAM 'cat'", Code::ReachesOutside),
            ("COPY \"from\" FROM '/tmp/x'", Code::ReachesOutside),
        ] {
            assert_eq!(codes(sql), [code], "{sql}");
        }
    }

    #[test]
    fn passwords_are_found_and_their_absence_is_fine() {
        for sql in [
            "CREATE ROLE r LOGIN PASSWORD 'x'",
            "ALTER USER r WITH ENCRYPTED PASSWORD /* */ E'x'",
            "CREATE USER MAPPING FOR r SERVER s OPTIONS (user 'u', \"password\" 'x')",
            "ALTER ROLE r PASSWORD $$x$$",
        ] {
            assert_eq!(codes(sql), [Code::PasswordLiteral], "{sql}");
        }
        for sql in [
            "ALTER ROLE r PASSWORD NULL",
            "CREATE ROLE password",
            "COMMENT ON ROLE r IS 'password'",
        ] {
            assert_eq!(codes(sql), [], "{sql}");
        }
        assert_eq!(
            codes("CREATE SUBSCRIPTION s CONNECTION 'host=h password=x' PUBLICATION p"),
            [Code::ReachesOutside, Code::PasswordLiteral]
        );
    }

    #[test]
    fn what_reaches_outside_is_refused_and_its_neighbours_are_not() {
        for sql in [
            "CREATE DATABASE d",
            "DROP TABLESPACE t",
            "ALTER SYSTEM SET x = 1",
            "LOAD 'x'",
            "ALTER DATABASE d SET TABLESPACE t",
            "IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b",
        ] {
            assert_eq!(codes(sql), [Code::ReachesOutside], "{sql}");
        }
        for sql in ["CREATE SERVER s FOREIGN DATA WRAPPER w", "ALTER DATABASE d SET x = 1"] {
            assert_eq!(codes(sql), [], "{sql}");
        }
    }
}
