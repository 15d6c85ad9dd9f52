//! Partitions and inheritance: where a table hangs on others in another way, it is taken off all of
//! them before anything changes, and put back when all is there.

use crate::catalog::Table;

use super::{has_rows, named};
use crate::difference::family::same_link;
use crate::difference::kind::Site;
use crate::difference::script::Statement;
use crate::difference::text::qualified;

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
    for parent in &before.inherits {
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
    for parent in &after.inherits {
        let sql = format!("ALTER {own} INHERIT {parent}");
        statements.push(Statement::new(site.id, sql));
    }
    statements
}
