//! How a statement and a transaction go together.
//!
//! In: a statement's text and kind. Out: its [`TransactionRule`]. What only the catalog or a body
//! can tell (REINDEX of a partitioned table, CLUSTER of one, a CALL that commits) is not here: the
//! shadow sees it.

use super::kind::Kind;
use super::name::Cursor;
use super::token::TokenKind;

/// How a statement and a transaction go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionRule {
    /// Runs in a transaction with others.
    Inside,
    /// Cannot run inside a transaction block (SQLSTATE 25001), so it is a stage of its own.
    Outside,
    /// Runs inside, but what it makes can be used only after the commit.
    CommitAfter,
}

impl TransactionRule {
    /// The rule for the statement `sql` of kind `kind`. Each row was run on PostgreSQL 13 to 18.
    #[expect(clippy::match_same_arms, reason = "a row a fact")]
    pub(super) fn of(sql: &str, kind: Kind) -> Self {
        let outside = match kind {
            // Builds and drops that commit in between.
            Kind::CreateIndexConcurrently | Kind::DropIndexConcurrently => true,
            // One transaction a table: always for a schema or database, else if concurrently.
            Kind::ReindexSchema | Kind::ReindexDatabase | Kind::ReindexSystem => true,
            Kind::ReindexIndex | Kind::ReindexTable | Kind::Reindex => {
                super::index::reindexes_concurrently(sql)
            }
            // Any form; ANALYZE runs inside.
            Kind::Vacuum => true,
            // All tables, one transaction each; with a table it runs inside.
            Kind::Cluster => names_no_table(sql),
            // PostgreSQL 19's, not tried: alone is always right.
            Kind::Repack => true,
            // Waits for others in between; plain DETACH and FINALIZE run inside.
            Kind::AlterTable => detaches_concurrently(sql),
            _ => false,
        };
        if outside {
            Self::Outside
        } else if kind == Kind::AlterType && adds_enum_value(sql) {
            // The new label raises 55P04 until it is committed.
            Self::CommitAfter
        } else {
            Self::Inside
        }
    }
}

/// `CLUSTER [VERBOSE | ( … )]` and nothing more.
fn names_no_table(sql: &str) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.advance();
    cursor.parenthesised();
    cursor.word("verbose");
    cursor.peek().is_none()
}

/// `ALTER TABLE … DETACH PARTITION name CONCURRENTLY`: the word comes last, and DETACH cannot be
/// combined with other changes.
fn detaches_concurrently(sql: &str) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.words("alter table");
    cursor.words("if exists");
    cursor.word("only");
    let named = cursor.qualified_name().is_some();
    // `ALTER TABLE name *` says that descendants are meant.
    if cursor.peek().is_some_and(|token| token.kind == TokenKind::Operator) {
        cursor.advance();
    }
    named
        && cursor.words("detach partition")
        && cursor.qualified_name().is_some()
        && cursor.word("concurrently")
}

/// `ALTER TYPE name ADD VALUE`.
fn adds_enum_value(sql: &str) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.words("alter type") && cursor.qualified_name().is_some() && cursor.words("add value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(sql: &str) -> TransactionRule {
        TransactionRule::of(sql, Kind::of(sql))
    }

    #[test]
    fn statements_that_commit_in_between_stand_alone() {
        for sql in [
            "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX (CONCURRENTLY) TABLE t",
            "REINDEX (VERBOSE, CONCURRENTLY on) INDEX i",
            "REINDEX INDEX CONCURRENTLY i",
            "REINDEX SCHEMA s",
            "VACUUM",
            "VACUUM (ANALYZE) t",
            "CLUSTER",
            "CLUSTER (VERBOSE)",
            "ALTER TABLE ONLY a.t DETACH PARTITION p CONCURRENTLY",
            "alter table if exists t * detach partition b.\"p\" /* x */ concurrently",
        ] {
            assert_eq!(rule(sql), TransactionRule::Outside, "{sql}");
        }
    }

    #[test]
    fn their_neighbours_run_inside() {
        for sql in [
            "CREATE INDEX i ON t (a)",
            "REINDEX TABLE t",
            "REINDEX (CONCURRENTLY false) TABLE t",
            "REINDEX INDEX \"concurrently\"",
            "ANALYZE t",
            "CLUSTER t",
            "CLUSTER VERBOSE t USING i",
            "ALTER TABLE t DETACH PARTITION p",
            "ALTER TABLE t DETACH PARTITION p FINALIZE",
            "ALTER TABLE t DETACH PARTITION \"concurrently\"",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
            "ALTER TYPE t RENAME VALUE 'a' TO 'b'",
            "ALTER TYPE t ADD ATTRIBUTE value int",
        ] {
            assert_eq!(rule(sql), TransactionRule::Inside, "{sql}");
        }
    }

    #[test]
    fn a_new_label_needs_a_commit() {
        for sql in ["ALTER TYPE s.t ADD VALUE 'x'", "alter type t add value if not exists 'x'"] {
            assert_eq!(rule(sql), TransactionRule::CommitAfter, "{sql}");
        }
    }
}
