//! Reads the schema of the target: one `.sql` file a kind of object, run as it stands.
//!
//! In: a connection. Out: a [`Catalog`](crate::catalog::Catalog), or the digests of single objects for
//! the executor. Any role can read it: only `pg_catalog` is asked, nothing that needs a right. Every
//! statement runs under [`SETTINGS`], so that the server writes the same words whatever the caller has
//! set, and whatever other objects the database holds.
//!
//! The same file serves every way of reading. Lines that start with `-- scoped: ` or `-- by name: ` are
//! comments for the whole catalog (`whole`, and psql), and SQL for [`ObjectReader`] and
//! [`PiecedCatalog`]. Most kinds are described by the server, as JSON. Tables, constraints and indexes are
//! what every revision touches: they come as plain columns, which cost the server half, and `rows` puts
//! them together.

mod anchor;
mod links;
mod pieced;
mod reader;
mod rows;
mod touched;
mod whole;

use std::collections::BTreeMap;

use tokio_postgres::Row;

use crate::catalog::{Kind, Object, ObjectId};
use crate::database::refusal;
use crate::diagnostic::{Code, Refusal};

pub use pieced::PiecedCatalog;
pub use reader::ObjectReader;
pub use touched::Touched;
pub use whole::{
    migrating_role, read_catalog, read_catalog_in, read_catalog_of, read_linked_catalog,
};

/// What the server's words depend on, set for the transaction.
const SETTINGS: &str = include_str!("settings.sql");

/// Settles whose objects need no mention of their owner, for the transaction.
const MIGRATING_ROLE: &str = include_str!("migrating_role.sql");

/// The kinds of [`RARE`] that are worth a query.
const PRESENT: &str = include_str!("present.sql");

/// Kinds that are read where `present.sql` says that there may be one: planning their queries would take
/// as long as reading a middling schema.
const RARE: &[Kind] = &[
    Kind::AccessMethod,
    Kind::Collation,
    Kind::Domain,
    Kind::Composite,
    Kind::Range,
    Kind::ForeignDataWrapper,
    Kind::ForeignServer,
    Kind::UserMapping,
    Kind::ForeignTable,
    Kind::Aggregate,
    Kind::Operator,
    Kind::OperatorFamily,
    Kind::OperatorClass,
    Kind::Cast,
    Kind::Transform,
    Kind::Conversion,
    Kind::TextSearchParser,
    Kind::TextSearchTemplate,
    Kind::TextSearchDictionary,
    Kind::TextSearchConfiguration,
    Kind::Statistics,
    Kind::Trigger,
    Kind::Rule,
    Kind::Policy,
    Kind::EventTrigger,
    Kind::Publication,
];

/// How a scoped reading finds its objects by schema and name: parts of a CTE `wanted`, which has their
/// `oid`, or for kinds that are rare just the names.
const BY_SCHEMA: &str = include_str!("wanted_schemas.sql");
const BY_EXTENSION: &str = include_str!("wanted_extensions.sql");
const BY_TYPE: &str = include_str!("wanted_types.sql");
const BY_RELATION: &str = include_str!("wanted_relations.sql");
const BY_ROUTINE: &str = include_str!("wanted_routines.sql");
const BY_NAME: &str = include_str!("wanted_names.sql");

/// What few tables have, for those that [`Tables`](rows::Tables) found it to be missing of.
const TABLE_RARE: &str = include_str!("table_rare.sql");

/// One `.sql` file.
struct Query {
    kinds: &'static [Kind],
    sql: &'static str,
    form: Form,
}

impl Query {
    fn is_rare(&self) -> bool {
        self.kinds.iter().all(|kind| RARE.contains(kind))
    }
}

/// What the rows of a query are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An object each: `kind`, `schema`, `table`, `name`, `arguments`, and `body`, a JSON
    /// description. A scoped reading finds its objects by this part of a CTE `wanted`.
    Described(&'static str),
    /// As [`Form::Described`], of what is told of another object: all but the first column name that
    /// one, and the last is its kind. A scoped reading finds it by schema and name.
    About,
    /// A column of a table each, or the table itself.
    Tables,
    /// A constraint each.
    Constraints,
    /// An index each.
    Indexes,
}

macro_rules! queries {
    ($($file:literal: $($kind:ident),+ = $form:expr;)+) => {
        const QUERIES: &[Query] = &[$(Query {
            kinds: &[$(Kind::$kind),+],
            sql: include_str!($file),
            form: $form,
        },)+];
    };
}

