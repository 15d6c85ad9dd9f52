//! A revision out of a difference: from the schema at some revisions to the one that is wanted, and
//! back. Both ways are written as SQL, then tried as the revision that they will be.

use crate::catalog::{Catalog, CatalogDiff, Ignore, LinkedCatalog, Spoken};
use crate::database::read_catalog;
use crate::diagnostic::{Code, Refusal};
use crate::difference::{
    Declared, Options, Remainder, Rename, SESSION_LINES, Script, refuse_unmatched, renamed,
};
use crate::graph::{Direction, Heads, Move, RevisionGraph, Transition};
use crate::revision::RevisionId;

use super::replay::replay;
use super::wanted::{Surroundings, made};

/// What a new revision is to do.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The schema before.
    pub before: LinkedCatalog,
    /// The schema that is wanted.
    pub after: LinkedCatalog,
    /// What of rights and tablespaces the wanted schema speaks of.
    pub spoken: Spoken,
    /// The way up.
    pub up: Script,
    /// The way down.
    pub down: Script,
    /// Objects that do not count, on neither side.
    pub ignore: Ignore,
}

impl Proposal {
    /// The ways between two schemas, without what `ignore` hides of them. Where nothing that is wanted
    /// speaks of rights, or of tablespaces, they stay as the revisions have made them.
    ///
    /// # Errors
    /// `rename-unmatched`; `not-expressible`, with everything that no statement does.
    pub fn between(
        (mut before, mut after): (LinkedCatalog, LinkedCatalog),
        ignore: Ignore,
        renames: &[Declared],
        online: bool,
    ) -> Result<Self, Refusal> {
        before.leave_out(&ignore);
        after.leave_out(&ignore);
        let all: Vec<Rename> = renames.iter().map(|declared| declared.rename.clone()).collect();
        let spoken = after.spoken();
        after.take_unspoken_of(&renamed(&before, &after, &all), spoken);
        let rights_as_given = !spoken.rights;
        let options = Options { online, renames: all, rights_as_given, ..Options::default() };
        let up = Script::between(&before, &after, &options);
        refuse_unmatched(renames, &up.idle)?;
        if !up.inexpressible.is_empty() {
            return Err(inexpressible(&up.inexpressible));
        }
        let is_idle = |at: usize| up.idle.iter().any(|idle| idle.at == at);
        let done = options.renames.into_iter().enumerate().filter(|(at, _)| !is_idle(*at));
        let done: Vec<Rename> = done.map(|(_, rename)| rename).collect();
        let options = Options {
            renames: Rename::reversed(&done),
            online,
            rights_as_given,
            ..Options::default()
        };
        let down = Script::between(&after, &before, &options);
        Ok(Self { before, after, spoken, up, down, ignore })
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
    for (at, statement) in script.statements.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        if script.needs_session_sql(at) {
            text.push_str(&format!("{SESSION_LINES}\n\n"));
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

/// Tries a new revision on a shadow at its parents: up must give the wanted schema, and down, if
/// there is one, the schema before. `graph` holds the revision.
///
/// # Errors
/// `statement-failed`, with the place in the new file; `not-expressible`, if it runs and ends elsewhere.
pub async fn prove_revision(
    at: &Surroundings<'_>,
    graph: &RevisionGraph,
    id: &RevisionId,
    proposal: &Proposal,
) -> Result<(), Refusal> {
    let revision = graph.get(id.as_str()).ok_or_else(|| {
        Refusal::new(Code::Bug, format!("revision `{id}` is not in the graph that it was made for"))
    })?;
    let before: Heads = revision.parents.iter().cloned().collect();
    let after: Heads = [id.clone()].into_iter().collect();
    let shadow = made(at, graph, &before).await?;
    let go = async |direction, from: &Heads, to: &Heads| {
        let step = Move { revision: id.clone(), rows: Vec::new(), after: to.clone() };
        let way = Transition { direction, from: from.clone(), to: to.clone(), moves: vec![step] };
        replay(&shadow.session, graph, &way, at.search_path).await?;
        read_catalog(&shadow.session).await
    };
    let mut reached = go(Direction::Upgrade, &before, &after).await?;
    reached.leave_out(&proposal.ignore);
    same("the up part", &proposal.after.catalog, &reached, proposal.spoken)?;
    if revision.down().is_some() {
        let mut back = go(Direction::Downgrade, &after, &before).await?;
        back.leave_out(&proposal.ignore);
        same("the down part", &proposal.before.catalog, &back, proposal.spoken)?;
    }
    Ok(())
}

fn same(part: &str, wanted: &Catalog, reached: &Catalog, spoken: Spoken) -> Result<(), Refusal> {
    let mut left = CatalogDiff::between(wanted, reached);
    // Without a word about rights, new objects may have what default privileges give them.
    left.objects.retain(|id, _| spoken.counts(id.kind()));
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
