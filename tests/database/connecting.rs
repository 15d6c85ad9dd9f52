//! Sessions over sockets and TCP, with and without TLS; and why there is none.

use std::time::{Duration, Instant};

use enact::database::{Identity, Session, Transport};
use enact::diagnostic::{Code, Refusal};

use super::server::{resolve, server};

/// Connects over TCP as alice; `more` adds parameters.
async fn over_tcp(more: &str) -> Result<Session, Refusal> {
    let server = server().await;
    Session::connect(&resolve(&format!(
        "port={} dbname=postgres user=alice password='wonder land:1' {more}",
        server.port()
    )))
    .await
}

async fn code(more: &str) -> Code {
    over_tcp(more).await.map(|_| ()).unwrap_err().code()
}

const BY_NAME: &str = "host=db.example hostaddr=127.0.0.1";

#[tokio::test]
async fn a_session_is_set_up() {
    let server = server().await;
    let settings = resolve(&format!(
        "host={} port={} user=postgres dbname=postgres options='-c standard_conforming_strings=off -c TimeZone=Asia/Tokyo -c idle_session_timeout=5s'",
        server.folder().display(),
        server.port()
    ));
    let session = Session::connect(&settings.for_run("r-17")).await.unwrap();
    let row = session
        .client()
        .query_one(
            "SELECT current_setting('client_encoding'), current_setting('standard_conforming_strings'),
                    current_setting('TimeZone'), current_setting('idle_session_timeout'),
                    current_setting('application_name'), pg_backend_pid()",
            &[],
        )
        .await
        .unwrap();
    let texts: Vec<String> = (0..5).map(|at| row.get(at)).collect();
    assert_eq!(texts, ["UTF8", "on", "UTC", "0", "enact r-17"]);
    assert_eq!(session.backend_pid(), row.get::<_, i32>(5));
    assert_eq!(session.transport(), Transport::Plain);
    assert_eq!(session.schemas_at_start(), ["public"]);
    assert!(session.server_version_num() / 10_000 == i32::from(session.server_major()));
    assert!(!session.is_closed());
}

#[tokio::test]
async fn certificates_are_checked_as_the_mode_says() {
    let server = server().await;
    let authority = format!("sslrootcert={}", server.file("authority.crt"));
    let stranger = format!("sslrootcert={}", server.file("stranger.crt"));
    let transport = async |more: String| over_tcp(&more).await.unwrap().transport();

    // A host elsewhere is verified in full without being asked to.
    assert_eq!(transport(format!("{BY_NAME} {authority}")).await, Transport::Host);
    assert_eq!(code(&format!("{BY_NAME} {stranger}")).await, Code::TlsFailed);
    assert_eq!(code(BY_NAME).await, Code::TlsFailed);

    let wrong_name = "host=127.0.0.1";
    let full = format!("{wrong_name} {authority} sslmode=verify-full");
    let refusal = over_tcp(&full).await.unwrap_err();
    assert_eq!(refusal.code(), Code::TlsFailed);
    let help = refusal.findings()[0].help.clone().unwrap();
    assert!(help.contains("subject alternative names"), "{help}");

    let any_host = format!("{wrong_name} {authority} sslmode=verify-ca");
    assert_eq!(transport(any_host).await, Transport::Authority);
    let unknown = format!("{wrong_name} {stranger} sslmode=verify-ca");
    let refusal = over_tcp(&unknown).await.unwrap_err();
    assert_eq!(refusal.code(), Code::TlsFailed);
    assert!(refusal.findings()[0].help.as_ref().unwrap().contains("sslrootcert"));

    let unchecked = format!("{wrong_name} sslmode=require");
    assert_eq!(transport(unchecked).await, Transport::Unverified);
    // As in libpq, a file of authorities at hand is used.
    assert_eq!(code(&format!("{wrong_name} {stranger} sslmode=require")).await, Code::TlsFailed);
}