queries! {
    "schema.sql": Schema = Form::Described(BY_SCHEMA);
    "extension.sql": Extension = Form::Described(BY_EXTENSION);
    "language.sql": Language = Form::Described(BY_NAME);
    "access_method.sql": AccessMethod = Form::Described(BY_NAME);
    "collation.sql": Collation = Form::Described(BY_NAME);
    "base_type.sql": BaseType = Form::Described(BY_TYPE);
    "enum.sql": Enum = Form::Described(BY_TYPE);
    "domain.sql": Domain = Form::Described(BY_TYPE);
    "composite.sql": Composite = Form::Described(BY_TYPE);
    "range.sql": Range = Form::Described(BY_TYPE);
    "foreign_data_wrapper.sql": ForeignDataWrapper = Form::Described(BY_NAME);
    "foreign_server.sql": ForeignServer = Form::Described(BY_NAME);
    "user_mapping.sql": UserMapping = Form::Described(BY_NAME);
    "sequence.sql": Sequence = Form::Described(BY_RELATION);
    "table.sql": Table = Form::Tables;
    "foreign_table.sql": ForeignTable = Form::Described(BY_RELATION);
    "routine.sql": Function, Procedure = Form::Described(BY_ROUTINE);
    "aggregate.sql": Aggregate = Form::Described(BY_ROUTINE);
    "operator.sql": Operator = Form::Described(BY_NAME);
    "operator_family.sql": OperatorFamily = Form::Described(BY_NAME);
    "operator_class.sql": OperatorClass = Form::Described(BY_NAME);
    "cast.sql": Cast = Form::Described(BY_NAME);
    "transform.sql": Transform = Form::Described(BY_NAME);
    "conversion.sql": Conversion = Form::Described(BY_NAME);
    "text_search_parser.sql": TextSearchParser = Form::Described(BY_NAME);
    "text_search_template.sql": TextSearchTemplate = Form::Described(BY_NAME);
    "text_search_dictionary.sql": TextSearchDictionary = Form::Described(BY_NAME);
    "text_search_configuration.sql": TextSearchConfiguration = Form::Described(BY_NAME);
    "constraint.sql": Constraint = Form::Constraints;
    "view.sql": View, MaterializedView = Form::Described(BY_RELATION);
    "index.sql": Index = Form::Indexes;
    "statistics.sql": Statistics = Form::Described(BY_NAME);
    "trigger.sql": Trigger = Form::Described(BY_RELATION);
    "rule.sql": Rule = Form::Described(BY_RELATION);
    "policy.sql": Policy = Form::Described(BY_RELATION);
    "event_trigger.sql": EventTrigger = Form::Described(BY_NAME);
    "publication.sql": Publication = Form::Described(BY_NAME);
    "subscription.sql": Subscription = Form::Described(BY_NAME);
    "owner.sql": Owner = Form::About;
    "privileges.sql": Privileges = Form::About;
    "default_privileges.sql": DefaultPrivileges = Form::Described(BY_NAME);
    "tablespace.sql": Tablespace = Form::About;
}

/// Objects by their identities.
type Objects = BTreeMap<ObjectId, Object>;

/// Says whose objects need no mention of their owner.
fn migrating_role_sql(role: Option<&str>) -> String {
    role.map_or_else(
        || MIGRATING_ROLE.to_owned(),
        |role| {
            let role = role.replace('\'', "''");
            format!("SELECT pg_catalog.set_config('enact.migrating_role', '{role}', true)")
        },
    )
}

/// A savepoint brings back the caller's settings, whether they were local to the transaction or
/// not, and whether reading went well or not.
const OPEN: &str = "SAVEPOINT enact_reading";
const UNDO: &str = "ROLLBACK TO SAVEPOINT enact_reading";
const CLOSE: &str = "RELEASE SAVEPOINT enact_reading";

/// What was read so far.
#[derive(Default)]
struct Read {
    objects: Objects,
    tables: rows::Tables,
}

impl Read {
    /// Takes the rows of a query of that form.
    fn take(&mut self, form: Form, rows: &[Row]) -> Result<(), Refusal> {
        for row in rows {
            let (id, object) = match form {
                Form::Tables => {
                    self.tables.take(row).map_err(failed)?;
                    continue;
                }
                Form::Described(_) | Form::About => described(form, row)?,
                Form::Constraints => rows::constraint(row).map_err(failed)?,
                Form::Indexes => rows::index(row).map_err(failed)?,
            };
            if self.objects.insert(id, object).is_some() {
                return Err(two_of_one_name());
            }
        }
        Ok(())
    }

