//! A revision out of a difference: from the schema at some revisions to the one that is wanted, and
//! back. Both ways are written as SQL, then tried as the revision that they will be.

use crate::catalog::{Catalog, CatalogDiff, LinkedCatalog};
use crate::database::read_catalog;
use crate::diagnostic::{Code, Refusal};
use crate::difference::{Options, Remainder, SESSION_SQL, Script};
use crate::graph::{Direction, Heads, Move, RevisionGraph, Transition};
use crate::revision::RevisionId;
use crate::shadow::Installation;

use super::replay::replay;
use super::wanted::{SEARCH_PATH, made};

/// What a new revision is to do.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The schema before.
    pub before: LinkedCatalog,
    /// The schema that is wanted.
    pub after: LinkedCatalog,
    /// The way up.
    pub up: Script,
    /// The way down.
    pub down: Script,
}

impl Proposal {
    /// The ways between two schemas.
    ///
    /// # Errors
    /// `not-expressible`, with everything that no statement does.
    pub fn between(
        before: LinkedCatalog,
        after: LinkedCatalog,
        options: &Options,
    ) -> Result<Self, Refusal> {
        let up = Script::between(&before, &after, options);
        if !up.inexpressible.is_empty() {
            return Err(inexpressible(&up.inexpressible));
        }
        let down = Script::between(&after, &before, options);
        Ok(Self { before, after, up, down })
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.up.is_empty()
    }

    /// The SQL of the up section.
    pub fn up_sql(&self) -> String {
        section(&self.up)
    }

    /// The SQL of the down section; none, if something cannot be taken back.
    pub fn down_sql(&self) -> Option<String> {
        self.down.inexpressible.is_empty().then(|| section(&self.down))
    }
}

fn inexpressible(remainders: &[Remainder]) -> Refusal {
    let count = remainders.len();
    let refusal = Refusal::new(
        Code::NotExpressible,
        format!(
            "{} cannot be written as SQL",
            if count == 1 { "a difference".to_owned() } else { format!("{count} differences") }
        ),
    )
    .help("write the revision by hand: `enact create` without `--autogenerate`");
    remainders
        .iter()
        .fold(refusal, |refusal, left| refusal.note(format!("{}: {}", left.object, left.what)))
}

fn section(script: &Script) -> String {
    let mut text = String::new();
    if makes_routines(script) {
        text.push_str("-- Bodies of functions may name what is made after them.\n");
        text.push_str(SESSION_SQL);
        text.push_str(";\n\n");
    }
    for (at, statement) in script.statements.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        for (label, what) in [("Loses", &statement.loses), ("Fails", &statement.may_fail)] {
            if let Some(what) = what {
                text.push_str(&format!("-- {label} {}\n", what.replace('\n', " ")));
            }
        }
        text.push_str(&statement.sql);
        text.push_str(";\n");
    }
    text
}

/// Whether bodies of functions are read, which may name what is made after them.
pub(super) fn makes_routines(script: &Script) -> bool {
    script.statements.iter().any(|statement| {
        let sql = statement.sql.as_str();
        sql.starts_with("CREATE") && (sql.contains("FUNCTION") || sql.contains("PROCEDURE"))
    })
}

/// Tries a new revision on a shadow at its parents: up must give the wanted schema, and down, if
/// there is one, the schema before. `graph` holds the revision.
///
/// # Errors
/// `statement-failed`, with the place in the new file; `not-expressible`, if it runs and ends elsewhere.
pub async fn prove_revision(
    installation: &Installation,
    graph: &RevisionGraph,
    id: &RevisionId,
    proposal: &Proposal,
    roles: &[String],
) -> Result<(), Refusal> {
    let revision = graph.get(id.as_str()).ok_or_else(|| {
        Refusal::new(Code::Bug, format!("revision `{id}` is not in the graph that it was made for"))
    })?;
    let before: Heads = revision.parents.iter().cloned().collect();
    let after: Heads = [id.clone()].into_iter().collect();
    let shadow = made(installation, graph, &before, roles).await?;
    let go = async |direction, from: &Heads, to: &Heads| {
        let step = Move { revision: id.clone(), rows: Vec::new(), after: to.clone() };
        let way = Transition { direction, from: from.clone(), to: to.clone(), moves: vec![step] };
        replay(&shadow.session, graph, &way, SEARCH_PATH).await?;
        read_catalog(&shadow.session).await
    };
    let reached = go(Direction::Upgrade, &before, &after).await?;
    same("the up part", &proposal.after.catalog, &reached)?;
    if revision.down().is_some() {
        let back = go(Direction::Downgrade, &after, &before).await?;
        same("the down part", &proposal.before.catalog, &back)?;
    }
    Ok(())
}

fn same(part: &str, wanted: &Catalog, reached: &Catalog) -> Result<(), Refusal> {
    let left = CatalogDiff::between(wanted, reached);
    if left.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new(
        Code::NotExpressible,
        format!("{part} that was written runs, and does not give the schema that is wanted"),
    )
    .help("write the revision by hand, and report this: it should not happen");
    Err(left.to_string().lines().fold(refusal, Refusal::note))
}
