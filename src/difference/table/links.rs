//! Partitions and inheritance: taken off before anything changes, put back when all is there.

use crate::catalog::Table;

use super::{has_rows, named};
use crate::difference::kind::Site;
use crate::difference::script::Statement;
use crate::difference::text::qualified;
use crate::difference::world::same_link;

pub(super) fn detach(site: Site<'_>, before: &Table, after: &Table) -> Vec<Statement> {
    if same_link(before, after) {
        return Vec::new();
    }
    let (child, own) = (qualified(site.id), named(site));
    let mut statements = Vec::new();
    if let Some(parent) = &before.partition_of {
        let finalize = if before.detach_pending { " FINALIZE" } else { "" };
        let sql = format!("ALTER TABLE {parent} DETACH PARTITION {child}{finalize}");
        statements.push(Statement::new(site.id, sql));
    }
    for parent in before.inherits.iter().skip(common(before, after)) {
        let sql = format!("ALTER {own} NO INHERIT {parent}");
        statements.push(Statement::new(site.id, sql));
    }
    statements
}

pub(super) fn attach(site: Site<'_>, before: Option<&Table>, after: &Table) -> Vec<Statement> {
    let stays = before.is_some_and(|before| same_link(before, after));
    if stays || site.world.is_born_linked(site.id) {
        return Vec::new();
    }
    let (child, own) = (qualified(site.id), named(site));
    let mut statements = Vec::new();
    if let Some((parent, bound)) = after.partition_of.as_ref().zip(after.partition_bound.as_ref()) {
        let sql = format!("ALTER TABLE {parent}\n    ATTACH PARTITION {child} {bound}");
        let attach = Statement::new(site.id, sql);
        let when = "if a row does not fit into the partition";
        statements.push(if before.is_some() && has_rows(site) {
            attach.failing(when)
        } else {
            attach
        });
    }
    let known = before.map_or(0, |before| common(before, after));
    for parent in after.inherits.iter().skip(known) {
        let sql = format!("ALTER {own} INHERIT {parent}");
        statements.push(Statement::new(site.id, sql));
    }
    statements
}

/// How many parents are the same from the first on; their order counts.
fn common(before: &Table, after: &Table) -> usize {
    before.inherits.iter().zip(&after.inherits).take_while(|(old, new)| old == new).count()
}
