//! What is seen of others, and of tables.

use std::time::Duration;

use enact::database::activity::{blockers, longest_transaction, table_sizes};

use super::server::server;

#[tokio::test]
async fn the_one_who_blocks_is_named() {
    let server = server().await;
    let database = server.fresh_database().await;
    let holder = server.session(&database).await;
    let waiter = server.session(&database).await;
    let observer = server.session(&database).await;
    let setup = "CREATE TABLE cats (id int)";
    holder.client().batch_execute(setup).await.unwrap();
    let hold = format!("BEGIN; LOCK TABLE cats /* \x1b{} */", "x".repeat(80));
    holder.client().batch_execute(&hold).await.unwrap();

    let wait = waiter.client().batch_execute("ALTER TABLE cats ADD COLUMN name text");
    let look = async {
        for _ in 0..500 {
            let found = blockers(&observer, waiter.backend_pid()).await.unwrap();
            if !found.is_empty() {
                holder.client().batch_execute("COMMIT").await.unwrap();
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nobody blocks");
    };
    let (result, found) = futures_util::future::join(wait, look).await;
    result.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].pid, holder.backend_pid());
    assert_eq!(found[0].state.as_deref(), Some("idle in transaction"));
    let query = found[0].query.as_deref().unwrap();
    assert!(
        query.starts_with("BEGIN; LOCK TABLE cats /* \\u{1b}xx") && query.ends_with('…'),
        "{query}"
    );
    let since = found[0].since.as_deref().unwrap();
    assert!(since.len() == 20 && since.ends_with('Z'), "{since}");
    assert!(blockers(&observer, waiter.backend_pid()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_plain_role_sees_processes_but_not_their_work() {
    let server = server().await;
    let database = server.fresh_database().await;
    let holder = server.session(&database).await;
    holder.client().batch_execute("BEGIN; SELECT 'canary7'").await.unwrap();
    let owner = server.session(&database).await;
    let longest = longest_transaction(&owner).await.unwrap().unwrap();
    assert_eq!(longest.pid, holder.backend_pid());
    assert!(longest.seconds.unwrap() >= 0);
    let plain = server.session_as("plain_role", &database).await;
    let seen = longest_transaction(&plain).await.unwrap();
    assert!(!format!("{seen:?}").contains("canary7"), "{seen:?}");
    holder.client().batch_execute("COMMIT").await.unwrap();
    assert_eq!(longest_transaction(&owner).await.unwrap(), None);
}

#[tokio::test]
async fn sizes_of_tables_and_of_what_is_partitioned() {
    let server = server().await;
    let database = server.fresh_database().await;
    let session = server.session(&database).await;
    let setup = "CREATE SCHEMA enact; CREATE TABLE enact.ledger (); CREATE TEMP TABLE passing ();
        CREATE TABLE cats (id int); INSERT INTO cats SELECT generate_series(1, 5000); ANALYZE cats;
        CREATE TABLE \"Never analysed\" (id int);
        CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM cats;
        CREATE VIEW seen AS SELECT 1;
        CREATE TABLE events (at int) PARTITION BY RANGE (at);
        CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
        CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (100) TO (200);
        INSERT INTO events SELECT generate_series(0, 199); ANALYZE events_1; ANALYZE events_2;
        CREATE TABLE empty (at int) PARTITION BY LIST (at);";
    session.client().batch_execute(setup).await.unwrap();
    let sizes = table_sizes(&session).await.unwrap();
    let names: Vec<_> = sizes.iter().map(|size| size.table.as_str()).collect();
    assert_eq!(
        names,
        ["Never analysed", "cats", "counted", "empty", "events", "events_1", "events_2"]
    );
    let of = |name: &str| sizes.iter().find(|size| size.table == name).unwrap();
    assert_eq!(of("cats").rows_estimate, Some(5000));
    assert!(of("cats").bytes >= 5000 * 28);
    assert_eq!(of("Never analysed").rows_estimate, None);
    assert_eq!(of("events").rows_estimate, Some(200));
    assert_eq!(of("events").bytes, of("events_1").bytes + of("events_2").bytes);
    assert_eq!((of("empty").bytes, of("empty").rows_estimate), (0, None));
}
