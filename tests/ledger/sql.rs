//! `plan.sql` writes ledger entries without enact: PostgreSQL must come to the same hashes.

use enact::ledger::hash_sql;
use std::fmt::Write as _;

use super::{TARGET, ledger};
use crate::postgres::database;

#[tokio::test]
async fn postgresql_computes_the_same_hashes() {
    let entries = ledger();
    let mut sql = format!("SELECT encode({}, 'hex') FROM (VALUES ", hash_sql("target_id"));
    for (at, entry) in entries.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let payload = data_encoding::HEXLOWER.encode(&entry.payload);
        write!(
            sql,
            "{comma}('{TARGET}'::uuid, {}::bigint, '\\x{}'::bytea, '\\x{payload}'::bytea)",
            entry.seq, entry.prev
        )
        .unwrap();
    }
    sql.push_str(") AS ledger (target_id, seq, prev, payload) ORDER BY seq");
    let database = database().await;
    let rows = database.session.client().query(&sql, &[]).await.unwrap();
    let hashes: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let expected: Vec<_> = entries.iter().map(|entry| entry.hash.to_string()).collect();
    assert_eq!(hashes, expected);
}
