//! From settings to an open connection, or to the reason why there is none.
//!
//! In: [`Settings`]. Out: the driver's client and connection, over the first host and transport
//! that will do; otherwise one finding a host, each with its cause.

use std::error::Error as _;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

use super::error::ServerError;
use super::hosts::{Endpoint, Host};
use super::session::{Session, Wire};
use super::settings::{ServerRole, Settings};
use super::tls::{Negotiation, Transport};
use crate::diagnostic::{Code, Refusal};
use crate::source::visible;

impl Session {
    /// Connects to the first host of the list that will do, over the best transport that its
    /// settings allow.
    ///
    /// # Errors
    /// `unreachable`, `authentication-failed`, `tls-failed`, `database-missing`,
    /// `permission-denied`, `server-version`, `read-only-server` (for `target_session_attrs`),
    /// `connection-invalid` (unusable certificate files).
    pub async fn connect(settings: &Settings) -> Result<Self, Refusal> {
        if settings.role == ServerRole::PreferStandby
            && let Ok(session) = first_that_will_do(settings, ServerRole::Standby).await
        {
            return Ok(session);
        }
        first_that_will_do(settings, settings.role).await
    }
}

/// As in libpq, a host that cannot be reached, or has another role, leads to the next; one that
/// refuses us does not.
async fn first_that_will_do(settings: &Settings, role: ServerRole) -> Result<Session, Refusal> {
    let mut findings = Vec::new();
    for endpoint in &settings.endpoints {
        let attempt = async {
            let session = over_best_transport(settings, endpoint).await?;
            check_role(&session, role).await?;
            Ok(session)
        };
        match within(settings.connect_timeout, endpoint, attempt).await {
            Ok(session) => return Ok(session),
            Err(refusal) => {
                let next = matches!(refusal.code(), Code::Unreachable | Code::ReadOnlyServer);
                findings.extend(refusal.into_findings());
                if !next {
                    break;
                }
            }
        }
    }
    Err(Refusal::of(findings).expect("settings list at least one host"))
}

async fn within<F>(
    limit: Option<Duration>,
    endpoint: &Endpoint,
    work: F,
) -> Result<Session, Refusal>
where
    F: Future<Output = Result<Session, Refusal>>,
{
    let Some(limit) = limit else {
        return work.await;
    };
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        Err(Refusal::new(
            Code::Unreachable,
            format!(
                "`{}` did not answer within {} s",
                endpoint.describe(),
                limit.as_secs()
            ),
        )
        .help("check host and port, and that a firewall lets them through; `connect_timeout` sets the limit"))
    })
}

/// Why one transport failed, and whether another might do: if there is no TLS, or the server's
/// rules want another kind (`hostssl`, `hostnossl`). A wrong password is not offered twice.
struct Failure {
    refusal: Refusal,
    another_may_do: bool,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, another_may_do: false }
    }
}

async fn over_best_transport(settings: &Settings, endpoint: &Endpoint) -> Result<Session, Refusal> {
    let transports = settings.tls.transports(&endpoint.host)?;
    let (last, earlier) = transports.split_last().expect("at least one transport");
    for transport in earlier {
        match over(settings, endpoint, *transport).await {
            Ok(session) => return Ok(session),
            Err(failure) if failure.another_may_do => {}
            Err(failure) => return Err(failure.refusal),
        }
    }
    let result = over(settings, endpoint, *last).await;
    result.map_err(|failure| failure.refusal)
}

async fn over(
    settings: &Settings,
    endpoint: &Endpoint,
    transport: Transport,
) -> Result<Session, Failure> {
    let config = driver_config(settings, endpoint, transport);
    let server = endpoint.describe();
    let failed = |error: tokio_postgres::Error| {
        let refusal = explain(&error, &server, &settings.user, &settings.database);
        let rules = error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
        Failure { another_may_do: rules || refusal.code() == Code::TlsFailed, refusal }
    };
    if transport == Transport::Plain {
        let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
        let wire = Wire::plain(server);
        return Ok(Session::start(client, connection, wire).await?);
    }
    let connector = settings.tls.connector(transport)?;
    let (client, connection) = config.connect(connector.clone()).await.map_err(failed)?;
    let wire = Wire::encrypted(server, transport, connector);
    Ok(Session::start(client, connection, wire).await?)
}

