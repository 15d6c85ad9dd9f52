//! What statements outside a transaction left when they did not end.

use crate::apply::Left;
use crate::diagnostic::{Code, Finding, Severity};

use super::look::{Begun, BrokenIndex, Facts};

/// While another run is at work, what is unfinished is its own.
pub(super) fn check(facts: &Facts, findings: &mut Vec<Finding>) {
    if facts.at_work.is_some() {
        return;
    }
    findings.extend(facts.begun.iter().map(intent));
    let explained: Vec<&String> = facts
        .begun
        .iter()
        .filter_map(|begun| match &begun.known {
            Some((_, Ok(Left::Indexes(names)))) => Some(names),
            _ => None,
        })
        .flatten()
        .collect();
    let quoted = |index: &BrokenIndex| {
        let part = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let schema = index.name.schema.as_deref().unwrap_or_default();
        format!("{}.{}", part(schema), part(&index.name.name))
    };
    let own = facts.indexes.iter().filter(|index| !explained.contains(&&quoted(index)));
    findings.extend(own.map(invalid_index));
    findings.extend(facts.detaching.iter().map(|(table, partition)| {
        Finding::error(
            Code::DetachPending,
            format!("partition `{partition}` of `{table}` is half detached"),
        )
        .note("DETACH PARTITION CONCURRENTLY did not end")
        .help(format!("run `ALTER TABLE {table} DETACH PARTITION {partition} FINALIZE`"))
    }));
}

fn intent(Begun { plan, stage, known }: &Begun) -> Finding {
    let begun =
        format!("stage {stage} of plan {} was begun and is not recorded as done", plan.short());
    let Some((folder, left)) = known else {
        return Finding::warning(Code::IntentLeft, begun)
            .note("its plan is not among the environment's plans, so nobody can tell what it left")
            .help(format!(
                "get the plan's directory back; if nothing is left of the stage, run `DELETE FROM enact.intent WHERE plan = '\\x{plan}' AND stage = {stage}`"
            ));
    };
    let again = format!("run `enact apply` with the plan `{folder}`");
    match left {
        // It holds nothing up: the plan can go on, and a newer one goes before it.
        Ok(Left::Nothing) => {
            let mut finding = Finding::warning(Code::IntentLeft, begun)
                .note("nothing is left of its statement")
                .help(format!("{again} to go on, or plan anew"));
            finding.severity = Severity::Note;
            finding
        }
        Ok(Left::Everything) => Finding::error(Code::IntentLeft, begun)
            .note("its statement did all of its work; only the record is missing")
            .help(format!("{again}: it takes the result over")),
        Ok(Left::Indexes(names)) => Finding::error(Code::IntentLeft, begun)
            .note(format!("it left {}, which is invalid", names.join(", ")))
            .help(format!("{again}: it drops what is left and builds anew")),
        Ok(Left::Other(what)) => Finding::error(Code::IntentLeft, begun)
            .note(format!("something else is there: {what}"))
            .help("a person must look at it"),
        Err(refusal) => Finding::error(Code::IntentLeft, begun)
            .note(refusal.to_string())
            .help("a person must look at `enact.intent`"),
    }
}

fn invalid_index(BrokenIndex { name, table }: &BrokenIndex) -> Finding {
    let stem = name.name.trim_end_matches(|c: char| c.is_ascii_digit());
    let finding = Finding::error(
        Code::IndexInvalid,
        format!(
            "index `{name}` of `{table}` is invalid: queries pass it over, writes still pay for it"
        ),
    );
    if stem.ends_with("_ccnew") || stem.ends_with("_ccold") {
        return finding
            .note("REINDEX CONCURRENTLY left it; the index of that name without the ending counts")
            .help(format!("run `DROP INDEX CONCURRENTLY {name}`"));
    }
    finding
        .note("CREATE INDEX CONCURRENTLY or DROP INDEX CONCURRENTLY did not end")
        .help(format!(
            "run `REINDEX INDEX CONCURRENTLY {name}` to make it whole, or `DROP INDEX CONCURRENTLY {name}` to be rid of it"
        ))
}
