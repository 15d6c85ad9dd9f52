//! Every statement of PostgreSQL 14 to 18 (and REPACK of 19), by name.
//!
//! In: nothing. Out: [`Kind`], and the table of keywords that `keyword` reads by.

use std::fmt;

macro_rules! kinds {
    ($($verb:literal { $($variant:ident $object:literal,)+ })+) => {
        /// What a statement is, as its leading keywords say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[doc = concat!("`", $verb, $object, "`")] $variant,)+)+
            /// A statement whose first word PostgreSQL 14 to 18 do not know.
            Other,
        }

        impl Kind {
            /// Every kind that has keywords of its own.
            pub const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            /// The keywords that name the kind, as plans show them.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$variant => concat!($verb, $object),)+)+
                    Self::Other => "statement",
                }
            }
        }

        /// First words, each with the objects that may follow; of two that fit the longer stands first.
        pub(super) const VERBS: &[(&str, &[(&str, Kind)])] =
            &[$(($verb, &[$(($object, Kind::$variant),)+]),)+];
    };
}

kinds! {
    "CREATE" {
        CreateAccessMethod " ACCESS METHOD",
        CreateAggregate " AGGREGATE",
        CreateCast " CAST",
        CreateCollation " COLLATION",
        CreateConversion " CONVERSION",
        CreateDatabase " DATABASE",
        CreateDomain " DOMAIN",
        CreateEventTrigger " EVENT TRIGGER",
        CreateExtension " EXTENSION",
        CreateForeignDataWrapper " FOREIGN DATA WRAPPER",
        CreateForeignTable " FOREIGN TABLE",
        CreateFunction " FUNCTION",
        CreateGroup " GROUP",
        CreateIndexConcurrently " INDEX CONCURRENTLY",
        CreateIndex " INDEX",
        CreateLanguage " LANGUAGE",
        CreateMaterializedView " MATERIALIZED VIEW",
        CreateOperatorClass " OPERATOR CLASS",
        CreateOperatorFamily " OPERATOR FAMILY",
        CreateOperator " OPERATOR",
        CreatePolicy " POLICY",
        CreateProcedure " PROCEDURE",
        CreatePublication " PUBLICATION",
        CreateRole " ROLE",
        CreateRule " RULE",
        CreateSchema " SCHEMA",
        CreateSequence " SEQUENCE",
        CreateServer " SERVER",
        CreateStatistics " STATISTICS",
        CreateSubscription " SUBSCRIPTION",
        CreateTable " TABLE",
        CreateTablespace " TABLESPACE",
        CreateTextSearchConfiguration " TEXT SEARCH CONFIGURATION",
        CreateTextSearchDictionary " TEXT SEARCH DICTIONARY",
        CreateTextSearchParser " TEXT SEARCH PARSER",
        CreateTextSearchTemplate " TEXT SEARCH TEMPLATE",
        CreateTransform " TRANSFORM",
        CreateTrigger " TRIGGER",
        CreateType " TYPE",
        CreateUserMapping " USER MAPPING",
        CreateUser " USER",
        CreateView " VIEW",
    }
    "ALTER" {
        AlterAggregate " AGGREGATE",
        AlterCollation " COLLATION",
        AlterConversion " CONVERSION",
        AlterDatabase " DATABASE",
        AlterDefaultPrivileges " DEFAULT PRIVILEGES",
        AlterDomain " DOMAIN",
        AlterEventTrigger " EVENT TRIGGER",
        AlterExtension " EXTENSION",
        AlterForeignDataWrapper " FOREIGN DATA WRAPPER",
        AlterForeignTable " FOREIGN TABLE",
        AlterFunction " FUNCTION",
        AlterGroup " GROUP",
        AlterIndex " INDEX",
        AlterLanguage " LANGUAGE",
        AlterLargeObject " LARGE OBJECT",
        AlterMaterializedView " MATERIALIZED VIEW",
        AlterOperatorClass " OPERATOR CLASS",
        AlterOperatorFamily " OPERATOR FAMILY",
        AlterOperator " OPERATOR",
        AlterPolicy " POLICY",
        AlterProcedure " PROCEDURE",
        AlterPublication " PUBLICATION",
        AlterRole " ROLE",
        AlterRoutine " ROUTINE",
        AlterRule " RULE",
        AlterSchema " SCHEMA",
        AlterSequence " SEQUENCE",
        AlterServer " SERVER",
        AlterStatistics " STATISTICS",
        AlterSubscription " SUBSCRIPTION",
        AlterSystem " SYSTEM",
        AlterTable " TABLE",
        AlterTablespace " TABLESPACE",
        AlterTextSearchConfiguration " TEXT SEARCH CONFIGURATION",
        AlterTextSearchDictionary " TEXT SEARCH DICTIONARY",
        AlterTextSearchParser " TEXT SEARCH PARSER",
        AlterTextSearchTemplate " TEXT SEARCH TEMPLATE",
        AlterTrigger " TRIGGER",
        AlterType " TYPE",
        AlterUserMapping " USER MAPPING",
        AlterUser " USER",
        AlterView " VIEW",
    }
    "DROP" {
        DropAccessMethod " ACCESS METHOD",
        DropAggregate " AGGREGATE",
        DropCast " CAST",
        DropCollation " COLLATION",
        DropConversion " CONVERSION",
        DropDatabase " DATABASE",
        DropDomain " DOMAIN",
        DropEventTrigger " EVENT TRIGGER",
        DropExtension " EXTENSION",
        DropForeignDataWrapper " FOREIGN DATA WRAPPER",
        DropForeignTable " FOREIGN TABLE",
        DropFunction " FUNCTION",
        DropGroup " GROUP",
        DropIndexConcurrently " INDEX CONCURRENTLY",
        DropIndex " INDEX",
        DropLanguage " LANGUAGE",
        DropMaterializedView " MATERIALIZED VIEW",
        DropOperatorClass " OPERATOR CLASS",
        DropOperatorFamily " OPERATOR FAMILY",
        DropOperator " OPERATOR",
        DropOwned " OWNED",
        DropPolicy " POLICY",
        DropProcedure " PROCEDURE",
        DropPublication " PUBLICATION",
        DropRole " ROLE",
        DropRoutine " ROUTINE",
        DropRule " RULE",
        DropSchema " SCHEMA",
        DropSequence " SEQUENCE",
        DropServer " SERVER",
        DropStatistics " STATISTICS",
        DropSubscription " SUBSCRIPTION",
        DropTable " TABLE",
        DropTablespace " TABLESPACE",
        DropTextSearchConfiguration " TEXT SEARCH CONFIGURATION",
        DropTextSearchDictionary " TEXT SEARCH DICTIONARY",
        DropTextSearchParser " TEXT SEARCH PARSER",
        DropTextSearchTemplate " TEXT SEARCH TEMPLATE",
        DropTransform " TRANSFORM",
        DropTrigger " TRIGGER",
        DropType " TYPE",
        DropUserMapping " USER MAPPING",
        DropUser " USER",
        DropView " VIEW",
    }
    "SELECT" { Select "", }
    "INSERT" { Insert "", }
    "UPDATE" { Update "", }
    "DELETE" { Delete "", }
    "MERGE" { Merge "", }
    "VALUES" { Values "", }
    "TABLE" { Table "", }
    "COMMENT" { Comment "", }
    "GRANT" { Grant "", }
    "REVOKE" { Revoke "", }
    "SET" {
        SetConstraints " CONSTRAINTS",
        SetRole " ROLE",
        SetSessionAuthorization " SESSION AUTHORIZATION",
        SetSessionCharacteristics " SESSION CHARACTERISTICS",
        SetTransaction " TRANSACTION",
        Set "",
    }
    "RESET" { Reset "", }
    "SHOW" { Show "", }
    "DO" { Do "", }
    "CALL" { Call "", }
    "TRUNCATE" { Truncate "", }
    "COPY" { Copy "", }
    "REINDEX" {
        ReindexIndex " INDEX",
        ReindexTable " TABLE",
        ReindexSchema " SCHEMA",
        ReindexDatabase " DATABASE",
        ReindexSystem " SYSTEM",
        Reindex "",
    }
    "REFRESH" { RefreshMaterializedView " MATERIALIZED VIEW", }
    "VACUUM" { Vacuum "", }
    "ANALYZE" { Analyze "", }
    "CLUSTER" { Cluster "", }
    "REPACK" { Repack "", }
    "LOCK" { Lock "", }
    "BEGIN" { Begin "", }
    "START" { StartTransaction " TRANSACTION", }
    "COMMIT" { CommitPrepared " PREPARED", Commit "", }
    "END" { End "", }
    "ROLLBACK" { RollbackPrepared " PREPARED", Rollback "", }
    "ABORT" { Abort "", }
    "SAVEPOINT" { Savepoint "", }
    "RELEASE" { Release "", }
    "PREPARE" { PrepareTransaction " TRANSACTION", Prepare "", }
    "EXECUTE" { Execute "", }
    "DEALLOCATE" { Deallocate "", }
    "EXPLAIN" { Explain "", }
    "SECURITY" { SecurityLabel " LABEL", }
    "IMPORT" { ImportForeignSchema " FOREIGN SCHEMA", }
    "REASSIGN" { ReassignOwned " OWNED", }
    "DISCARD" { DiscardAll " ALL", Discard "", }
    "DECLARE" { Declare "", }
    "FETCH" { Fetch "", }
    "MOVE" { Move "", }
    "CLOSE" { Close "", }
    "LISTEN" { Listen "", }
    "UNLISTEN" { Unlisten "", }
    "NOTIFY" { Notify "", }
    "LOAD" { Load "", }
    "CHECKPOINT" { Checkpoint "", }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
