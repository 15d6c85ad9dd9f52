//! What is made anew while columns still have the old one: the old one is called otherwise meanwhile.

use crate::catalog::Kind;

use super::kind::Site;
use super::script::Statement;
use super::text::{in_schema, name, qualified};

/// Renames the old one, so that the new one can have its name.
pub(super) fn set_aside(site: Site<'_>) -> Statement {
    let word = match site.id.kind() {
        Kind::Domain => "DOMAIN",
        Kind::Collation => "COLLATION",
        _ => "TYPE",
    };
    let to = name(&free_name(site, site.id.name()));
    Statement::new(site.id, format!("ALTER {word} {} RENAME TO {to}", qualified(site.id)))
}

/// The qualified name of the old one.
pub(super) fn aside(site: Site<'_>) -> String {
    in_schema(site.id.schema(), &free_name(site, site.id.name()))
}

/// A name like `own` that nothing in the schema has before or after.
pub(super) fn free_name(site: Site<'_>, own: &str) -> String {
    let taken = |name: &str| site.world.has_name(site.id.schema(), name);
    let own: String = own.chars().take(50).collect();
    let numbered = (2_u32..).map(|number| format!("{own}_old{number}"));
    [format!("{own}_old")].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
