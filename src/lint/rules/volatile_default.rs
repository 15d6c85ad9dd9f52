//! A new column gets a value of its own in every row that exists.

use crate::diagnostic::Severity;
use crate::statement::{Fill, TableChange};

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "volatile-default",
    severity: Severity::Warning,
    summary: "a new column gets a value of its own in every row that exists",
    explanation: "A constant, or now(), is kept in the catalog and costs nothing. A volatile default, a serial or identity column and a stored generated column are computed for each row: PostgreSQL writes the table anew while every reader and writer waits. Add the column without a default, set the default, and fill the rows in steps.",
    help: "add the column without it, then SET DEFAULT, then fill existing rows in steps",
    check,
};

/// Functions that PostgreSQL evaluates once for all rows: stable or immutable, from the catalog of
/// 14 to 18 (`pg_proc.provolatile`). Only those that defaults use; another name may be volatile.
const EVALUATED_ONCE: &[&str] = &[
    "array_fill",
    "coalesce",
    "concat",
    "current_catalog",
    "current_database",
    "current_date",
    "current_role",
    "current_schema",
    "current_setting",
    "current_time",
    "current_timestamp",
    "current_user",
    "date_trunc",
    "decode",
    "encode",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "localtime",
    "localtimestamp",
    "lower",
    "make_interval",
    "md5",
    "now",
    "pg_backend_pid",
    "session_user",
    "statement_timestamp",
    "timezone",
    "to_char",
    "to_timestamp",
    "transaction_timestamp",
    "txid_current",
    "upper",
];

/// Functions that are known to give each row another value.
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "gen_random_bytes",
    "gen_random_uuid",
    "nextval",
    "random",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.each_change(|table, change| {
        let TableChange::AddColumn { column, fill, .. } = change else {
            return None;
        };
        let (sure, why) = match fill {
            Fill::Null | Fill::Constant => return None,
            Fill::EachRow => (true, "each row gets a value of its own".to_owned()),
            Fill::Unknown => (false, "the default could not be read".to_owned()),
            Fill::Calls(names) => {
                let known = |list: &[&str]| names.iter().find(|name| list.contains(&name.as_str()));
                if let Some(name) = known(VOLATILE) {
                    (true, format!("`{name}` is volatile"))
                } else {
                    let name =
                        names.iter().find(|name| !EVALUATED_ONCE.contains(&name.as_str()))?;
                    (false, format!("`{name}` may be volatile"))
                }
            }
        };
        let is = if sure { "is" } else { "may be" };
        Some(format!(
            "`{table}` {is} written anew for `{column}`, while reads and writes wait: {why}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_values_of_each_row_s_own() {
        for (definition, why) in [
            (
                "uuid DEFAULT gen_random_uuid()",
                "`t` is written anew for `c`, while reads and writes wait: `gen_random_uuid` is volatile",
            ),
            (
                "int DEFAULT mine(1)",
                "`t` may be written anew for `c`, while reads and writes wait: `mine` may be volatile",
            ),
            (
                "serial",
                "`t` is written anew for `c`, while reads and writes wait: each row gets a value of its own",
            ),
            (
                "int DEFAULT CASE WHEN true THEN 1 END",
                "`t` may be written anew for `c`, while reads and writes wait: the default could not be read",
            ),
        ] {
            let sql = format!("ALTER TABLE t ADD COLUMN c {definition}");
            assert_eq!(messages(&RULE, &sql), [why]);
        }
    }

    #[test]
    fn leaves_values_that_are_the_same_for_all_rows() {
        for definition in [
            "int",
            "int NOT NULL DEFAULT 0",
            "timestamptz DEFAULT now()",
            "text DEFAULT lower('A')",
        ] {
            let sql = format!("ALTER TABLE t ADD COLUMN c {definition}");
            assert_eq!(messages(&RULE, &sql), [""; 0], "{sql}");
        }
    }
}
