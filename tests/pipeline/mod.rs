//! The whole way, by the real binary: revisions, a plan, its readings, approvals, a database.

use std::io::Write as _;
use std::process::Stdio;

use crate::postgres::TestDatabase;

mod format;
mod ignored;
mod kinds;
mod reading;
mod recompile;
mod refusals;
mod rights;
mod script;
mod tablespaces;

/// The schema as `pg_dump` tells it, without what enact and Alembic keep there.
pub(crate) fn dumped(database: &TestDatabase) -> String {
    let output = database
        .tool("pg_dump")
        .args(["--schema-only", "--exclude-schema=enact", "--exclude-table=public.alembic_version"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    // Newer minor versions guard a dump with a key that is new each time.
    let same_each_time = |line: &&str| !line.contains("restrict ");
    text.lines().filter(same_each_time).collect::<Vec<_>>().join("\n")
}

/// Runs SQL with psql, as a person would; gives what it said.
pub(crate) fn psql(
    database: &TestDatabase,
    arguments: &[&str],
    sql: &str,
) -> Result<String, String> {
    let mut psql = database
        .tool("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    let output = psql.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(said.into_owned()) } else { Err(said.into_owned()) }
}
