//! Foreign servers. Wrapper and type are for ever: a server with others is made anew, with its
//! foreign tables, unless something would be lost that no description has.

use crate::catalog::ForeignServer;

use super::{changes, has_secrets, is_irreplaceable, keep, listed, lost, reach};
use crate::difference::choice::Way;
use crate::difference::kind::{Site, Written, comment, created};
use crate::difference::script::Statement;
use crate::difference::text::{literal, name};

impl Written for ForeignServer {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let mut told = reach(before.map_or(&[], |before| &before.options), &mut after.options);
        let Some(before) = before.filter(|before| before.core() != after.core()) else {
            return told;
        };
        let why = if has_secrets(&before.options) && has_secrets(&after.options) {
            Some("it has an option whose value is not described".to_owned())
        } else {
            what_is_lost_with(site)
        };
        if let Some(why) = why {
            let wrapper =
                (before.wrapper != after.wrapper).then(|| format!("wrapper {}", after.wrapper));
            let server_type = (before.server_type != after.server_type).then(|| {
                let server_type = after.server_type.as_deref();
                server_type.map_or_else(|| "no type".to_owned(), |it| format!("type {it}"))
            });
            let wanted: Vec<String> = wrapper.into_iter().chain(server_type).collect();
            let wanted = wanted.join(" and ");
            told.push(format!("{wanted}: the server would be made anew, and {why}"));
            after.wrapper.clone_from(&before.wrapper);
            after.server_type.clone_from(&before.server_type);
        }
        told
    }

    fn keep(before: &Self, after: &mut Self) -> Vec<String> {
        keep(&before.options, &mut after.options)
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        if before.core() == after.core() { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE {}", words(site));
        if let Some(server_type) = &self.server_type {
            sql.push_str(&format!(" TYPE {}", literal(server_type)));
        }
        if let Some(version) = &self.version {
            sql.push_str(&format!(" VERSION {}", literal(version)));
        }
        sql.push_str(&format!("\n    FOREIGN DATA WRAPPER {}", name(&self.wrapper)));
        if let Some(options) = listed(&self.options) {
            sql.push_str(&format!("\n    {options}"));
        }
        created(Statement::new(site.id, sql), &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let mut drop = Statement::new(site.id, format!("DROP {}", words(site)));
        drop.loses = lost(&self.options, &[]);
        vec![drop]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let version = (before.version != after.version).then(|| match &after.version {
            Some(version) => format!("VERSION {}", literal(version)),
            None => "VERSION NULL".to_owned(),
        });
        let parts: Vec<String> =
            version.into_iter().chain(changes(&before.options, &after.options)).collect();
        let alter = (!parts.is_empty()).then(|| {
            let sql = format!("ALTER {} {}", words(site), parts.join(" "));
            let mut alter = Statement::new(site.id, sql);
            alter.loses = lost(&before.options, &after.options);
            alter
        });
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        alter.into_iter().chain(comment(site.id, &words(site), before, after)).collect()
    }
}

impl ForeignServer {
    /// What cannot be changed.
    fn core(&self) -> (&String, Option<&String>) {
        (&self.wrapper, self.server_type.as_ref())
    }
}

/// What stands on the server, stays, and cannot be made again.
fn what_is_lost_with(site: Site<'_>) -> Option<String> {
    let world = site.world;
    world.needed.get(site.id)?.iter().find_map(|need| {
        world.object_after(&need.object)?;
        let why = is_irreplaceable(world.object_before(&need.object)?)?;
        Some(format!("{} {why}", need.object))
    })
}

fn words(site: Site<'_>) -> String {
    format!("SERVER {}", name(site.id.name()))
}
