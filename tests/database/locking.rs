//! The lock between two runners, behind a pooler, and on its way back.

use std::time::Duration;

use enact::database::advisory_lock::AdvisoryLock;
use enact::database::{Identity, Session, Transport};
use enact::diagnostic::Code;

use super::server::{pooler, resolve, server, standby};

const NOW: Duration = Duration::ZERO;

#[tokio::test]
async fn one_runner_at_a_time_and_the_other_is_told_who() {
    let server = server().await;
    let database = server.fresh_database().await;
    let run = |name: &str| {
        let text = format!(
            "host={} port={} user=postgres dbname={database}",
            server.folder().display(),
            server.port()
        );
        resolve(&text).for_run(name)
    };
    let first = Session::connect(&run("first")).await.unwrap();
    let second = Session::connect(&run("second")).await.unwrap();
    let lock = AdvisoryLock::acquire(&first, NOW, |_| ()).await.unwrap();
    assert_eq!(lock.backend_pid(), first.backend_pid());

    let mut told = Vec::new();
    let patience = Duration::from_millis(200);
    let refusal = AdvisoryLock::acquire(&second, patience, |holder| told.extend(holder.cloned()))
        .await
        .unwrap_err();
    assert_eq!(refusal.code(), Code::LockHeld);
    assert!(refusal.findings()[0].notes[0].contains("enact first"), "{refusal:?}");
    assert!(told.len() > 1);
    assert_eq!(told[0].pid, first.backend_pid());
    assert_eq!(told[0].state.as_deref(), Some("idle"));

    // Another database has its own lock.
    let elsewhere = server.session(&server.fresh_database().await).await;
    let other = AdvisoryLock::acquire(&elsewhere, NOW, |_| ()).await.unwrap();
    other.release(&elsewhere).await.unwrap();

    let waiting = AdvisoryLock::acquire(&second, Duration::from_secs(10), |_| ());
    let releasing = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        lock.release(&first).await.unwrap();
    };
    let (taken, ()) = futures_util::future::join(waiting, releasing).await;
    taken.unwrap().release(&second).await.unwrap();
}

#[tokio::test]
async fn a_closed_session_gives_the_lock_back() {
    let server = server().await;
    let database = server.fresh_database().await;
    let first = server.session(&database).await;
    let second = server.session(&database).await;
    let _lock = AdvisoryLock::acquire(&first, NOW, |_| ()).await.unwrap();
    drop(first);
    let lock = AdvisoryLock::acquire(&second, Duration::from_secs(10), |_| ()).await;
    lock.unwrap().release(&second).await.unwrap();
}

#[tokio::test]
async fn a_lock_lost_to_a_statement_is_noticed() {
    let server = server().await;
    let session = server.session(&server.fresh_database().await).await;
    let lock = AdvisoryLock::acquire(&session, NOW, |_| ()).await.unwrap();
    session.client().batch_execute("BEGIN").await.unwrap();
    lock.ensure_held(&session).await.unwrap();
    let lose = "SELECT pg_advisory_unlock_all()";
    session.client().batch_execute(lose).await.unwrap();
    let refusal = lock.ensure_held(&session).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PoolerDetected);
    session.client().batch_execute("ROLLBACK").await.unwrap();
    let refusal = lock.release(&session).await.unwrap_err();
    assert!(refusal.to_string().contains("does not hold"), "{refusal}");
}

#[tokio::test]
async fn a_pooler_of_transactions_is_detected() {
    let server = server().await;
    let database = server.fresh_database().await;
    let (_keeper, port) = pooler().await;
    let text = format!("host=127.0.0.1 port={port} user=postgres dbname={database}");
    let settings = resolve(&text);
    let session = Session::connect(&settings).await.unwrap();
    // It speaks no TLS, so `prefer` has done without.
    assert_eq!(session.transport(), Transport::Plain);
    let refusal = Session::connect(&resolve(&format!("{text} sslmode=require"))).await.unwrap_err();
    assert_eq!(refusal.code(), Code::TlsFailed);
    assert!(refusal.to_string().contains("does not support TLS"), "{refusal}");

    let lock = AdvisoryLock::acquire(&session, NOW, |_| ()).await.unwrap();
    // Another client gets the backend with our lock, and holds it in a transaction.
    let other = Session::connect(&settings).await.unwrap();
    let mut occupied = Vec::new();
    loop {
        let occupier = Session::connect(&settings).await.unwrap();
        occupier.client().batch_execute("BEGIN").await.unwrap();
        let row = occupier.client().query_typed("SELECT pg_backend_pid()", &[]).await;
        let pid: i32 = row.unwrap()[0].get(0);
        occupied.push(occupier);
        if pid == lock.backend_pid() {
            break;
        }
        assert!(occupied.len() < 4, "the pool did not rotate");
    }
    session.client().batch_execute("BEGIN").await.unwrap();
    let refusal = lock.ensure_held(&session).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PoolerDetected);
    assert!(refusal.to_string().contains("a pooler stands between"), "{refusal}");
    session.client().batch_execute("ROLLBACK").await.unwrap();
    let orphan = lock.backend_pid();
    let refusal = lock.release(&session).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PoolerDetected);
    let notes = &refusal.findings()[0].notes;
    assert!(notes[0].contains(&format!("pg_terminate_backend({orphan})")), "{notes:?}");
    drop(other);
}

#[tokio::test]
async fn a_standby_is_refused_before_its_worthless_lock_is_taken() {
    let server = server().await;
    let (_keeper, folder) = standby().await;
    let standby = format!("host={} port={} user=postgres", folder.display(), server.port());
    let session = Session::connect(&resolve(&standby)).await.unwrap();
    let identity = Identity::read(&session).await.unwrap();
    assert!(identity.in_recovery);
    // All that tells it from its primary: the state of recovery.
    let primary = Identity::read(&server.session("postgres").await).await.unwrap();
    assert_eq!(identity.system_identifier, primary.system_identifier);
    assert_eq!(identity.database_oid, primary.database_oid);

    let refusal = AdvisoryLock::acquire(&session, NOW, |_| ()).await.unwrap_err();
    assert_eq!(refusal.code(), Code::ReadOnlyServer);
    let row = session
        .client()
        .query_one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);

    // The list leads to the primary, wherever it stands in it.
    let both = format!(
        "host={},{} port={} user=postgres",
        folder.display(),
        server.folder().display(),
        server.port()
    );
    for (wanted, expected) in [
        ("primary", server.folder()),
        ("read-write", server.folder()),
        ("standby", folder.as_path()),
        ("prefer-standby", folder.as_path()),
        ("read-only", folder.as_path()),
    ] {
        let settings = resolve(&format!("{both} target_session_attrs={wanted}"));
        let session = Session::connect(&settings).await.unwrap();
        let endpoint = format!("{}:{}", expected.display(), server.port());
        assert_eq!(session.endpoint(), endpoint, "{wanted}");
    }
    let only = resolve(&format!("{standby} target_session_attrs=read-write"));
    let refusal = Session::connect(&only).await.unwrap_err();
    assert_eq!(refusal.code(), Code::ReadOnlyServer);
}
