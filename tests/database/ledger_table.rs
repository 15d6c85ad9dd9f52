//! enact's own tables: what they accept, and what they keep.

use std::collections::{BTreeMap, BTreeSet};

use enact::database::Session;
use enact::database::ledger_table as ledger;
use enact::diagnostic::Code;
use enact::digest::Digest;
use tokio_postgres::types::{ToSql, Type};

use super::server::server;

async fn with_ledger() -> (String, Session) {
    let server = server().await;
    let database = server.fresh_database().await;
    let session = server.session(&database).await;
    (database, session)
}

async fn append(session: &Session, sql: &str, seq: i64, prev: u8, hash: u8) -> Result<u64, String> {
    let (prev, hash) = (vec![prev; 32], vec![hash; 32]);
    let values: [&(dyn ToSql + Sync); 4] = [&seq, &prev, &b"payload".as_slice(), &hash];
    let typed: Vec<(&(dyn ToSql + Sync), Type)> =
        values.into_iter().zip(ledger::ENTRY_TYPES.iter().cloned()).collect();
    match session.client().execute_typed(sql, &typed).await {
        Ok(rows) => Ok(rows),
        Err(error) => Err(error.code().unwrap().code().to_owned()),
    }
}

#[tokio::test]
async fn without_the_schema_there_is_nothing() {
    let (database, session) = with_ledger().await;
    let plan = Digest::of("plan");
    for session in [session, server().await.session_as("plain_role", &database).await] {
        assert_eq!(ledger::read_ledger(&session).await.unwrap(), None);
        assert!(ledger::markers(&session, plan).await.unwrap().is_empty());
        assert!(ledger::intents(&session, plan).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn entries_follow_one_another() {
    let (_, session) = with_ledger().await;
    session.client().batch_execute(enact::ledger::SCHEMA_SQL).await.unwrap();
    assert_eq!(ledger::read_ledger(&session).await.unwrap(), Some(Vec::new()));

    let entry = ledger::INSERT_ENTRY;
    assert_eq!(append(&session, entry, 1, 0, 1).await, Ok(0), "nothing before it");
    assert_eq!(append(&session, entry, 0, 0, 1).await, Ok(1));
    assert_eq!(append(&session, entry, 0, 9, 2).await, Err("23505".to_owned()), "there is a first");
    assert_eq!(append(&session, entry, 1, 9, 2).await, Ok(0), "another hash before it");
    assert_eq!(append(&session, entry, 2, 1, 2).await, Ok(0), "a gap");
    assert_eq!(append(&session, entry, 1, 1, 2).await, Ok(1));
    assert_eq!(append(&session, entry, 1, 1, 3).await, Err("23505".to_owned()), "a fork");

    let entries = ledger::read_ledger(&session).await.unwrap().unwrap();
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(entries[1].prev, entries[0].hash);
    assert_eq!(entries[1].payload, b"payload");
}

#[tokio::test]
async fn the_past_is_not_rewritten_by_accident() {
    let (_, session) = with_ledger().await;
    let client = session.client();
    client.batch_execute(enact::ledger::SCHEMA_SQL).await.unwrap();
    append(&session, ledger::INSERT_ENTRY, 0, 0, 1).await.unwrap();
    for sql in [
        "UPDATE enact.ledger SET payload = 'x'",
        "DELETE FROM enact.ledger",
        "DELETE FROM enact.ledger WHERE false",
        "TRUNCATE enact.ledger",
    ] {
        let error = client.batch_execute(sql).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "23001", "{sql}");
    }
    for sql in [
        "INSERT INTO enact.ledger VALUES (1, 'short', 'p', 'short')",
        "INSERT INTO enact.marker VALUES ('short', 0)",
        "INSERT INTO enact.marker VALUES (sha256('a'), -1)",
    ] {
        let error = client.batch_execute(sql).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "23514", "{sql}");
    }
}

#[tokio::test]
async fn markers_and_intents_belong_to_a_plan() {
    let (_, session) = with_ledger().await;
    let client = session.client();
    client.batch_execute(enact::ledger::SCHEMA_SQL).await.unwrap();
    let (plan, other) = (Digest::of("plan"), Digest::of("other"));
    for (plan, stage) in [(plan, 0_i32), (plan, 2), (other, 1)] {
        let bytes = plan.as_bytes().as_slice();
        let marker: [(&(dyn ToSql + Sync), Type); 2] =
            [(&bytes, ledger::MARKER_TYPES[0].clone()), (&stage, ledger::MARKER_TYPES[1].clone())];
        client.execute_typed(ledger::INSERT_MARKER, &marker).await.unwrap();
        let again = client.execute_typed(ledger::INSERT_MARKER, &marker).await;
        assert_eq!(again.unwrap_err().code().unwrap().code(), "23505");
    }
    let (bytes, payload) = (plan.as_bytes().as_slice(), b"intent".as_slice());
    let values: [&(dyn ToSql + Sync); 3] = [&bytes, &3_i32, &payload];
    let intent: Vec<_> = values.into_iter().zip(ledger::INTENT_TYPES.iter().cloned()).collect();
    client.execute_typed(ledger::INSERT_INTENT, &intent).await.unwrap();

    assert_eq!(ledger::markers(&session, plan).await.unwrap(), BTreeSet::from([0, 2]));
    assert_eq!(ledger::markers(&session, other).await.unwrap(), BTreeSet::from([1]));
    let intents = ledger::intents(&session, plan).await.unwrap();
    assert_eq!(intents, BTreeMap::from([(3, b"intent".to_vec())]));
}

#[tokio::test]
async fn a_reader_without_rights_is_told_which() {
    let (database, session) = with_ledger().await;
    session.client().batch_execute(enact::ledger::SCHEMA_SQL).await.unwrap();
    let reader = server().await.session_as("plain_role", &database).await;
    let refusal = ledger::read_ledger(&reader).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
    let help = refusal.findings()[0].help.clone().unwrap();
    let grants = help.split('`').nth(1).unwrap().replace("role", "plain_role");
    session.client().batch_execute(&grants).await.unwrap();
    assert_eq!(ledger::read_ledger(&reader).await.unwrap(), Some(Vec::new()));
    let error = reader
        .client()
        .batch_execute("INSERT INTO enact.marker VALUES (sha256('a'), 0)")
        .await
        .unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501");
}