#[tokio::test]
async fn weaker_modes_fall_back_only_as_libpq_does() {
    let transport = async |more: &str| over_tcp(more).await.unwrap().transport();
    assert_eq!(transport("host=127.0.0.1").await, Transport::Unverified);
    assert_eq!(transport("host=127.0.0.1 sslmode=allow").await, Transport::Plain);
    assert_eq!(transport("host=127.0.0.1 sslmode=disable").await, Transport::Plain);
    let only_tls = "host=127.0.0.1 user=only_tls password=p";
    assert_eq!(transport(&format!("{only_tls} sslmode=allow")).await, Transport::Unverified);
    assert_eq!(code(&format!("{only_tls} sslmode=disable")).await, Code::AuthenticationFailed);
    let only_clear = "host=127.0.0.1 user=only_clear password=p";
    assert_eq!(transport(&format!("{only_clear} sslmode=prefer")).await, Transport::Plain);
    assert_eq!(code(&format!("{only_clear} sslmode=require")).await, Code::AuthenticationFailed);
}

#[tokio::test]
async fn a_client_certificate_authenticates() {
    let server = server().await;
    let as_client = |certificate: &str| {
        format!(
            "{BY_NAME} user=with_certificate sslrootcert={} {certificate}",
            server.file("authority.crt")
        )
    };
    let pair =
        format!("sslcert={} sslkey={}", server.file("client.crt"), server.file("client.key"));
    let session = over_tcp(&as_client(&pair)).await.unwrap();
    let user: String =
        session.client().query_one("SELECT current_user::text", &[]).await.unwrap().get(0);
    assert_eq!(user, "with_certificate");
    assert_eq!(code(&as_client("")).await, Code::AuthenticationFailed);
    // A key that others may read, a key that does not fit, a file that is none.
    let crossed =
        format!("sslcert={} sslkey={}", server.file("client.crt"), server.file("server.key"));
    assert_eq!(code(&as_client(&crossed)).await, Code::ConnectionInvalid);
    let open =
        format!("sslcert={} sslkey={}", server.file("client.crt"), server.file("server.ext"));
    assert_eq!(code(&as_client(&open)).await, Code::ConnectionInvalid);
}

#[tokio::test]
async fn channel_binding_fails_closed() {
    let required = "host=127.0.0.1 channel_binding=require";
    assert!(over_tcp(&format!("{required} sslmode=require")).await.is_ok());
    assert_eq!(code(&format!("{required} sslmode=disable")).await, Code::AuthenticationFailed);
}

#[tokio::test]
async fn refusals_tell_the_cause_and_never_the_password() {
    let local = "host=127.0.0.1";
    for (more, expected, told) in [
        ("password=canary7", Code::AuthenticationFailed, "28P01"),
        ("password=''", Code::AuthenticationFailed, "asks for a password"),
        ("user=nobody password=canary7", Code::AuthenticationFailed, "28P01"),
        ("dbname=canary_free", Code::DatabaseMissing, "canary_free"),
        ("dbname=closed", Code::PermissionDenied, "42501"),
        ("user=busy password=canary7", Code::AuthenticationFailed, "28"),
        ("port=1 password=canary7", Code::Unreachable, "127.0.0.1:1`: Connection refused"),
        ("host=nowhere.invalid password=canary7", Code::Unreachable, "nowhere.invalid"),
        ("host=/tmp/none password=canary7", Code::Unreachable, "No such file"),
    ] {
        let refusal = over_tcp(&format!("{local} {more}")).await.unwrap_err();
        assert_eq!(refusal.code(), expected, "{more}: {refusal}");
        let told_all = format!("{refusal} {refusal:?}");
        assert!(told_all.contains(told), "{more}: {told_all}");
        assert!(!told_all.contains("canary7"), "{more}: {told_all}");
        assert!(!told_all.contains("wonder land"), "{more}: {told_all}");
    }
}

