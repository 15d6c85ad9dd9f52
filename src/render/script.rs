//! `plan.sql`: the plan as a psql script that keeps the same record as the executor.

use jiff::Timestamp;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::diagnostic::Refusal;
use crate::graph::RowChange;
use crate::ledger::{self, Execution, Genesis, PlanRecord, Record, SCHEMA_SQL};
use crate::plan::file::PlanFile;
use crate::plan::{Mode, Plan, Stage, Step};
use crate::revision::RevisionId;
use crate::statement::{self, literal};

use super::template::{Templates, direction, heads};

/// What stands in the script's records until it runs: the role, and a time at which no plan is made.
const EXECUTION: Execution<'_> =
    Execution { runner: "psql: @role@", run: "psql", at: Timestamp::UNIX_EPOCH };

#[derive(Serialize)]
struct ScriptStage {
    number: u32,
    revision: RevisionId,
    alone: bool,
    lock_timeout_ms: u64,
    statement_timeout_ms: u64,
    steps: Vec<String>,
    version_rows: Vec<String>,
    entries: Vec<String>,
}

/// The reading for psql.
///
/// # Errors
/// `template-invalid`, if the project's own template does not render.
pub fn psql_script(templates: &Templates, file: &PlanFile) -> Result<String, Refusal> {
    let plan = file.plan();
    let table = &plan.observation.version_table;
    let stages: Vec<ScriptStage> =
        plan.stages.iter().map(|stage| script_stage(file, stage, table)).collect();
    let from: Vec<String> = plan.transition.from.iter().map(|id| literal(id.as_str())).collect();
    templates.render(
        "plan.sql",
        context! {
            plan => Serde(plan),
            digest => file.digest().to_string(),
            direction => direction(plan),
            from => heads(&plan.transition.from),
            to => heads(&plan.transition.to),
            quote => "$enact$",
            lock_key => format!("{}, {}", ledger::LOCK_KEY.0, ledger::LOCK_KEY.1),
            ledger_schema => SCHEMA_SQL,
            genesis => entry(plan, &Record::Genesis(Genesis::of(plan, EXECUTION)), true),
            version_table => table,
            heads_array => format!("ARRAY[{}]::text[]", from.join(", ")),
            session => plan.observation.session_sql(),
            search_path => plan.observation.search_path.as_str(),
            stages => Serde(stages),
        },
    )
}

fn script_stage(file: &PlanFile, stage: &Stage, table: &str) -> ScriptStage {
    let (plan, digest) = (file.plan(), file.digest());
    let mut entries = Vec::new();
    if stage.number == 1 {
        entries.push(entry(
            plan,
            &Record::Plan(PlanRecord::of(plan, digest, Vec::new(), None, EXECUTION)),
            false,
        ));
    }
    entries.push(entry(
        plan,
        &Record::Stage(ledger::Stage::of(plan, digest, stage, false, EXECUTION)),
        false,
    ));
    ScriptStage {
        number: stage.number,
        revision: stage.revision.clone(),
        alone: stage.mode == Mode::Alone,
        lock_timeout_ms: stage.lock_timeout_ms,
        statement_timeout_ms: stage.statement_timeout_ms,
        steps: stage.steps.iter().map(step).collect(),
        version_rows: stage.version_rows.iter().map(|row| version_row(row, table)).collect(),
        entries,
    }
}

/// A statement as psql must be given it: exactly, and with nothing that psql could put in its place.
fn step(step: &Step) -> String {
    let sql = step.text();
    let unset = |name: &str| format!("\\unset {name}\n");
    let names: String = statement::psql_names(&sql).into_iter().map(unset).collect();
    format!("{names}{sql}\n;")
}

/// Changes exactly one row, or stops the script.
fn version_row(row: &RowChange, table: &str) -> String {
    let (sql, what) = match row {
        RowChange::Insert(id) => {
            return format!("INSERT INTO {table} (version_num) VALUES ({});", literal(id.as_str()));
        }
        RowChange::Update { from, to } => (
            format!(
                "UPDATE {table} SET version_num = {} WHERE version_num = {}",
                literal(to.as_str()),
                literal(from.as_str())
            ),
            from,
        ),
        RowChange::Delete(id) => {
            (format!("DELETE FROM {table} WHERE version_num = {}", literal(id.as_str())), id)
        }
    };
    format!(
        "DO $enact$\nDECLARE n bigint;\nBEGIN\n    {sql};\n    GET DIAGNOSTICS n = ROW_COUNT;\n    \
         IF n <> 1 THEN RAISE EXCEPTION 'stale-heads: % rows of {table} match {what}', n; END IF;\nEND\n$enact$;"
    )
}

/// Appends a record to the ledger; the hash is the one that `ledger::Entry` computes.
fn entry(plan: &Plan, record: &Record, first: bool) -> String {
    let payload = String::from_utf8_lossy(&record.encode()).into_owned();
    let target_id = literal(&plan.target.target_id.to_string());
    let (seq, prev, from) = if first {
        ("0::bigint", "decode(repeat('00', 32), 'hex')", "")
    } else {
        ("l.seq + 1", "l.hash", " FROM enact.ledger l ORDER BY l.seq DESC LIMIT 1")
    };
    format!(
        "INSERT INTO enact.ledger (seq, prev, payload, hash)\n\
         SELECT seq, prev, payload, {hash}\n\
         FROM (SELECT {seq} AS seq, {prev} AS prev, convert_to(replace(replace({payload},\n    \
         {at}, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')),\n    \
         '@role@', replace(current_user::text, '\"', '')), 'UTF8') AS payload{from}) AS next;",
        hash = ledger::hash_sql(&format!("{target_id}::uuid")),
        payload = literal(&payload),
        at = literal(&EXECUTION.at.to_string()),
    )
}
