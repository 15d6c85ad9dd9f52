//! What an object has to itself: nothing else may have the same at the same time.

use crate::catalog::{Conversion, Kind, Object, ObjectId};

use super::text::split_qualified;

/// What no other object may have at the same time.
pub(super) type Claim = (String, String);

/// What an object has to itself: its name among relations and types or among routines, and for
/// some what they are the default for.
pub(super) fn claims(id: &ObjectId, object: &Object) -> Vec<Claim> {
    let own = own_name(id);
    let other = match object {
        Object::Range(range) => {
            let (schema, name) = split_qualified(&range.multirange);
            schema.map(|schema| (schema, name))
        }
        Object::OperatorClass(class) if class.default => {
            let method = id.method().unwrap_or_default();
            Some((String::new(), format!("default for {} using {method}", class.data_type)))
        }
        Object::Conversion(conversion) if conversion.default => {
            let Conversion { source, target, .. } = conversion;
            let schema = id.schema().unwrap_or_default().to_owned();
            Some((schema, format!("default from {source} to {target}")))
        }
        _ => None,
    };
    own.into_iter().chain(other).collect()
}

/// The schema and name that no other relation and type, or no other routine, may have.
pub(super) fn own_name(id: &ObjectId) -> Option<Claim> {
    match id.kind() {
        Kind::Function | Kind::Procedure | Kind::Aggregate => {
            let arguments = id.arguments()?.replace(" ORDER BY ", ", ");
            Some((id.schema()?.to_owned(), format!("{}({arguments})", id.name())))
        }
        Kind::Table
        | Kind::ForeignTable
        | Kind::View
        | Kind::MaterializedView
        | Kind::Sequence
        | Kind::Index
        | Kind::Constraint
        | Kind::BaseType
        | Kind::Enum
        | Kind::Domain
        | Kind::Composite
        | Kind::Range => Some((id.schema()?.to_owned(), id.name().to_owned())),
        _ => None,
    }
}
