//! One connection to one database.
//!
//! In: an open connection of the driver. Out: [`Session`]: its client, what the server said on the
//! way, and facts that do not change while it lasts.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::DbError;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{
    AsyncMessage, CancelToken, Client, Config, Connection, NoTls, Row, Socket, config,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connect::explain;
use super::error::refusal;
use super::tls::Transport;
use crate::diagnostic::{Code, Refusal};
use crate::plan::SESSION_SQL;
use crate::source::visible;

/// The oldest server that enact works with.
const OLDEST_MAJOR: u16 = 14;
/// How many notices are kept until they are taken, and how long each may be.
const NOTICES_KEPT: usize = 1000;
const NOTICE_LENGTH: usize = 2000;
const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);

/// An open connection. Dropping it closes it.
pub struct Session {
    client: Client,
    wire: Wire,
    notices: Arc<Mutex<Notices>>,
    version_num: i32,
    backend_pid: i32,
    schemas: Vec<String>,
}

/// What the connection runs over.
pub(super) struct Wire {
    endpoint: String,
    transport: Transport,
    connector: Option<MakeRustlsConnect>,
}

/// Something that the server said beside its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, …, in the server's language.
    pub severity: String,
    /// The five-character SQLSTATE.
    pub sqlstate: String,
    /// The message, on one line, control characters visible, cut at 2000 characters.
    pub message: String,
}

/// Notices in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notices {
    /// The first thousand.
    pub kept: Vec<Notice>,
    /// How many came after those.
    pub dropped: usize,
}

/// Cancels what a session is doing; can be sent to where signals arrive.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    connector: Option<MakeRustlsConnect>,
}

impl Session {
    /// Connects without TLS, for unix sockets and shadows.
    ///
    /// # Errors
    /// `unreachable`, `authentication-failed`, `database-missing`, `server-version`.
    pub async fn plain(config: &Config) -> Result<Self, Refusal> {
        let endpoint = describe(config);
        let (client, connection) = config.connect(NoTls).await.map_err(|error| {
            let name = |name: Option<&str>| name.unwrap_or("?").to_owned();
            explain(&error, &endpoint, &name(config.get_user()), &name(config.get_dbname()))
        })?;
        Self::start(client, connection, Wire::plain(endpoint)).await
    }