#[tokio::test]
async fn a_silent_host_is_given_up_in_time() {
    // Accepts, and never says anything.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let begin = Instant::now();
    let more = format!("host=127.0.0.1 port={port} connect_timeout=1");
    let refusal = over_tcp(&more).await.unwrap_err();
    assert_eq!(refusal.code(), Code::Unreachable);
    assert!(refusal.to_string().contains("within 1 s"), "{refusal}");
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_first_host_that_will_do() {
    let server = server().await;
    let hosts = format!("host=127.0.0.1,127.0.0.1 port=1,{}", server.port());
    assert!(over_tcp(&hosts).await.is_ok());
    assert!(over_tcp(&format!("{hosts} target_session_attrs=prefer-standby")).await.is_ok());
    for fits in ["any", "read-write", "primary"] {
        let more = format!("{hosts} target_session_attrs={fits}");
        assert!(over_tcp(&more).await.is_ok(), "{fits}");
    }
    let refusal = over_tcp(&format!("{hosts} target_session_attrs=standby")).await.unwrap_err();
    assert_eq!(refusal.findings().len(), 2, "{refusal}");
    let read_only = "host=127.0.0.1 options='-c default_transaction_read_only=on'";
    let code = code(&format!("{read_only} target_session_attrs=read-write")).await;
    assert_eq!(code, Code::ReadOnlyServer);
    // A host that refuses us is not passed over for the next.
    let refusal = over_tcp("host=127.0.0.1,127.0.0.1 password=wrong").await.unwrap_err();
    assert_eq!(refusal.findings().len(), 1, "{refusal}");
}

#[tokio::test]
async fn notices_are_kept_in_order_and_bounded() {
    let session = server().await.session("postgres").await;
    let sql = "DO $$ BEGIN
        RAISE NOTICE E'first\\x1b[2J';
        RAISE WARNING 'second';
        FOR i IN 1..1100 LOOP RAISE NOTICE '%', repeat('x', 3000); END LOOP;
    END $$";
    session.client().batch_execute(sql).await.unwrap();
    let notices = session.take_notices();
    assert_eq!(notices.kept[0].message, "first\\u{1b}[2J");
    assert_eq!(notices.kept[1].severity, "WARNING");
    assert_eq!((notices.kept.len(), notices.dropped), (1000, 102));
    assert_eq!(notices.kept[2].message.chars().count(), 2001);
    assert!(session.take_notices().kept.is_empty());
}

#[tokio::test]
async fn a_statement_is_cancelled_also_over_tls() {
    let server = server().await;
    let over_tls = over_tcp("host=127.0.0.1 sslmode=require").await.unwrap();
    for session in [server.session("postgres").await, over_tls] {
        let canceller = session.canceller();
        let work = session.client().batch_execute("SELECT pg_sleep(30)");
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            canceller.cancel().await.unwrap();
        };
        let (result, ()) = futures_util::future::join(work, cancel).await;
        assert_eq!(result.unwrap_err().code().unwrap().code(), "57014");
        assert!(!session.is_closed());
    }
}

#[tokio::test]
async fn a_terminated_session_knows_that_it_is_closed() {
    let server = server().await;
    let session = server.session("postgres").await;
    let other = server.session("postgres").await;
    other
        .client()
        .query_one("SELECT pg_terminate_backend($1)", &[&session.backend_pid()])
        .await
        .unwrap();
    let error = session.client().batch_execute("SELECT pg_sleep(5)").await;
    let refusal = enact::database::refusal(&error.unwrap_err(), "sleep");
    assert_eq!(refusal.code(), Code::ConnectionLost);
    for _ in 0..50 {
        if session.is_closed() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the session does not know");
}

#[tokio::test]
async fn identity_is_read_by_a_plain_role() {
    let server = server().await;
    let database = server.fresh_database().await;
    let identity = Identity::read(&server.session_as("plain_role", &database).await).await.unwrap();
    assert_eq!(identity.database, database);
    assert_eq!(identity.user, "plain_role");
    assert!(identity.system_identifier.as_ref().unwrap().parse::<u64>().is_ok());
    assert!(identity.server_version.starts_with(&identity.server_major.to_string()));
    assert!(!identity.in_recovery && !identity.read_only);

    let other = Identity::read(&server.session("postgres").await).await.unwrap();
    assert_eq!(other.system_identifier, identity.system_identifier);
    assert_ne!(other.database_oid, identity.database_oid);
}

#[tokio::test]
async fn identity_without_the_right_to_see_the_cluster() {
    let server = server().await;
    // Rights on functions are each database's own.
    let database = server.fresh_database().await;
    let owner = server.session(&database).await;
    let revoke = "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC;
                  ALTER ROLE plain_role IN DATABASE DATABASE_NAME SET default_transaction_read_only = on";
    let revoke = revoke.replace("DATABASE_NAME", &database);
    owner.client().batch_execute(&revoke).await.unwrap();
    let session = server.session_as("plain_role", &database).await;
    // Also inside of a transaction, which a failing call would abort.
    session.client().batch_execute("BEGIN").await.unwrap();
    let identity = Identity::read(&session).await.unwrap();
    assert_eq!(identity.system_identifier, None);
    assert!(identity.read_only);
    assert!(identity.limits()[0].contains("plain_role"));
    session.client().batch_execute("COMMIT").await.unwrap();
}
