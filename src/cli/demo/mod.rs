//! `enact demo`: the story of one change, played with the real commands.
//!
//! Every step says what must come of it; where something else comes, the demo stops as a defect.

mod screen;
mod set;

use crate::diagnostic::{Code, Exit, Refusal};

use super::context::Context;
use screen::Screen;
use set::Set;

/// Play the whole story on a throw-away PostgreSQL, with throw-away keys
///
/// Plays in a folder of its own, shows each command that it runs with its real output, and leaves
/// nothing behind. Takes some seconds; needs PostgreSQL's server programs, git and ssh-keygen.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(context: &Context, _: &Args) -> Result<Exit, Refusal> {
    use tokio::signal::unix::{SignalKind, signal};
    let deaf = |error| Refusal::new(Code::Bug, format!("cannot listen for signals: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
    // Whichever ends first, dropping the play ends its server and removes its folder.
    tokio::select! {
        played = play(Screen::new(&context.out)) => played.map(|()| Exit::Done),
        _ = interrupt.recv() => Err(stopped()),
        _ = terminate.recv() => Err(stopped()),
    }
}

fn stopped() -> Refusal {
    Refusal::new(Code::Interrupted, "the demo was stopped, and its server and folder are removed")
}

async fn play(screen: Screen<'_>) -> Result<(), Refusal> {
    let set = Set::build(screen).await?;
    project(&set).await?;
    first_plan(&set).await?;
    change(&set).await?;
    refusals(&set).await?;
    drift(&set).await?;
    accounts(&set).await?;
    set.screen.say(
        "That was enact: what people read and signed is what ran, byte for byte, and the ledger \
         says so. The server, the project and the keys are gone again.",
    );
    Ok(())
}

async fn project(set: &Set<'_>) -> Result<(), Refusal> {
    set.screen.act("A project: three revisions of SQL, and who may approve");
    set.screen.say(
        "alice writes migrations; bob and carol review. Production takes no plan that two people \
         have not signed, and the rules come from the branch `main`.",
    );
    set.file("enact.toml").await?;
    set.screen.say("Every revision runs up and down on a shadow, a PostgreSQL of its own:");
    set.enact(&["validate"]).await?;
    set.enact(&["history", "--graph"]).await?;
    Ok(())
}

async fn first_plan(set: &Set<'_>) -> Result<(), Refusal> {
    set.screen.act("The first plan: read, signed, applied");
    set.screen.say(
        "A plan is compiled for one database. Each statement was tried on a shadow, so the plan \
         says what it locks, reads and makes.",
    );
    set.enact_in_short(&["plan", "--env", "production"], 16, 8).await?;
    let plan = set.plan("003_activity_features")?;
    set.screen.say("bob and carol read it, and sign its exact bytes with their SSH keys:");
    set.enact_in_short(&["approve", &plan, "--key", "keys/bob", "--yes"], 0, 2).await?;
    set.enact_in_short(&["approve", &plan, "--key", "keys/carol", "--yes"], 0, 2).await?;
    set.enact(&["apply", "--env", "production"]).await?;
    set.enact(&["status"]).await?;
    set.screen.say("Rows, for a change that must not lose them:");
    set.sql(
        "INSERT INTO cat_profiles (name, created_timestamp) VALUES ('Miso', '2023'), ('Pixel', '2024')",
    )
    .await
}

async fn change(set: &Set<'_>) -> Result<(), Refusal> {
    set.screen.act("The change of the day: cats get nicknames");
    set.enact(&["create", "Add cat nicknames", "--rev-id", "004_nicknames"]).await?;
    let file = "revisions/004_nicknames_add_cat_nicknames.sql";
    set.write_sections(file, include_str!("nicknames.sql"))?;
    set.file(file).await?;
    set.screen.say(
        "The index is built CONCURRENTLY, which runs outside a transaction: the plan gives it a \
         stage of its own.",
    );
    set.enact(&["plan", "--env", "production"]).await?;
    Ok(())
}

async fn refusals(set: &Set<'_>) -> Result<(), Refusal> {
    set.screen.act("What is refused");
    let plan = set.plan("004_nicknames")?;
    set.screen.say("alice wrote the plan, so her signature does not count:");
    set.refused(&["approve", &plan, "--key", "keys/alice", "--yes"], Code::SignerIsAuthor).await?;
    set.screen.say("One approval is not two:");
    set.enact_in_short(&["approve", &plan, "--key", "keys/bob", "--yes"], 0, 2).await?;
    set.refused(&["apply", &plan], Code::ApprovalsMissing).await?;
    set.enact_in_short(&["approve", &plan, "--key", "keys/carol", "--yes"], 0, 2).await?;
    set.screen.say("Now somebody changes one byte of `plan.json`, so that it is good for longer:");
    let edit = set.edit(&plan)?;
    set.refused(&["apply", &plan], Code::SignatureMismatch).await?;
    edit.undo()
}

async fn drift(set: &Set<'_>) -> Result<(), Refusal> {
    set.screen.act("The database changes behind the plan's back");
    let plan = set.plan("004_nicknames")?;
    set.screen.say("The edit is undone. But now somebody helps production by hand:");
    set.sql("CREATE INDEX hotfix ON cat_profiles (breed)").await?;
    set.screen.say("The plan was proved for another schema: it is stale. A new one says why.");
    set.refused(&["apply", &plan], Code::StaleSchema).await?;
    set.refused(&["plan", "--env", "production"], Code::Drift).await?;
    set.screen.say("The index goes, and the signed plan fits again:");
    set.sql("DROP INDEX hotfix").await?;
    set.enact(&["apply", "--env", "production"]).await?;
    set.screen.say("Once is enough:");
    set.refused(&["apply", &plan], Code::PlanConsumed).await?;
    Ok(())
}

async fn accounts(set: &Set<'_>) -> Result<(), Refusal> {
    set.screen.act("What happened, on record");
    set.enact(&["ledger"]).await?;
    set.enact(&["ledger", "verify"]).await?;
    set.screen.say("The rows are there, and the table that Alembic keeps says the same:");
    set.sql("SELECT name, nickname FROM cat_profiles ORDER BY name").await?;
    set.sql("SELECT version_num FROM alembic_version").await
}
