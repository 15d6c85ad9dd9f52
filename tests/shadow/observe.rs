//! What each statement is seen to do: the table of locks, rewrites and scans, as a golden file.

use std::fmt::Write as _;
use std::time::Instant;

use enact::database::Session;
use enact::plan::lock::LockMode;
use enact::plan::observation::{Change, Known, ObjectChange, Observation};
use enact::shadow::{ObserveError, Observer};

use crate::postgres::{fresh_database, server};

/// An observer in a fresh database, and a session to prepare it with.
async fn observer(hint: &str) -> (Observer, Session) {
    let database = fresh_database(hint).await;
    let observer = Observer::new(server().await, &database.name).await.unwrap();
    (observer, database.session)
}

async fn prepare(session: &Session, sql: &str) {
    session.client().batch_execute(sql).await.unwrap();
}

/// An observation as lines.
fn told(observation: &Observation) -> String {
    let mut out = String::new();
    for lock in &observation.locks {
        let kind = serde_json::to_value(lock.kind).unwrap();
        writeln!(out, "    lock      {} ({}) {}", lock.relation, kind.as_str().unwrap(), lock.mode)
            .unwrap();
    }
    let lists = [
        ("rewritten", &observation.rewritten),
        ("refilled", &observation.refilled),
        ("scanned", &observation.scanned),
    ];
    for (word, names) in lists {
        for name in names {
            writeln!(out, "    {word:9} {name}").unwrap();
        }
    }
    for object in &observation.objects {
        let change = format!("{:?}", object.change).to_lowercase();
        writeln!(out, "    {change:9} {} {}", object.kind, object.name).unwrap();
    }
    if observation.known != Known::Observed {
        writeln!(out, "    {}", observation.known).unwrap();
    }
    out
}

/// `statements.sql` holds one set-up, and then statements; what stands before `-- then` is a
/// statement's own set-up. Each runs on empty tables and on tables with rows.
#[tokio::test]
async fn statements_take_the_locks_that_postgresql_documents() {
    let source = include_str!("statements.sql");
    let mut blocks = source.split("\n\n");
    let setup = blocks.next().unwrap();
    let (mut observer, session) = observer("statements").await;
    let mut golden = String::new();
    for block in blocks {
        let (own_setup, statement) = match block.split_once("-- then\n") {
            Some((before, after)) => (before, after),
            None => ("", block),
        };
        let mut seen = Vec::new();
        for rows in ["", "SELECT fill();"] {
            prepare(&session, &format!("DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS shelter; CREATE SCHEMA public; {setup}; {rows}")).await;
            for sql in own_setup.split_inclusive(";\n") {
                prepare(&session, sql).await;
            }
            let sql = statement.trim_end().trim_end_matches(';');
            let observation = match observer.alone(sql).await {
                Ok(observation) => told(&observation),
                Err(error) => panic!("{sql}: {error:?}"),
            };
            seen.push(observation);
        }
        writeln!(golden, "{}\n{}", statement.trim_end(), seen[0]).unwrap();
        if seen[0] != seen[1] {
            writeln!(golden, "with rows:\n{}", seen[1]).unwrap();
        }
    }
    snapbox::assert_data_eq!(golden, snapbox::file!["statements.out": Text].raw());
}

#[tokio::test]
async fn a_replaced_object_is_not_new_and_a_new_one_is() {
    let (mut observer, _) = observer("replaced").await;
    let sql = "CREATE OR REPLACE VIEW v AS SELECT 1 AS a";
    let changes = |observation: Observation| {
        let objects = observation.objects.into_iter();
        objects.map(|object| (object.change, object.name)).collect::<Vec<_>>()
    };
    let view = "public.v".to_owned();
    let first = observer.alone(sql).await.unwrap();
    assert_eq!(changes(first), [(Change::Created, view.clone())]);
    let second = observer.alone(sql).await.unwrap();
    assert_eq!(changes(second), [(Change::Altered, view)]);
}

#[tokio::test]
async fn the_effects_of_opaque_code_are_seen() {
    let (mut observer, session) = observer("opaque").await;
    prepare(&session, "CREATE TABLE cat (id int); CREATE TABLE dog (id int)").await;
    let observation = observer
        .alone("DO $$ BEGIN EXECUTE 'ALTER TABLE cat ALTER id TYPE ' || 'bigint'; PERFORM 1 FROM dog; DROP TABLE dog; END $$")
        .await
        .unwrap();
    assert_eq!(observation.rewritten, ["public.cat"]);
    assert_eq!(observation.strongest(), Some(LockMode::AccessExclusive));
    assert!(observation.objects.contains(&ObjectChange {
        change: Change::Dropped,
        kind: "table".to_owned(),
        name: "public.dog".to_owned(),
    }));
}

