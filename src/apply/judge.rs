//! The answers to a transaction's requests, judged before COMMIT is sent.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use crate::catalog::ObjectId;
use crate::database::ServerError;
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::plan::Stage;

use super::fence::Fence;

/// Why a try was rolled back.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server refused a statement: its place in the stage, if it was one of the stage's own.
    Server { step: Option<usize>, error: ServerError },
    /// One of our checks failed.
    Check(Refusal),
}

pub(super) enum Answer {
    Nothing,
    Rows(u64),
    Fence(Fence),
    Objects(BTreeMap<ObjectId, Digest>),
}

/// What was asked, to read the answer by.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    /// The COMMIT of the stage before; its marker is judged, not its answer.
    Commit,
    Own,
    Fence,
    /// Exactly one row must be affected; what it says if not.
    OneRow(&'static str),
    /// The same, and the row is the fence.
    FencedRow(&'static str),
    Step(usize),
    Objects,
}

/// An error of one request.
pub(super) enum Refused {
    Driver(tokio_postgres::Error),
    Other(Refusal),
}

impl From<tokio_postgres::Error> for Refused {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Driver(error)
    }
}

/// Reads the answers in their order; the first that is wrong decides. COMMIT was not sent yet, so
/// whatever is wrong, nothing of the transaction stays.
pub(super) fn judge(
    stage: &Stage,
    asked: &[Asked],
    answers: Vec<Result<Answer, Refused>>,
) -> Option<Failure> {
    let mut before: Option<Fence> = None;
    for (asked, answer) in asked.iter().zip(answers) {
        let failure = match (asked, answer) {
            (_, Err(Refused::Other(refusal))) => Some(refusal),
            (asked, Err(Refused::Driver(error))) => {
                let step = if let Asked::Step(at) = asked { Some(*at) } else { None };
                match ServerError::of(&error) {
                    Some(error) => return Some(Failure::Server { step, error }),
                    None => Some(cut_off(stage)),
                }
            }
            (Asked::OneRow(what) | Asked::FencedRow(what), Ok(Answer::Rows(rows))) if rows != 1 => {
                Some(one_row(what, rows, stage))
            }
            (Asked::Fence | Asked::FencedRow(_), Ok(Answer::Fence(now))) => {
                let broken = now.broken(before.as_ref());
                before = Some(now);
                broken
            }
            (Asked::Objects, Ok(Answer::Objects(objects))) => unexpected_effects(stage, &objects),
            (_, Ok(_)) => None,
        };
        if let Some(refusal) = failure {
            return Some(Failure::Check(refusal));
        }
    }
    None
}

fn cut_off(stage: &Stage) -> Refusal {
    Refusal::new(
        Code::StageFailed,
        format!("the connection was lost in stage {}, before its COMMIT was sent", stage.number),
    )
    .note("the server rolls it back as soon as it notices")
    .help("run the same command again: it waits for the old server process to end")
}

/// What [`Asked::OneRow`] says of a ledger entry.
pub(super) const NEWEST_ENTRY: &str = "the ledger's newest entry";

/// The fence, if there is exactly one row; otherwise how many rows there are.
pub(super) fn fence_in(rows: &[Row]) -> Answer {
    let [row] = rows else {
        return Answer::Rows(rows.len() as u64);
    };
    Answer::Fence(Fence::from_row(row))
}

fn one_row(what: &str, rows: u64, stage: &Stage) -> Refusal {
    Refusal::new(
        Code::StageFailed,
        format!("stage {} should change {what} alone, and found {rows}", stage.number),
    )
    .note("somebody else changed the record meanwhile, or a statement of the stage did; the stage was rolled back")
    .help("run `enact status`, and plan again")
}

fn unexpected_effects(stage: &Stage, objects: &BTreeMap<ObjectId, Digest>) -> Option<Refusal> {
    let different: Vec<String> = stage
        .effects
        .iter()
        .filter(|effect| objects.get(&effect.object).copied() != effect.after)
        .map(|effect| match (objects.get(&effect.object), effect.after) {
            (None, _) => format!("{} is missing", effect.object),
            (Some(_), None) => format!("{} is still there", effect.object),
            (Some(_), Some(_)) => format!("{} differs", effect.object),
        })
        .collect();
    let refusal = Refusal::new(
        Code::UnexpectedEffect,
        format!("stage {} did not make what the plan says", stage.number),
    )
    .help("the stage was rolled back; compare the target with the plan, and plan again");
    (!different.is_empty()).then(|| different.into_iter().fold(refusal, Refusal::note))
}
