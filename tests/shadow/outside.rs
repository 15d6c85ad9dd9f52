//! Statements outside a transaction: each rule is checked with a third session in the way.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use enact::database::Session;
use enact::plan::lock::LockMode;
use enact::plan::observation::{Change, Known, RelationKind};
use enact::shadow::Observer;

use crate::postgres::{TestDatabase, fresh_database, server};

const SETUP: &str = "
    DROP SCHEMA public CASCADE; CREATE SCHEMA public;
    CREATE TABLE cat (id int PRIMARY KEY, name text);
    CREATE INDEX cat_name ON cat (name);
    CREATE TABLE event (at int) PARTITION BY RANGE (at);
    CREATE TABLE event_one PARTITION OF event FOR VALUES FROM (0) TO (9);";

/// The locks that a statement is seen to have, or to wait for, while `blocker` is in its way.
async fn seen_behind(
    database: &TestDatabase,
    blocker: &str,
    sql: &str,
) -> BTreeMap<String, LockMode> {
    let session = || async { server().await.session(&database.name).await.unwrap() };
    let (worker, third) = (session().await, session().await);
    third.client().batch_execute(&format!("BEGIN; {blocker}")).await.unwrap();
    let pid: i32 = worker.client().query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let mut seen = BTreeMap::new();
    let watch = async {
        let start = Instant::now();
        while !stuck(&database.session, pid, &mut seen).await {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "`{sql}` is not blocked by `{blocker}`"
            );
        }
        third.client().batch_execute("COMMIT").await.unwrap();
    };
    let (outcome, ()) = tokio::join!(worker.client().execute_typed(sql, &[]), watch);
    outcome.unwrap();
    seen
}

/// Adds the locks of now to `seen`, and says whether the worker waits for one.
async fn stuck(session: &Session, pid: i32, seen: &mut BTreeMap<String, LockMode>) -> bool {
    let sql = "SELECT c.oid::regclass::text, l.mode, l.granted
               FROM pg_locks AS l
               LEFT JOIN pg_class AS c ON c.oid = l.relation AND l.relation >= 16384
                AND c.relnamespace = 'public'::regnamespace
               WHERE l.pid = $1";
    let mut waits = false;
    for row in session.client().query(sql, &[&pid]).await.unwrap() {
        waits |= !row.get::<_, bool>(2);
        if let Some(name) = row.get::<_, Option<String>>(0) {
            let mode = LockMode::from_pg_locks(row.get(1)).unwrap();
            let strongest = seen.entry(format!("public.{name}")).or_insert(mode);
            *strongest = mode.max(*strongest);
        }
    }
    waits
}

#[tokio::test]
async fn every_rule_says_what_is_seen() {
    use LockMode::{AccessExclusive as AX, ShareUpdateExclusive as SUX};
    let writer = "LOCK TABLE cat IN ROW EXCLUSIVE MODE";
    let reader = "LOCK TABLE cat IN ACCESS SHARE MODE";
    let cases = [
        ("CREATE INDEX CONCURRENTLY cat_both ON cat (id, name)", writer, vec![("cat", SUX)]),
        ("DROP INDEX CONCURRENTLY cat_name", writer, vec![("cat", SUX), ("cat_name", SUX)]),
        ("REINDEX INDEX CONCURRENTLY cat_name", writer, vec![("cat", SUX), ("cat_name", SUX)]),
        (
            "REINDEX (CONCURRENTLY) TABLE public.cat",
            writer,
            vec![("cat", SUX), ("cat_name", SUX), ("cat_pkey", SUX)],
        ),
        ("VACUUM cat", "LOCK TABLE cat IN SHARE UPDATE EXCLUSIVE MODE", vec![("cat", SUX)]),
        ("VACUUM (FULL) cat", reader, vec![("cat", AX)]),
        ("CLUSTER cat USING cat_name", reader, vec![("cat", AX)]),
        (
            "ALTER TABLE event DETACH PARTITION event_one CONCURRENTLY",
            "LOCK TABLE event_one IN ACCESS SHARE MODE",
            vec![("event", SUX), ("event_one", AX)],
        ),
    ];
    let database = fresh_database("rules").await;
    let mut observer = Observer::new(server().await, &database.name).await.unwrap();
    for (sql, blocker, expected) in cases {
        database.session.client().batch_execute(SETUP).await.unwrap();
        let seen = seen_behind(&database, blocker, sql).await;
        database.session.client().batch_execute(SETUP).await.unwrap();
        let told = observer.outside(sql).await.unwrap();
        assert!(matches!(told.known, Known::Derived(_)), "{sql}: {}", told.known);
        let told: BTreeMap<_, _> =
            told.locks.into_iter().map(|lock| (lock.relation, lock.mode)).collect();
        for (relation, mode) in expected {
            let relation = format!("public.{relation}");
            assert_eq!(seen.get(&relation), Some(&mode), "{sql}: {relation} seen");
            assert_eq!(told.get(&relation), Some(&mode), "{sql}: {relation} told");
        }
        for (relation, mode) in &seen {
            if let Some(told) = told.get(relation) {
                assert!(mode <= told, "{sql}: {relation} was seen with {mode}");
            }
        }
    }
}

#[tokio::test]
async fn effects_outside_a_transaction_are_told() {
    let database = fresh_database("effects").await;
    database.session.client().batch_execute(SETUP).await.unwrap();
    let mut observer = Observer::new(server().await, &database.name).await.unwrap();

    let built = observer.outside("CREATE INDEX CONCURRENTLY i ON cat (id)").await.unwrap();
    assert_eq!(built.known, Known::Derived("CREATE INDEX CONCURRENTLY".to_owned()));
    assert_eq!(built.scanned, ["public.cat"]);
    let created = &built.objects[0];
    assert_eq!((created.change, created.name.as_str()), (Change::Created, "public.i"));

    let dropped = observer.outside("DROP INDEX CONCURRENTLY i").await.unwrap();
    assert_eq!(dropped.objects[0].change, Change::Dropped);
    assert_eq!(dropped.locks[1].kind, RelationKind::Index);

    let full = observer.outside("VACUUM FULL cat").await.unwrap();
    assert_eq!(full.refilled, ["public.cat"]);
    let indexes = observer.outside("REINDEX TABLE CONCURRENTLY cat").await.unwrap();
    assert_eq!(indexes.refilled, ["public.cat_name", "public.cat_pkey"]);
}

#[tokio::test]
async fn what_no_rule_covers_is_unknown() {
    let database = fresh_database("unknown").await;
    database.session.client().batch_execute(SETUP).await.unwrap();
    let mut observer = Observer::new(server().await, &database.name).await.unwrap();
    for sql in ["VACUUM", "REINDEX SCHEMA CONCURRENTLY public", "VACUUM event", "CLUSTER"] {
        let observation = observer.outside(sql).await.unwrap();
        assert_eq!(observation.known, Known::Unknown, "{sql}");
        assert_eq!(observation.locks, [], "{sql}");
    }
}