    /// Takes what was read apart.
    fn join(&mut self, part: Self) -> Result<(), Refusal> {
        let together = self.objects.len() + part.objects.len();
        self.objects.extend(part.objects);
        self.tables.join(part.tables);
        if self.objects.len() == together { Ok(()) } else { Err(two_of_one_name()) }
    }

    /// The object ids of the tables that are not wholly described yet.
    fn rare(&self) -> Vec<u32> {
        self.tables.rare()
    }

    /// Takes what `table_rare.sql` says of them.
    fn take_rare(&mut self, rows: &[Row]) -> Result<(), Refusal> {
        for row in rows {
            let (oid, body): (u32, &str) = (get(row, 0)?, get(row, 1)?);
            self.tables.take_rare(oid, body).map_err(|error| {
                Refusal::new(
                    Code::DatabaseFailed,
                    format!("the description of a table cannot be read: {error}"),
                )
                .help("run it again when nobody else changes the schema")
            })?;
        }
        Ok(())
    }

    fn objects(self) -> Objects {
        let mut objects = self.objects;
        objects.extend(self.tables.objects());
        objects
    }
}

fn two_of_one_name() -> Refusal {
    Refusal::new(Code::Bug, "two objects of the catalog have one name")
}

fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: usize,
) -> Result<T, Refusal> {
    row.try_get(column).map_err(failed)
}

/// The identity and description in one row of a query whose rows are [`Form::Described`] or
/// [`Form::About`].
fn described(form: Form, row: &Row) -> Result<(ObjectId, Object), Refusal> {
    let text = |column: usize| get::<Option<String>>(row, column);
    let (kind, name, body) = (text(0)?, text(3)?, get::<Option<&str>>(row, 5)?);
    let (schema, table, arguments) = (text(1)?, text(2)?, text(4)?);
    let kind = kind.as_deref().and_then(Kind::from_label);
    let id = match form {
        Form::About => text(6)?
            .as_deref()
            .and_then(Kind::from_label)
            .zip(name)
            .and_then(|(kind, name)| ObjectId::from_parts(kind, schema, table, name, arguments))
            .and_then(|subject| ObjectId::about(kind?, &subject)),
        _ => kind
            .zip(name)
            .and_then(|(kind, name)| ObjectId::from_parts(kind, schema, table, name, arguments)),
    };
    let id = id.ok_or_else(|| {
        Refusal::new(Code::Bug, "a catalog query names an object that has no such name")
    })?;
    let object = Object::from_json(id.kind(), body.unwrap_or_default()).map_err(|error| {
        // The server describes an object as null if it is dropped between snapshot and look-up.
        Refusal::new(
            Code::DatabaseFailed,
            format!("the description of {id} cannot be read: {error}"),
        )
        .help("run it again when nobody else changes the schema")
    })?;
    Ok((id, object))
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn failed(error: tokio_postgres::Error) -> Refusal {
    refusal(&error, "read the schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_one_query() {
        let mut read: Vec<Kind> = QUERIES.iter().flat_map(|query| query.kinds).copied().collect();
        read.sort_unstable();
        assert_eq!(read, Kind::ALL);
    }

    #[test]
    fn whatever_is_rare_is_looked_for() {
        for kind in Kind::ALL {
            let is_asked = PRESENT.contains(&format!("SELECT '{kind}' "));
            assert_eq!(is_asked, RARE.contains(kind), "{kind}");
        }
    }

    #[test]
    fn every_query_can_be_scoped_and_names_only_system_objects() {
        for query in QUERIES {
            let scoped = match query.form {
                Form::Described(_) | Form::About => "\n-- scoped: ",
                _ => "\n-- by name: ",
            };
            assert!(query.sql.contains(scoped), "{:?}", query.kinds);
            let sources = query.sql.replace("DISTINCT FROM", "");
            for clause in ["FROM ", "JOIN "] {
                for (at, _) in sources.match_indices(clause) {
                    let source = &sources[at + clause.len()..];
                    let known = ["pg_catalog.", "unnest(", "wanted", "(", "LATERAL ("];
                    assert!(
                        known.iter().any(|known| source.starts_with(known)),
                        "{:?}: {source:.40}",
                        query.kinds
                    );
                }
            }
        }
    }
}
