//! SQL for a difference: run on a database with the first schema, it gives the second.

mod across;
mod contract;
mod generated;
mod golden;
mod rounds;

use std::collections::BTreeSet;

use enact::catalog::{CatalogDiff, LinkedCatalog};
use enact::database::read_linked_catalog;
use enact::difference::{Options, Placement, SESSION_SQL, Script};

use crate::postgres::{TestDatabase as Database, database};

/// How many pairs are tried at once.
const TOGETHER: usize = 3;

/// A database in which `sql` was run.
async fn with(sql: &str) -> Database {
    let database = database().await;
    database.run(sql).await;
    // Whose the objects are must not change with how many of them have another owner.
    database.run("RESET search_path; SET enact.migrating_role = 'postgres'").await;
    database
}

async fn linked(database: &Database) -> LinkedCatalog {
    read_linked_catalog(database.session()).await.unwrap()
}

/// Runs a script as it asks to be run; the error names the statement.
async fn run(database: &Database, script: &Script) -> Result<(), String> {
    let client = database.session().client();
    client.batch_execute(SESSION_SQL).await.unwrap();
    client.batch_execute("BEGIN").await.unwrap();
    for statement in &script.statements {
        let alone = statement.placement == Placement::Alone;
        if alone {
            client.batch_execute("COMMIT").await.map_err(|error| error.to_string())?;
        }
        if let Err(error) = client.batch_execute(&statement.sql).await {
            let words = error.as_db_error().map_or_else(
                || error.to_string(),
                |error| format!("{} {}", error.message(), error.detail().unwrap_or_default()),
            );
            let _ = client.batch_execute("ROLLBACK").await;
            return Err(format!("{words}\n    in: {}", statement.sql));
        }
        if statement.placement == Placement::CommitAfter {
            client.batch_execute("COMMIT; BEGIN").await.map_err(|error| error.to_string())?;
        }
        if alone {
            client.batch_execute("BEGIN").await.unwrap();
        }
    }
    client.batch_execute("COMMIT").await.map_err(|error| error.to_string())
}

/// Brings a database to the schema of `after`, and says what is against the contract: what differs
/// afterwards must be exactly what was named, and a second script must be empty but for that.
async fn faults(
    database: &Database,
    after: &LinkedCatalog,
    options: &Options,
) -> Result<Script, String> {
    let before = linked(database).await;
    let script = Script::between(&before, after, options);
    let told = |fault: String| format!("{fault}\n{script}");
    run(database, &script).await.map_err(told)?;
    let reached = linked(database).await;
    let left = CatalogDiff::between(&reached.catalog, &after.catalog);
    let differing: BTreeSet<String> = left.objects.keys().map(ToString::to_string).collect();
    let remainders = script.inexpressible.iter().chain(&script.withheld);
    let named: BTreeSet<String> = remainders.map(|left| left.object.to_string()).collect();
    if differing != named {
        return Err(told(format!("left over: {left}\nnamed: {named:?}")));
    }
    let again = Script::between(&reached, after, options);
    if !again.statements.is_empty() {
        return Err(told(format!("a second time:\n{again}")));
    }
    Ok(script)
}
