//! The codes of findings and refusals: stable names, each with the exit status that it gives. The list
//! stands in the order of the rooms.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Exit;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal => $exit:ident,)+) => {
        /// The stable codes of findings and refusals.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every code, in the order of the rooms.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as people and scripts see it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The exit status of a command that this code stops.
            pub const fn exit(self) -> Exit {
                match self { $(Self::$variant => Exit::$exit,)+ }
            }

            /// What the code stands for, in one sentence.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc,)+),)+ }
            }
        }
    };
}

codes! {
    // source
    /// A file is larger than what is read.
    FileTooLarge = "file-too-large" => Invalid,
    /// A file is not valid UTF-8.
    EncodingInvalid = "encoding-invalid" => Invalid,
    /// A file starts with a byte order mark.
    ByteOrderMark = "byte-order-mark" => Invalid,
    /// A file holds a NUL byte.
    NulByte = "nul-byte" => Invalid,
    /// A file holds a carriage return.
    CarriageReturn = "carriage-return" => Invalid,
    /// A file holds a character that hides or reorders what a reader sees.
    HiddenCharacter = "hidden-character" => Invalid,

    // revision
    /// A revision's header is missing something or says it wrongly.
    HeaderInvalid = "header-invalid" => Invalid,
    /// A revision id is not 1 to 32 characters without `@ - + :` and white space.
    RevisionIdInvalid = "revision-id-invalid" => Invalid,
    /// A revision's section markers are missing, doubled or out of order.
    SectionInvalid = "section-invalid" => Invalid,

    // graph
    /// Two files carry the same revision id.
    DuplicateRevision = "duplicate-revision" => Invalid,
    /// A revision names a parent or dependency that is not there.
    UnknownParent = "unknown-parent" => Invalid,
    /// Revisions depend on one another in a circle.
    RevisionCycle = "revision-cycle" => Invalid,
    /// A branch label is used twice, or like an id.
    LabelConflict = "label-conflict" => Invalid,
    /// A selector is not well formed.
    SelectorInvalid = "selector-invalid" => Usage,
    /// A selector names no revision.
    RevisionUnknown = "revision-unknown" => Usage,
    /// A selector fits several revisions.
    RevisionAmbiguous = "revision-ambiguous" => Usage,
    /// There are several heads where one is needed.
    SeveralHeads = "several-heads" => Usage,
    /// A relative selector leaves the graph, or meets a branch.
    RelativeWalk = "relative-walk" => Usage,
    /// A downgrade names a revision that is not applied.
    TargetNotApplied = "target-not-applied" => Usage,
    /// The target's `alembic_version` names a revision that the project does not have.
    TrackedRevisionUnknown = "tracked-revision-unknown" => Unfit,
    /// The target's `alembic_version` holds a revision together with its ancestor.
    TrackedRevisionsOverlap = "tracked-revisions-overlap" => Unfit,

    // statement
    /// A quote, dollar quote, comment or parenthesis has no end.
    Unterminated = "unterminated" => Invalid,
    /// A psql meta-command stands where SQL is expected.
    MetaCommand = "meta-command" => Invalid,
    /// COPY FROM STDIN, whose data cannot stand in a revision.
    CopyFromStdin = "copy-from-stdin" => Invalid,
    /// A statement controls the transaction, which belongs to the plan.
    TransactionControl = "transaction-control" => Invalid,
    /// An identifier is longer than 63 bytes, so that PostgreSQL would cut it.
    IdentifierTooLong = "identifier-too-long" => Invalid,
    /// Expressions are nested too deeply to be read safely.
    NestingTooDeep = "nesting-too-deep" => Invalid,
    /// A password literal stands in a statement, and would reach logs, the plan and the ledger.
    PasswordLiteral = "password-literal" => Invalid,
    /// A statement reaches outside the database, where nothing can be tried or rolled back.
    ReachesOutside = "reaches-outside" => Refused,

    // import
    /// A part of another tool's migration cannot become the SQL of a revision.
    ImportUnconvertible = "import-unconvertible" => Invalid,
    /// It is not clear which tool's migrations a folder holds, or what one of its files is.
    ImportUnclear = "import-unclear" => Usage,
    /// Alembic is needed to read its project, and did not answer.
    AlembicFailed = "alembic-failed" => Usage,
    /// Another tool's tracking table is missing, or tells of failures or of holes.
    TrackingUnusable = "tracking-unusable" => Unfit,

    // catalog
    /// A file is not a snapshot in the strict format.
    SnapshotInvalid = "snapshot-invalid" => Usage,
    /// A snapshot has a format version that this enact does not know.
    SnapshotVersion = "snapshot-version" => Usage,

    // difference
    /// A declaration of a rename is not well formed.
    RenameInvalid = "rename-invalid" => Usage,
    /// A rename matches nothing: what it names is not there, or is not wanted under the new name.
    RenameUnmatched = "rename-unmatched" => Usage,

    // lint
    /// A lint rule found something; the finding names the rule.
    Lint = "lint" => No,
    /// An `enact:allow` comment silences nothing, or is not well formed.
    AllowUnused = "allow-unused" => No,

    // plan
    /// A plan file is not in the strict format.
    PlanInvalid = "plan-invalid" => Usage,
    /// A plan has a format version that this enact does not know.
    PlanVersion = "plan-version" => Usage,
    /// A revision on the path has no down part.
    Irreversible = "irreversible" => Refused,
    /// The target's schema is not what its revisions make.
    Drift = "drift" => Unfit,
    /// A stage changes an object that has drifted, so its result cannot be foretold.
    DriftInTheWay = "drift-in-the-way" => Unfit,
    /// A pattern of objects to leave out hides one that the revisions make or change.
    IgnoredObject = "ignored-object" => Usage,
    /// A revision was edited after it was applied.
    RevisionEdited = "revision-edited" => Invalid,
    /// No revision makes the schema that the database has.
    LocationUnknown = "location-unknown" => Unfit,
    /// Several revisions make the schema that the database has, and none was chosen.
    LocationAmbiguous = "location-ambiguous" => Usage,
    /// What differs from the nearest revision cannot all be brought there without loss.
    RepairIncomplete = "repair-incomplete" => Unfit,
    /// Whether a step of a repair goes well depends on the rows of the database.
    RepairMayFail = "repair-may-fail" => No,
    /// Compiling again does not give the same bytes.
    NotReproducible = "not-reproducible" => Unfit,
    /// A reading of the plan is not what its bytes render to.
    ReadingDiffers = "reading-differs" => Unapproved,
    /// A template does not render.
    TemplateInvalid = "template-invalid" => Usage,

    // approval
    /// The signers file is not acceptable as a whole.
    SignersInvalid = "signers-invalid" => Unapproved,
    /// The list of revoked keys cannot be read.
    RevokedInvalid = "revoked-invalid" => Unapproved,
    /// A signature file is not exactly one SSH signature.
    SignatureMalformed = "signature-malformed" => Unapproved,
    /// A signature is not over these bytes.
    SignatureMismatch = "signature-mismatch" => Unapproved,
    /// A signature is by a kind of key, or with an algorithm, that does not count.
    SignatureAlgorithm = "signature-algorithm" => Unapproved,
    /// A security key signed without being touched.
    SignatureUntouched = "signature-untouched" => Unapproved,
    /// A signature is in another namespace.
    SignatureNamespace = "signature-namespace" => Unapproved,
    /// A signature is by a key that the signers file does not list.
    SignerUnknown = "signer-unknown" => Unapproved,
    /// A signature is by a key that is revoked.
    SignerRevoked = "signer-revoked" => Unapproved,
    /// A signature is by a key that is not valid at this time.
    SignerExpired = "signer-expired" => Unapproved,
    /// A signature is by a key that may not sign for this purpose.
    SignerNotAllowed = "signer-not-allowed" => Unapproved,
    /// A signature file is named for another person than its key belongs to.
    SignerMisnamed = "signer-misnamed" => Unapproved,
    /// The plan's author signed as an approver.
    SignerIsAuthor = "signer-is-author" => Unapproved,
    /// One person approved more than once.
    SignerRepeated = "signer-repeated" => Unapproved,
    /// Fewer people approved than the policy asks for.
    ApprovalsMissing = "approvals-missing" => Unapproved,
    /// The policy asks for the author's signature, and it is missing.
    AuthorSignatureMissing = "author-signature-missing" => Unapproved,
    /// Another person signed as the author than the plan names.
    AuthorMismatch = "author-mismatch" => Unapproved,
    /// The plan's time has passed.
    PlanExpired = "plan-expired" => Unapproved,
    /// The clocks of host and database differ too much to judge times.
    ClockSkew = "clock-skew" => Unfit,
    /// The plan answers to a weaker policy than the environment has now.
    PolicyChanged = "policy-changed" => Refused,
    /// The environment asks for approvals, so this command does not act on its own.
    ApprovalRequired = "approval-required" => Refused,

    // ledger
    /// The ledger's chain is broken.
    LedgerBroken = "ledger-broken" => No,
    /// The ledger belongs to another target.
    LedgerForeign = "ledger-foreign" => No,
    /// An entry's payload is not in a form that this enact knows.
    LedgerUnreadable = "ledger-unreadable" => No,
    /// The ledger is shorter than, or differs from, what a plan witnessed.
    LedgerRewound = "ledger-rewound" => No,

    /// `alembic_version` is elsewhere than the ledger's last entry says.
    LedgerOutrun = "ledger-outrun" => No,

    // workspace
    /// No `enact.toml` was found.
    ProjectMissing = "project-missing" => Usage,
    /// `enact.toml` is not well formed.
    ConfigInvalid = "config-invalid" => Usage,
    /// An environment is named that the configuration does not have.
    EnvironmentUnknown = "environment-unknown" => Usage,
    /// A file or folder is missing.
    FileMissing = "file-missing" => Usage,
    /// A file or folder cannot be read.
    FileUnreadable = "file-unreadable" => Usage,
    /// A file or folder cannot be written.
    FileUnwritable = "file-unwritable" => Usage,
    /// A file exists that would be overwritten.
    FileExists = "file-exists" => Usage,
    /// The folder of revisions holds none.
    RevisionsMissing = "revisions-missing" => Invalid,
    /// git is needed and did not answer.
    GitFailed = "git-failed" => Usage,
    /// No plan fits the target's present state.
    PlanMissing = "plan-missing" => Usage,
    /// Several plans fit the target's present state.
    PlanAmbiguous = "plan-ambiguous" => Usage,

    // database
    /// Connection settings are not well formed.
    ConnectionInvalid = "connection-invalid" => Usage,
    /// The connection settings name no database.
    ConnectionMissing = "connection-missing" => Usage,
    /// A password file is left aside, because others may read it.
    PasswordFileIgnored = "password-file-ignored" => Usage,
    /// The server has no database of that name.
    DatabaseMissing = "database-missing" => Usage,
    /// The server cannot be reached.
    Unreachable = "unreachable" => Unreachable,
    /// The server did not accept the credentials.
    AuthenticationFailed = "authentication-failed" => Unreachable,
    /// The server's certificate is not acceptable, or it speaks no TLS.
    TlsFailed = "tls-failed" => Unreachable,
    /// The server's version is not supported.
    ServerVersion = "server-version" => Refused,
    /// The role lacks a right that the command needs.
    PermissionDenied = "permission-denied" => Refused,
    /// The server refused a statement of enact's own.
    DatabaseFailed = "database-failed" => Failed,
    /// The connection was lost.
    ConnectionLost = "connection-lost" => Unknown,
    /// `alembic_version` is not as Alembic makes it.
    VersionTableInvalid = "version-table-invalid" => Unfit,
    /// The server is a standby, or read-only.
    ReadOnlyServer = "read-only-server" => Unfit,
    /// A pooler stands between, so that locks do not hold.
    PoolerDetected = "pooler-detected" => Refused,
    /// Another runner holds the lock.
    LockHeld = "lock-held" => Locked,

    // shadow
    /// No PostgreSQL installation was found for the shadow.
    ShadowMissing = "shadow-missing" => Usage,
    /// The shadow did not start.
    ShadowFailed = "shadow-failed" => Usage,
    /// The installation at hand is of another major version than the target.
    ShadowVersion = "shadow-version" => Usage,
    /// A statement failed on the shadow.
    StatementFailed = "statement-failed" => Invalid,
    /// A statement cannot be tried on the shadow, for instance for want of an extension.
    CannotVerify = "cannot-verify" => Invalid,

    // compile
    /// A difference between two schemas cannot be written as SQL.
    NotExpressible = "not-expressible" => No,
    /// The schema that is written down is not what the revisions make.
    SchemaDiffers = "schema-differs" => No,

    /// A down part leaves another schema than the one before its up part.
    DownIncomplete = "down-incomplete" => No,

    // signing
    /// There is no key to sign with, or it cannot be read.
    SigningKeyMissing = "signing-key-missing" => Usage,
    /// `ssh-keygen` is missing, or did not sign.
    SigningFailed = "signing-failed" => Usage,

    // apply
    /// The plan was made for another database.
    WrongTarget = "wrong-target" => Unfit,
    /// The plan was made for another environment.
    WrongEnvironment = "wrong-environment" => Unfit,
    /// The target's heads are not those that the plan starts from.
    StaleHeads = "stale-heads" => Unfit,
    /// The target's ledger is not where the plan expects it.
    StaleLedger = "stale-ledger" => Unfit,
    /// The target's schema is not the one that the plan was made for.
    StaleSchema = "stale-schema" => Unfit,
    /// The session's role makes objects with other rights than the plan foretells.
    RoleDiffers = "role-differs" => Unfit,
    /// The plan was applied before.
    PlanConsumed = "plan-consumed" => Unfit,
    /// An object stands in the way that the plan would make.
    ObjectInTheWay = "object-in-the-way" => Unfit,
    /// A statement failed; its stage was rolled back.
    StageFailed = "stage-failed" => Failed,
    /// A statement failed; earlier stages stay.
    StagePartial = "stage-partial" => Partial,
    /// A stage left its transaction, changed the role, or lost the lock; it was rolled back.
    FenceBroken = "fence-broken" => Failed,
    /// A stage did not make what the plan says; it was rolled back.
    UnexpectedEffect = "unexpected-effect" => Failed,
    /// After the last stage the schema is not what the plan says.
    UnexpectedSchema = "unexpected-schema" => Partial,
    /// An object that the plan leaves out is gone since its application began.
    IgnoredObjectGone = "ignored-object-gone" => No,
    /// The outcome of a commit is not known.
    OutcomeUnknown = "outcome-unknown" => Unknown,
    /// A person must look: the record and the database disagree.
    RecoveryNeeded = "recovery-needed" => Partial,
    /// The lock that a statement needs was not obtained in time; the stage was rolled back.
    LockTimeout = "lock-timeout" => Failed,

    // doctor
    /// `alembic_version` stands in no schema of the search path, and so is not found.
    VersionTableElsewhere = "version-table-elsewhere" => No,
    /// Several schemas of the search path have an `alembic_version`.
    VersionTableSeveral = "version-table-several" => No,
    /// `alembic_version` has no primary key on its column.
    VersionTableUnkeyed = "version-table-unkeyed" => No,
    /// The column of `alembic_version` is not `varchar(32)`.
    VersionColumnAltered = "version-column-altered" => No,
    /// A revision stands in `alembic_version` more than once.
    TrackedRowsDoubled = "tracked-rows-doubled" => No,
    /// A row of `alembic_version` cannot be a revision id.
    TrackedRowInvalid = "tracked-row-invalid" => No,
    /// The database has a schema, and nothing tells at which revision it is.
    DatabaseUntracked = "database-untracked" => Unfit,
    /// `alembic_version` names revisions that make something, and the schema is empty.
    SchemaMissing = "schema-missing" => No,
    /// A marker says that a stage happened, and the ledger does not tell of it.
    MarkerUntold = "marker-untold" => No,
    /// The ledger tells of a stage that has no marker.
    MarkerMissing = "marker-missing" => No,
    /// A stage outside a transaction was begun, and is not recorded as done.
    IntentLeft = "intent-left" => No,
    /// An index is invalid: its concurrent build or removal did not end.
    IndexInvalid = "index-invalid" => No,
    /// A partition's concurrent detaching did not end.
    DetachPending = "detach-pending" => No,

    // cli
    /// The command line is not well formed.
    UsageInvalid = "usage-invalid" => Usage,
    /// What is to be compared is named so that it may be several things.
    SideAmbiguous = "side-ambiguous" => Usage,
    /// What is to be compared is not there: no database, revision, file or snapshot has the name.
    SideUnknown = "side-unknown" => Usage,
    /// The command did its work, and its result could not be written to standard output.
    ResultUnwritable = "result-unwritable" => Usage,
    /// A confirmation is needed, and nobody can be asked.
    ConfirmationNeeded = "confirmation-needed" => Refused,
    /// The person declined.
    Declined = "declined" => Refused,
    /// Stopped by a signal, cleanly.
    Interrupted = "interrupted" => Interrupted,
    /// Revisions are pending.
    Pending = "pending" => No,
    /// A defect of enact itself.
    Bug = "bug" => Bug,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