#[tokio::test]
async fn nothing_of_ours_is_in_the_catalog_between_statements() {
    let (mut observer, session) = observer("traces").await;
    observer.alone("CREATE TABLE cat (id int)").await.unwrap();
    observer.outside("VACUUM cat").await.unwrap();
    observer.alone("nonsense").await.unwrap_err();
    observer.outside("DROP INDEX CONCURRENTLY none").await.unwrap_err();
    let traces = "SELECT (SELECT count(*) FROM pg_event_trigger)
                       + (SELECT count(*) FROM pg_namespace WHERE nspname = 'enact')
                       + (SELECT count(*) FROM pg_proc WHERE proname ~ 'enact'
                            AND pronamespace::regnamespace::text !~ '^pg_temp_')";
    let count: i64 = session.client().query_one(traces, &[]).await.unwrap().get(0);
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_failing_statement_is_rolled_back_and_named() {
    let (mut observer, _) = observer("failing").await;
    let error = observer.together(&["CREATE TABLE cat ()", "DROP TABLE dog"]).await.unwrap_err();
    let ObserveError::Statement { index, error } = error else {
        panic!("{error:?}");
    };
    assert_eq!((index, error.sqlstate.as_str()), (1, "42P01"));
    observer.alone("CREATE TABLE cat ()").await.unwrap();
}

#[tokio::test]
async fn a_violation_that_shows_at_commit_is_the_statements() {
    let (mut observer, session) = observer("deferred").await;
    prepare(
        &session,
        "CREATE TABLE a (id int PRIMARY KEY, a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
    )
    .await;
    let error = observer.alone("INSERT INTO a VALUES (1, 2)").await.unwrap_err();
    let ObserveError::Statement { index, error } = error else {
        panic!("{error:?}");
    };
    assert_eq!((index, error.sqlstate.as_str()), (1, "23503"));
    observer.alone("INSERT INTO a VALUES (1, 1)").await.unwrap();
}

#[tokio::test]
async fn statements_together_give_their_union() {
    let (mut observer, session) = observer("together").await;
    prepare(&session, "CREATE TABLE cat (id int)").await;
    let observation = observer
        .together(&[
            "CREATE INDEX i ON cat (id)",
            "ALTER TABLE cat ADD note text",
            "SET LOCAL ROLE pg_monitor",
        ])
        .await
        .unwrap();
    assert_eq!(observation.known, Known::ObservedTogether);
    assert_eq!(observation.locks.len(), 1);
    assert_eq!(observation.locks[0].mode, LockMode::AccessExclusive);
    assert_eq!(observation.scanned, ["public.cat"]);
}

#[tokio::test]
async fn scans_of_earlier_statements_are_not_counted_again() {
    let (mut observer, session) = observer("again").await;
    prepare(&session, "CREATE TABLE cat (id int)").await;
    assert_eq!(observer.alone("CREATE INDEX ON cat (id)").await.unwrap().scanned, ["public.cat"]);
    for _ in 0..3 {
        let observation = observer.alone("ALTER TABLE cat ADD note text").await.unwrap();
        assert_eq!(observation.scanned, [""; 0]);
        observer.alone("ALTER TABLE cat DROP note").await.unwrap();
    }
    observer.outside("CREATE INDEX CONCURRENTLY i ON cat (id)").await.unwrap();
    assert_eq!(observer.alone("ALTER TABLE cat ADD note text").await.unwrap().scanned, [""; 0]);
    observer.alone("SELECT 1 / count(*) FROM cat").await.unwrap_err();
    assert_eq!(observer.alone("ALTER TABLE cat DROP note").await.unwrap().scanned, [""; 0]);
    let scanned = observer.alone("UPDATE cat SET id = 1").await.unwrap().scanned;
    assert_eq!(scanned, ["public.cat"]);
}

#[tokio::test]
async fn a_session_that_was_discarded_is_watched_again() {
    let (mut observer, _) = observer("discarded").await;
    let observation = observer.outside("DISCARD ALL").await.unwrap();
    assert_eq!(observation.known, Known::Unknown);
    let observation = observer.alone("CREATE TABLE cat ()").await.unwrap();
    assert_eq!(observation.objects.len(), 1);
    let role = observer.alone("SET ROLE pg_monitor").await;
    assert!(role.is_ok());
    observer.alone("CREATE TABLE dog ()").await.unwrap();
}

/// The whole of a large project is observed in seconds. The bound is loose: the machine is shared.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "the time is of interest with --nocapture")]
async fn observing_is_cheap() {
    let (mut observer, _) = observer("cheap").await;
    let start = Instant::now();
    for table in 0..100 {
        observer.alone(&format!("CREATE TABLE t{table} (id int PRIMARY KEY)")).await.unwrap();
        observer.alone(&format!("ALTER TABLE t{table} ADD note text")).await.unwrap();
        observer.alone(&format!("CREATE INDEX ON t{table} (note)")).await.unwrap();
    }
    let each = start.elapsed() / 300;
    println!("{each:?} a statement");
    assert!(each.as_millis() < 50, "{each:?} a statement");
}