fn driver_config(settings: &Settings, endpoint: &Endpoint, transport: Transport) -> Config {
    let mut config = Config::new();
    config
        .user(&settings.user)
        .dbname(&settings.database)
        .application_name(&settings.application_name)
        .port(endpoint.port)
        .channel_binding(settings.channel_binding)
        .keepalives(!settings.keepalive.off);
    match &endpoint.host {
        Host::Socket(folder) => {
            config.host_path(folder);
        }
        Host::Tcp { name, address } => {
            config.host(name);
            address.map(|address| config.hostaddr(address));
        }
    }
    if let Some(password) = &endpoint.password {
        config.password(password.expose_secret());
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    if let Some(limit) = settings.connect_timeout {
        config.connect_timeout(limit);
    }
    if let Some(limit) = settings.tcp_user_timeout {
        config.tcp_user_timeout(limit);
    }
    if let Some(idle) = settings.keepalive.idle {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = settings.keepalive.interval {
        config.keepalives_interval(interval);
    }
    if let Some(count) = settings.keepalive.count {
        config.keepalives_retries(count);
    }
    if transport == Transport::Plain {
        config.ssl_mode(SslMode::Disable);
    } else {
        config.ssl_mode(SslMode::Require);
        if settings.tls.negotiation == Negotiation::Direct {
            config.ssl_negotiation(SslNegotiation::Direct);
        }
    }
    config
}

async fn check_role(session: &Session, wanted: ServerRole) -> Result<(), Refusal> {
    if matches!(wanted, ServerRole::Any | ServerRole::PreferStandby) {
        return Ok(());
    }
    let row = session
        .one_row(
            "read the server's role",
            "SELECT pg_catalog.pg_is_in_recovery(),
                    pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool",
            &[],
        )
        .await?;
    let (standby, read_only): (bool, bool) = (row.get(0), row.get(1));
    let server = session.endpoint();
    match wanted {
        ServerRole::ReadWrite if read_only => Err(Refusal::new(
            Code::ReadOnlyServer,
            format!("`{server}` is read-only, and `target_session_attrs=read-write` is set"),
        )),
        ServerRole::Primary if standby => Err(Refusal::new(
            Code::ReadOnlyServer,
            format!("`{server}` is a standby, and `target_session_attrs=primary` is set"),
        )),
        ServerRole::ReadOnly if !read_only => Err(Refusal::new(
            Code::Unreachable,
            format!("`{server}` accepts writes, and `target_session_attrs=read-only` is set"),
        )),
        ServerRole::Standby if !standby => Err(Refusal::new(
            Code::Unreachable,
            format!("`{server}` is no standby, and `target_session_attrs=standby` is set"),
        )),
        _ => Ok(()),
    }
}

/// Why no connection came about. The driver keeps its kinds of errors to itself, but for their
/// texts; the tests of this room see when those change.
pub(super) fn explain(
    error: &tokio_postgres::Error,
    server: &str,
    user: &str,
    database: &str,
) -> Refusal {
    if let Some(said) = ServerError::of(error) {
        return refused_by_server(&said, server, user, database);
    }
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let cause = visible(&cause);
    match &*error.to_string() {
        "error performing TLS handshake" => tls_failed(error, server, &cause),
        "invalid configuration" if cause == "password missing" => Refusal::new(
            Code::AuthenticationFailed,
            format!("`{server}` asks for a password of `{user}`, and none is given"),
        )
        .help("set `PGPASSWORD`, or add a line to `~/.pgpass`"),
        "authentication error" => Refusal::new(
            Code::AuthenticationFailed,
            format!("cannot authenticate as `{user}` at `{server}`: {cause}"),
        ),
        _ => Refusal::new(Code::Unreachable, format!("cannot reach `{server}`: {cause}"))
            .help("check host and port, and that PostgreSQL listens there"),
    }
}

fn refused_by_server(said: &ServerError, server: &str, user: &str, database: &str) -> Refusal {
    let told =
        format!("`{server}` refused the connection: {} (SQLSTATE {})", said.message, said.sqlstate);
    match &*said.sqlstate {
        code if code.starts_with("28") => Refusal::new(Code::AuthenticationFailed, told)
            .help(format!("check user `{user}`, its password, and the server's `pg_hba.conf`")),
        code if code == SqlState::INVALID_CATALOG_NAME.code() => {
            Refusal::new(Code::DatabaseMissing, told)
                .help(format!("create it with `createdb {database}`, or correct the name"))
        }
        code if code == SqlState::INSUFFICIENT_PRIVILEGE.code() => {
            Refusal::new(Code::PermissionDenied, told).help(format!(
                "grant the role the right: `GRANT CONNECT ON DATABASE {database} TO {user}`"
            ))
        }
        code if code == SqlState::TOO_MANY_CONNECTIONS.code() => {
            Refusal::new(Code::Unreachable, told)
                .help("try again when other clients have gone, or raise `max_connections`")
        }
        _ => Refusal::new(Code::Unreachable, told),
    }
}

fn tls_failed(error: &tokio_postgres::Error, server: &str, cause: &str) -> Refusal {
    use rustls::CertificateError as Bad;

    let refusal = Refusal::new(Code::TlsFailed, format!("no TLS with `{server}`: {cause}"));
    let verdict = error
        .source()
        .and_then(|source| source.downcast_ref::<std::io::Error>())
        .and_then(std::io::Error::get_ref)
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    refusal.help(match verdict {
        Some(rustls::Error::InvalidCertificate(bad)) => match bad {
            Bad::UnknownIssuer => "name the file of the authority that signed the server's certificate in `sslrootcert`",
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "connect by a name that stands in the certificate's subject alternative names (its common name does not count); `hostaddr` may give the address apart"
            }
            Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "renew the server's certificate, or set this machine's clock"
            }
            _ => "give the server an X.509 v3 certificate, signed by an authority apart from it, with its name as subject alternative name",
        },
        Some(_) => "look into the server's log; with client certificates check `sslcert` and `sslkey`",
        None if cause.contains("does not support TLS") => {
            "set `ssl = on` at the server; if nobody else is on the way to it, `sslmode=disable` does without"
        }
        None => "check `sslmode`, `sslrootcert` and the server's `ssl` settings",
    })
}