    /// Puts an open connection to work: listens, checks the server's version, sets the session.
    ///
    /// # Errors
    /// `server-version`, or as [`refusal`].
    pub(super) async fn start<T>(
        client: Client,
        connection: Connection<Socket, T>,
        wire: Wire,
    ) -> Result<Self, Refusal>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let notices = Arc::default();
        tokio::spawn(listen(connection, Arc::clone(&notices)));
        let mut session =
            Self { client, wire, notices, version_num: 0, backend_pid: 0, schemas: Vec::new() };
        // Sent at once: one round trip.
        let (facts, set) = futures_util::future::join(
            session.one_row(
                "read the server's version",
                "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
                        pg_catalog.pg_backend_pid(),
                        pg_catalog.current_schemas(false)::pg_catalog.text[]",
                &[],
            ),
            session.client.batch_execute(SESSION_SQL),
        )
        .await;
        let facts = facts?;
        session.version_num = facts.get(0);
        session.backend_pid = facts.get(1);
        session.schemas = facts.get(2);
        if session.server_major() < OLDEST_MAJOR {
            return Err(Refusal::new(
                Code::ServerVersion,
                format!(
                    "`{}` is PostgreSQL {}; enact works with {OLDEST_MAJOR} and later",
                    session.wire.endpoint,
                    session.server_major()
                ),
            ));
        }
        set.map_err(|error| refusal(&error, "set up the session"))?;
        Ok(session)
    }

    /// The driver's handle.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The server's version as PostgreSQL counts it: 150018 is 15.18.
    pub fn server_version_num(&self) -> i32 {
        self.version_num
    }

    /// The server's major version.
    pub fn server_major(&self) -> u16 {
        u16::try_from(self.version_num / 10_000).unwrap_or_default()
    }

    /// The process that served us when the session began. A pooler may have given us another since.
    pub fn backend_pid(&self) -> i32 {
        self.backend_pid
    }

    /// The schemas of the search path with which the session began, as far as they existed; the
    /// first is where an unqualified CREATE would have put its object.
    pub fn schemas_at_start(&self) -> &[String] {
        &self.schemas
    }

    /// The server as `host:port`, or as `folder:port` of its socket.
    pub fn endpoint(&self) -> &str {
        &self.wire.endpoint
    }

    /// What the connection runs over.
    pub fn transport(&self) -> Transport {
        self.wire.transport
    }

    /// Whether the connection has ended. It may have ended without our knowing yet.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// The notices since the last call.
    pub fn take_notices(&self) -> Notices {
        std::mem::take(&mut *lock(&self.notices))
    }

    /// A handle that cancels what this session is doing.
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), connector: self.wire.connector.clone() }
    }

    /// Asks the server to cancel what this session is doing, as [`Canceller::cancel`].
    ///
    /// # Errors
    /// `unreachable`.
    pub async fn cancel(&self) -> Result<(), Refusal> {
        self.canceller().cancel().await
    }

    /// The rows of one of enact's own queries; `doing` completes "failed to …". Nothing is
    /// prepared: one round trip, and no name that a pooler would lose.
    pub(super) async fn rows(
        &self,
        doing: &str,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, Refusal> {
        self.client.query_typed(sql, parameters).await.map_err(|error| refusal(&error, doing))
    }

    /// The only row of a query that has one.
    pub(super) async fn one_row(
        &self,
        doing: &str,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Row, Refusal> {
        self.rows(doing, sql, parameters).await?.pop().ok_or_else(|| {
            Refusal::new(Code::DatabaseFailed, format!("failed to {doing}: the server sent no row"))
        })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("endpoint", &self.wire.endpoint)
            .field("transport", &self.wire.transport)
            .field("backend_pid", &self.backend_pid)
            .finish_non_exhaustive()
    }
}

impl Wire {
    pub(super) fn plain(endpoint: String) -> Self {
        Self { endpoint, transport: Transport::Plain, connector: None }
    }

    pub(super) fn encrypted(
        endpoint: String,
        transport: Transport,
        connector: MakeRustlsConnect,
    ) -> Self {
        Self { endpoint, transport, connector: Some(connector) }
    }
}

impl Canceller {
    /// Asks the server to cancel. The statement may end before the server hears it; whether it was
    /// cancelled, the session learns from its own answer.
    ///
    /// # Errors
    /// `unreachable`, if the request was not delivered within ten seconds.
    pub async fn cancel(&self) -> Result<(), Refusal> {
        let request = async {
            match &self.connector {
                None => self.token.cancel_query(NoTls).await,
                Some(connector) => self.token.cancel_query(connector.clone()).await,
            }
        };
        let cause = match tokio::time::timeout(CANCEL_TIMEOUT, request).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => visible(&error.to_string()),
            Err(_) => "no answer in time".to_owned(),
        };
        Err(Refusal::new(Code::Unreachable, format!("cannot send a cancel request: {cause}")))
    }
}

/// Drives the connection until it ends, and keeps what the server says on the way. How it ended,
/// whoever waits for an answer is told by the driver.
async fn listen<T>(mut connection: Connection<Socket, T>, notices: Arc<Mutex<Notices>>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message {
            lock(&notices).add(&notice);
        }
    }
}

impl Notices {
    fn add(&mut self, notice: &DbError) {
        if self.kept.len() == NOTICES_KEPT {
            self.dropped += 1;
            return;
        }
        let mut message = visible(notice.message());
        if let Some((cut, _)) = message.char_indices().nth(NOTICE_LENGTH) {
            message.truncate(cut);
            message.push('…');
        }
        self.kept.push(Notice {
            severity: visible(notice.severity()),
            sqlstate: notice.code().code().to_owned(),
            message,
        });
    }
}

/// A list of notices has no state that a panic elsewhere could have broken.
fn lock(notices: &Mutex<Notices>) -> std::sync::MutexGuard<'_, Notices> {
    notices.lock().unwrap_or_else(PoisonError::into_inner)
}

fn describe(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(config::Host::Tcp(name)) => name.clone(),
        Some(config::Host::Unix(folder)) => folder.display().to_string(),
        None => config.get_hostaddrs().first().map_or_else(|| "?".to_owned(), ToString::to_string),
    };
    format!("{host}:{}", config.get_ports().first().unwrap_or(&5432))
}
