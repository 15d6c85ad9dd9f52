//! Everything that is checked under the lock and before any effect. Each refusal has a code of its
//! own, names the fact, and leaves the target as it was.

use std::collections::BTreeSet;

use jiff::Timestamp;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::approval::ApprovedPlan;
use crate::catalog::{Inventory, ObjectId};
use crate::database::version_table::VersionTable;
use crate::database::{Identity, Session, ledger_table, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::ledger::{Chain, Head, Record};
use crate::plan::{Mode, Plan, Stage};

use super::alone::{self, Intent};
use super::role;

/// Clocks of host and database may differ by this much, in seconds, before times mean nothing.
const CLOCK_SKEW_S: i64 = 300;

/// Where the target stands, as far as the plan is concerned.
pub(super) struct Standing {
    /// The stages that are done; a prefix of the plan's.
    pub(super) done: BTreeSet<u32>,
    /// The run that did the last of them, where all are done.
    pub(super) applied_by: Option<String>,
    /// The intent of the next stage, if an earlier run wrote one.
    pub(super) intent: Option<Intent>,
    /// The newest ledger entry.
    pub(super) head: Option<Head>,
    /// Whether this plan's approvals stand in the ledger.
    pub(super) plan_recorded: bool,
    /// The table that Alembic shares.
    pub(super) version: VersionTable,
    /// Whether that table is there.
    pub(super) tracked: bool,
    /// The schema, at the start, without what the plan leaves out.
    pub(super) inventory: Inventory,
    /// What of it the plan leaves out.
    pub(super) left_out: Vec<ObjectId>,
}

/// Checks that the plan fits. A run that `waited` for another may find that the other applied this
/// very plan. A plan that was begun can be ended whenever that is: it does not expire once one of its
/// stages is done, or the statement of its first one may have left something. An intent alone, with
/// nothing left of its statement, begins nothing.
///
/// # Errors
/// Those of the module's first line: `wrong-environment`, `plan-expired`, `clock-skew`,
/// `wrong-target`, `read-only-server`, `plan-consumed`, `ledger-broken`, `stale-ledger`, `stale-heads`,
/// `role-differs`, `stale-schema`.
pub(super) async fn check(
    session: &Session,
    approved: &ApprovedPlan,
    environment: &str,
    now: Timestamp,
    waited: bool,
) -> Result<Standing, Refusal> {
    let plan = approved.plan();
    check_environment(plan, environment)?;
    let identity = Identity::read(session).await?;
    check_identity(plan, &identity)?;
    check_clock(&identity, now)?;

    let entries = ledger_table::read_ledger(session).await?.unwrap_or_default();
    let chain = Chain::verify(&entries, None)?;
    check_target_id(plan, chain.genesis().map(|genesis| genesis.target_id))?;
    chain.check_environment(environment)?;
    let done = ledger_table::markers(session, approved.digest()).await?;
    let intents = ledger_table::intents(session, approved.digest()).await?;
    check_done(plan, &done, waited)?;
    let traced = !done.is_empty() || !intents.is_empty();
    if !traced {
        check_expiry(plan, now)?;
    }
    let head = chain.head();
    check_ledger(plan, approved.digest(), head, traced, chain.records().last())?;

    let version = VersionTable::locate(session).await?;
    let rows = version.heads(session).await?;
    check_heads(plan, &done, rows.clone().unwrap_or_default())?;
    check_tablespace(session, plan).await?;
    let next = plan.stages.get(done.len());
    let intent = read_intent(next, &intents)?;
    // What an interrupted statement of ours left is looked for among what does not count too.
    let (mut inventory, session_role) = role::inventory(session, plan).await?;
    role::check(plan, &inventory, &session_role)?;
    if let (true, Some((intent, stage))) = (done.is_empty(), intent.as_ref().zip(next))
        && alone::left_nothing(session, stage, intent, &inventory).await?
    {
        check_expiry(plan, now)?;
    }
    let left_out = inventory.leave_out(&plan.ignore);
    check_schema(plan, done.len(), intent.as_ref().and(next), inventory.clone())?;
    Ok(Standing {
        plan_recorded: chain.records().any(
            |record| matches!(record, Record::Plan(record) if record.plan == approved.digest()),
        ),
        applied_by: match chain.records().last() {
            Some(Record::Stage(stage)) if done.len() == plan.stages.len() => {
                Some(stage.run.clone())
            }
            _ => None,
        },
        done,
        intent,
        head,
        version,
        tracked: rows.is_some(),
        inventory,
        left_out,
    })
}

/// Checks that the tablespace is there in which the plan puts what it makes.
async fn check_tablespace(session: &Session, plan: &Plan) -> Result<(), Refusal> {
    let Some(tablespace) = &plan.observation.default_tablespace else {
        return Ok(());
    };
    let sql = "SELECT FROM pg_catalog.pg_tablespace \
               WHERE spcname OPERATOR(pg_catalog.=) $1::pg_catalog.text::pg_catalog.name";
    let there = session.client().query_typed(sql, &[(tablespace, Type::TEXT)]).await;
    let there = there.map_err(|error| refusal(&error, "look for a tablespace"))?;
    if !there.is_empty() {
        return Ok(());
    }
    let message =
        format!("the tablespace `{tablespace}`, where the plan puts what it makes, is not there");
    Err(Refusal::new(Code::StaleSchema, message).help("create it again, or run `enact plan` again"))
}

/// Checks that the plan is for the environment that the command names.
///
/// # Errors
/// `wrong-environment`.
pub fn check_environment(plan: &Plan, environment: &str) -> Result<(), Refusal> {
    if plan.environment == environment {
        return Ok(());
    }
    Err(Refusal::new(
        Code::WrongEnvironment,
        format!("the plan is for `{}`, not for `{environment}`", plan.environment),
    )
    .help(format!("run `enact apply --env {}`, or plan for `{environment}`", plan.environment)))
}

fn mismatch(field: &str, planned: &str, found: &str) -> Refusal {
    Refusal::new(
        Code::WrongTarget,
        format!("the plan is for {field} `{planned}`, and this database has `{found}`"),
    )
    .help("check the connection settings; a plan for this database is made by `enact plan`")
}

fn check_identity(plan: &Plan, now: &Identity) -> Result<(), Refusal> {
    let target = &plan.target;
    let pairs = [
        (
            "system identifier",
            target.system_identifier.clone().unwrap_or_default(),
            now.system_identifier.clone().unwrap_or_default(),
        ),
        ("the database named", target.database.clone(), now.database.clone()),
        ("database oid", target.database_oid.to_string(), now.database_oid.to_string()),
        ("server major version", target.server_major.to_string(), now.server_major.to_string()),
    ];
    for (field, planned, found) in pairs {
        if planned != found {
            return Err(mismatch(field, &planned, &found));
        }
    }
    if now.in_recovery || now.read_only {
        let what = if now.in_recovery { "a standby" } else { "read-only" };
        return Err(Refusal::new(Code::ReadOnlyServer, format!("the server is {what}"))
            .note("locks on a standby protect nothing on its primary")
            .help("connect to the primary"));
    }
    Ok(())
}

fn check_clock(identity: &Identity, now: Timestamp) -> Result<(), Refusal> {
    let skew = now.as_second() - identity.clock.as_second();
    if skew.abs() > CLOCK_SKEW_S {
        return Err(Refusal::new(
            Code::ClockSkew,
            format!("this machine's clock differs from the database's by {} seconds", skew.abs()),
        )
        .help("set the clocks; expiry cannot be judged with a wrong one"));
    }
    Ok(())
}

fn check_target_id(plan: &Plan, found: Option<Uuid>) -> Result<(), Refusal> {
    match found {
        Some(found) if found != plan.target.target_id => {
            Err(mismatch("target id", &plan.target.target_id.to_string(), &found.to_string()))
        }
        _ => Ok(()),
    }
}

fn check_done(plan: &Plan, done: &BTreeSet<u32>, waited: bool) -> Result<(), Refusal> {
    if !waited && !done.is_empty() && done.len() == plan.stages.len() {
        return Err(Refusal::new(
            Code::PlanConsumed,
            "the plan was applied to this database before",
        )
        .help(
            "run `enact status` to see where the database is, and `enact plan` for what is next",
        ));
    }
    if done.iter().zip(1..).any(|(&stage, expected)| stage != expected) {
        return Err(Refusal::new(
            Code::RecoveryNeeded,
            "the markers of this plan's stages have a gap",
        )
        .help("run `enact ledger verify`; a person must decide what is true"));
    }
    Ok(())
}

fn check_expiry(plan: &Plan, now: Timestamp) -> Result<(), Refusal> {
    if now > plan.not_after {
        return Err(Refusal::new(
            Code::PlanExpired,
            format!("the plan could be applied until {}; it is {now}", plan.not_after),
        )
        .help("plan again; expiry keeps old decisions from surprising a changed database"));
    }
    Ok(())
}

fn check_ledger(
    plan: &Plan,
    digest: Digest,
    head: Option<Head>,
    traced: bool,
    newest: Option<&Record>,
) -> Result<(), Refusal> {
    let ours = match newest {
        Some(Record::Stage(stage)) => stage.plan == digest,
        Some(Record::Plan(record)) => record.plan == digest,
        Some(Record::Genesis(_)) => plan.ledger.head.is_none(),
        _ => false,
    };
    let expected = plan.ledger.seq.zip(plan.ledger.head).map(|(seq, hash)| Head { seq, hash });
    if head == expected || (traced && ours) {
        return Ok(());
    }
    let text = |head: Option<Head>| match head {
        Some(head) => format!("entry {} ({})", head.seq, head.hash.short()),
        None => "no entry".to_owned(),
    };
    Err(Refusal::new(
        Code::StaleLedger,
        format!("the plan expects the ledger at {}, and it is at {}", text(expected), text(head)),
    )
    .note("something was applied since the plan was compiled")
    .help("run `enact plan` again"))
}

fn check_heads(plan: &Plan, done: &BTreeSet<u32>, rows: BTreeSet<String>) -> Result<(), Refusal> {
    let expected = match plan.stages.get(done.len().wrapping_sub(1)) {
        Some(stage) => &stage.heads_after,
        None => &plan.transition.from,
    };
    let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
    if rows == expected {
        return Ok(());
    }
    let text = |heads: BTreeSet<String>| {
        if heads.is_empty() {
            return "no revision".to_owned();
        }
        heads.into_iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
    };
    Err(Refusal::new(
        Code::StaleHeads,
        format!("the plan starts from {}, and the database is at {}", text(expected), text(rows)),
    )
    .help("run `enact status`, and plan again"))
}

/// The intent of the stage that is next, if an earlier run wrote one.
///
/// # Errors
/// `recovery-needed`, if it cannot be read.
pub(super) fn read_intent(
    next: Option<&Stage>,
    intents: &std::collections::BTreeMap<u32, Vec<u8>>,
) -> Result<Option<Intent>, Refusal> {
    let Some(payload) = next.and_then(|stage| intents.get(&stage.number)) else {
        return Ok(None);
    };
    alone::decode(payload).map(Some)
}

/// Compares the whole schema; what an interrupted statement of ours may have left is set aside,
/// and judged by its probe later.
fn check_schema(
    plan: &Plan,
    done: usize,
    interrupted: Option<&Stage>,
    mut now: Inventory,
) -> Result<(), Refusal> {
    let expected = match done.checked_sub(1).and_then(|at| plan.stages.get(at)) {
        Some(stage) => stage.fingerprint_after,
        None => plan.fingerprints.before,
    };
    if let Some(stage) = interrupted.filter(|stage| stage.mode == Mode::Alone) {
        for effect in &stage.effects {
            now.set(effect.object.clone(), effect.before);
        }
        now.0.retain(|object, _| !alone::may_be_left(object, stage));
    }
    if now.fingerprint() == expected {
        return Ok(());
    }
    let refusal =
        Refusal::new(Code::StaleSchema, "the schema is not the one that the plan was made for")
            .help(if plan.located.is_some() {
                "run `enact handle-legacy` again: it looks anew where the database is"
            } else {
                "run `enact plan` again: it lists, object by object, what differs"
            });
    let touched = plan.stages[done..].iter().flat_map(|stage| &stage.effects);
    let mut seen = BTreeSet::new();
    let changed: Vec<String> = touched
        .filter(|effect| seen.insert(&effect.object))
        .filter(|effect| now.get(&effect.object) != effect.before)
        .map(|effect| format!("{} is not as the plan saw it", effect.object))
        .collect();
    Err(if changed.is_empty() {
        refusal.note("it differs in objects that the plan does not touch")
    } else {
        changed.into_iter().fold(refusal, Refusal::note)
    })
}
