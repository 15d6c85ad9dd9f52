//! `enact demo`.

use crate::diagnostic::{Exit, Refusal};

use super::context::Context;

/// Play the whole story on a throw-away PostgreSQL, with throw-away keys
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: &Context, _: &Args) -> Result<Exit, Refusal> {
    Ok(Exit::Done)
}
