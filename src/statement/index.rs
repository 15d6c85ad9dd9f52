//! Index statements, read exactly: after a crash, recovery asks the catalog for this very index.
//!
//! In: a statement's text and kind. Out: an `IndexStatement`, with names as the catalog has
//! them. Read from the tokens, because sqlparser takes `DROP INDEX CONCURRENTLY` without a name
//! for the drop of an index of that name, and reads no REINDEX.

use super::kind::Kind;
use super::name::{Cursor, QualifiedName};

/// What is done to an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexOperation {
    /// CREATE INDEX.
    Create,
    /// DROP INDEX.
    Drop,
    /// REINDEX.
    Reindex,
}

/// A statement that builds, drops or rebuilds indexes concurrently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// What is done.
    pub operation: IndexOperation,
    /// The index. CREATE INDEX may leave the name to PostgreSQL; REINDEX may name a table or a
    /// schema instead. A created index is named without a schema: it goes where its table is.
    pub name: Option<QualifiedName>,
    /// The table, where the statement names one.
    pub table: Option<QualifiedName>,
    /// Whether the index is unique (CREATE INDEX only).
    pub unique: bool,
    /// Whether it says IF NOT EXISTS: an invalid index of that name is then skipped in silence.
    pub if_not_exists: bool,
    /// Whether it says IF EXISTS.
    pub if_exists: bool,
}

/// The concurrent index statement `sql`, if it is one. `None` also where its names cannot be read.
pub(super) fn concurrent(sql: &str, kind: Kind) -> Option<ConcurrentIndex> {
    match kind {
        Kind::CreateIndexConcurrently => create(sql),
        Kind::DropIndexConcurrently => drop(sql),
        Kind::ReindexIndex
        | Kind::ReindexTable
        | Kind::ReindexSchema
        | Kind::ReindexDatabase
        | Kind::ReindexSystem => reindex(sql, kind).filter(|_| reindexes_concurrently(sql)),
        _ => None,
    }
}

const NOTHING: ConcurrentIndex = ConcurrentIndex {
    operation: IndexOperation::Create,
    name: None,
    table: None,
    unique: false,
    if_not_exists: false,
    if_exists: false,
};

/// `CREATE [UNIQUE] INDEX [CONCURRENTLY] [[IF NOT EXISTS] name] ON [ONLY] table`.
pub(super) fn create(sql: &str) -> Option<ConcurrentIndex> {
    let mut cursor = Cursor::new(sql);
    cursor.word("create");
    let unique = cursor.word("unique");
    cursor.word("index");
    cursor.word("concurrently");
    let if_not_exists = cursor.words("if not exists");
    let name = if cursor.word("on") {
        None
    } else {
        let name = cursor.qualified_name()?;
        if !cursor.word("on") {
            return None;
        }
        Some(name)
    };
    cursor.word("only");
    Some(ConcurrentIndex {
        operation: IndexOperation::Create,
        name,
        table: Some(cursor.qualified_name()?),
        unique,
        if_not_exists,
        ..NOTHING
    })
}

/// `DROP INDEX CONCURRENTLY [IF EXISTS] name`. PostgreSQL takes only one name here.
fn drop(sql: &str) -> Option<ConcurrentIndex> {
    let mut cursor = Cursor::new(sql);
    cursor.words("drop index concurrently");
    let if_exists = cursor.words("if exists");
    Some(ConcurrentIndex {
        operation: IndexOperation::Drop,
        name: Some(cursor.qualified_name()?),
        if_exists,
        ..NOTHING
    })
}

/// `REINDEX [( … )] INDEX|TABLE|… [CONCURRENTLY] name`; a database's name may be missing.
pub(super) fn reindex(sql: &str, kind: Kind) -> Option<ConcurrentIndex> {
    let mut cursor = Cursor::new(sql);
    cursor.word("reindex");
    cursor.parenthesised();
    cursor.advance();
    cursor.word("concurrently");
    let object = cursor.qualified_name();
    let (name, table) = match kind {
        Kind::ReindexIndex => (Some(object?), None),
        Kind::ReindexTable => (None, Some(object?)),
        _ => (None, None),
    };
    Some(ConcurrentIndex { operation: IndexOperation::Reindex, name, table, ..NOTHING })
}

/// Whether a REINDEX says CONCURRENTLY, as an option or as a word after its object's kind.
pub(super) fn reindexes_concurrently(sql: &str) -> bool {
    let mut cursor = Cursor::new(sql);
    cursor.word("reindex");
    let mut concurrently = false;
    if cursor.mark(b'(') {
        while let Some(token) = cursor.advance() {
            if token.is_mark(b')') {
                break;
            }
            // An option without a value is on; the last one of a name counts.
            if cursor.is_word(token, "concurrently") {
                let off = cursor.peek().is_some_and(|value| {
                    ["false", "off", "0"].contains(
                        &cursor.text(value).trim_matches('\'').to_ascii_lowercase().as_str(),
                    )
                });
                concurrently = !off;
            }
        }
    }
    cursor.advance();
    concurrently || cursor.word("concurrently")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Option<ConcurrentIndex> {
        concurrent(sql, Kind::of(sql))
    }

    fn name(sql: &str) -> Option<String> {
        read(sql)?.name.map(|name| name.to_string())
    }

    #[test]
    fn a_created_index_is_read_with_its_table() {
        let index = read(
            "create unique index /* ; */ concurrently if not exists \"My idx\" on only Public.Cats (a)",
        )
        .unwrap();
        assert_eq!(index.name.unwrap().to_string(), "\"My idx\"");
        assert_eq!(index.table.unwrap().to_string(), "public.cats");
        assert!(index.unique && index.if_not_exists && !index.if_exists);
        assert_eq!(name("CREATE INDEX CONCURRENTLY ON t (a)"), None);
        assert!(read("CREATE INDEX CONCURRENTLY ON t (a)").unwrap().table.is_some());
        assert_eq!(read("CREATE INDEX i ON t (a)"), None);
    }

    #[test]
    fn a_dropped_index_is_never_named_concurrently_by_mistake() {
        assert_eq!(name("DROP INDEX CONCURRENTLY IF EXISTS s.I").unwrap(), "s.i");
        assert_eq!(read("DROP INDEX CONCURRENTLY"), None);
        assert_eq!(name("DROP INDEX CONCURRENTLY \"concurrently\"").unwrap(), "\"concurrently\"");
    }

    #[test]
    fn reindex_names_an_index_or_a_table() {
        let table = read("REINDEX (VERBOSE, CONCURRENTLY TRUE) TABLE s.t").unwrap();
        assert_eq!((table.name, table.table.unwrap().to_string()), (None, "s.t".into()));
        assert_eq!(name("REINDEX INDEX CONCURRENTLY i").unwrap(), "i");
        assert_eq!(read("REINDEX (CONCURRENTLY off) INDEX i"), None);
        assert_eq!(read("REINDEX SCHEMA s"), None);
        assert!(read("REINDEX SCHEMA CONCURRENTLY s").is_some());
    }
}
