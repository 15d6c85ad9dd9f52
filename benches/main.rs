//! What enact costs, beside what the same work costs without it, in one run on one machine.
//!
//! `cargo bench` measures everything; `cargo bench -- apply` one of them; `--rounds N` sets how
//! often. Contenders take turns, and medians are compared, so that a busy machine disturbs all of
//! them alike. A figure above its target is shown as such and fails nothing: machines differ.
#![allow(clippy::disallowed_methods, reason = "a bench touches the clock, the disk and a server")]
#![allow(clippy::print_stdout, reason = "a bench prints")]

mod apply;
mod diff;
mod distance;
mod generated;
mod locate;
mod measure;
mod project;
mod status;
mod validate;

use std::error::Error;

/// How a bench ends: its error is not about speed.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// How often each contender runs, unless `--rounds` says otherwise.
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut rounds = ROUNDS;
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            // Cargo's own.
            "--bench" => {}
            "--rounds" => rounds = rest.next().ok_or("--rounds wants a number")?.parse()?,
            name => names.push(name),
        }
    }
    let wanted = |name: &str| names.is_empty() || names.contains(&name);
    if wanted("validate") {
        validate::run(rounds)?;
    }
    if wanted("status") {
        status::run(rounds).await?;
    }
    if wanted("apply") {
        apply::run(rounds).await?;
    }
    if wanted("diff") {
        diff::run(rounds).await?;
    }
    if wanted("locate") {
        locate::run(rounds).await?;
    }
    Ok(())
}
