//! SQL that leads a shadow from what revisions make to what a database has: so a plan for a database
//! that differs from its revisions is tried on what is really there.
//!
//! A shadow holds nothing that could be lost: what has to be made anew is dropped. What no shadow can be
//! given, such as an extension whose files are not on this machine, is left aside, if no revision
//! makes it.

use std::collections::BTreeSet;

use crate::catalog::{LinkedCatalog, ObjectId};
use crate::database::{ServerError, Session, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::difference::{Options, SESSION_SQL, Script, Statement};
use crate::graph::Heads;
use crate::shadow::Server;
use crate::source::SourceFile;
use crate::statement;

use super::grounds::Grounds;

/// A shadow that was led there.
pub(super) struct Diverged {
    /// The shadow.
    pub(super) shadow: Server,
    /// What the revisions make.
    pub(super) made: LinkedCatalog,
    /// The SQL that led on from there, each statement as its lines.
    pub(super) statements: Vec<Vec<String>>,
}

/// Makes a shadow at `heads`, and leads it on to what is `there`.
///
/// # Errors
/// `cannot-verify`, if an object of the revisions cannot be made as it is there; the shadow's.
pub(super) async fn diverge(
    grounds: &Grounds<'_>,
    heads: &Heads,
    there: &LinkedCatalog,
) -> Result<Diverged, Refusal> {
    let mut there = there.clone();
    loop {
        let shadow = grounds.revisions(heads).await?;
        let made = grounds.schema(&shadow).await?;
        let session = shadow.session(grounds.database).await?;
        let own_tablespace = grounds.observation.own_tablespace.clone();
        let statements = leading(&made, &there, own_tablespace);
        let texts: Vec<String> = statements.iter().map(|statement| statement.sql.clone()).collect();
        let is_strange = |text: &String| check(std::slice::from_ref(text)).is_err();
        let (at, why) = match texts.iter().position(is_strange) {
            Some(at) => (at, "such a statement is not run on a shadow".to_owned()),
            None => match run(&session, &texts).await? {
                Err((at, error)) => (at, error.message),
                Ok(()) => {
                    let lines = |text: &String| text.split('\n').map(str::to_owned).collect();
                    let statements = texts.iter().map(lines).collect();
                    return Ok(Diverged { shadow, made, statements });
                }
            },
        };
        let object = &statements[at].object;
        let aside = standing_on(&there, BTreeSet::from([object.clone()]));
        let is_ours = |id: &&ObjectId| made.catalog.objects.contains_key(*id);
        // What is taken out is never there again, so this comes to an end.
        if !there.catalog.objects.contains_key(object) || aside.iter().any(|id| is_ours(&id)) {
            return Err(Refusal::new(
                Code::CannotVerify,
                format!("no shadow can be given {object} as the database has it: {why}"),
            )
            .note(format!("in: {}", crate::source::visible(&texts[at])))
            .help("bring the object to what the revisions make by hand, or leave it out with `--ignore`"));
        }
        take_out(&mut there, &aside);
    }
}

/// Looks at statements that did not come from a revision as at those that do.
///
/// # Errors
/// What [`statement::read`] finds; `plan-invalid`, if they are more or fewer than they seem.
pub(super) fn check(statements: &[String]) -> Result<(), Refusal> {
    for sql in statements {
        let file = SourceFile::new("divergence", sql.clone().into_bytes())?;
        if statement::read(&file, 0..sql.len())?.len() != 1 {
            return Err(Refusal::new(Code::PlanInvalid, "a divergence holds no single statement"));
        }
    }
    Ok(())
}

/// Runs statements on a shadow, each by itself; gives the place of the one that fails.
///
/// # Errors
/// Those of the connection.
pub(super) async fn run(
    session: &Session,
    statements: &[String],
) -> Result<Result<(), (usize, ServerError)>, Refusal> {
    let failed = |error: &tokio_postgres::Error| refusal(error, "lead a shadow on");
    let client = session.client();
    client.batch_execute(SESSION_SQL).await.map_err(|error| failed(&error))?;
    for (at, sql) in statements.iter().enumerate() {
        if let Err(error) = client.batch_execute(sql).await {
            return match ServerError::of(&error) {
                Some(server) => Ok(Err((at, server))),
                None => Err(failed(&error)),
            };
        }
    }
    Ok(Ok(()))
}

/// The statements that lead from what is made to what is there, in a database with `own_tablespace`.
fn leading(
    made: &LinkedCatalog,
    there: &LinkedCatalog,
    own_tablespace: Option<String>,
) -> Vec<Statement> {
    let options = Options { own_tablespace, ..Options::default() };
    let script = Script::between(made, there, &options);
    // What cannot be altered, for instance the order of columns, can be dropped and made.
    let stubborn = script.inexpressible.iter().map(|left| &left.object);
    let stubborn: BTreeSet<ObjectId> =
        stubborn.filter(|id| made.catalog.objects.contains_key(id)).cloned().collect();
    if stubborn.is_empty() {
        return script.statements;
    }
    let mut without = made.clone();
    take_out(&mut without, &standing_on(made, stubborn));
    let mut statements = Script::between(made, &without, &options).statements;
    statements.extend(Script::between(&without, there, &options).statements);
    statements
}

/// `objects`, and what cannot be there without them.
fn standing_on(catalog: &LinkedCatalog, mut objects: BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
    loop {
        let needs = catalog.dependencies.iter().filter(|need| objects.contains(&need.on));
        let more: Vec<ObjectId> = needs.map(|need| need.object.clone()).collect();
        let before = objects.len();
        objects.extend(more);
        if objects.len() == before {
            return objects;
        }
    }
}

/// Takes objects out of a catalog, and what is known of their needs.
pub(super) fn take_out(catalog: &mut LinkedCatalog, objects: &BTreeSet<ObjectId>) {
    catalog.catalog.objects.retain(|id, _| !objects.contains(id));
    let known = &catalog.catalog.objects;
    catalog
        .dependencies
        .retain(|need| known.contains_key(&need.object) && known.contains_key(&need.on));
}
