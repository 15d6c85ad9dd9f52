//! Which database this is.
//!
//! In: a session of any role. Out: [`Identity`]. No single field tells all clones apart: template
//! copies share the system identifier, physical copies everything that the database itself knows.

use serde::Serialize;

use jiff::Timestamp;

use super::session::Session;
use super::tls::Transport;
use crate::diagnostic::Refusal;

/// What a database says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The cluster's 64-bit identifier in decimal; nothing, where the role may not call
    /// `pg_control_system()`, as on some managed services.
    pub system_identifier: Option<String>,
    /// The database's oid: differs between template copies in one cluster.
    pub database_oid: u32,
    /// The database's name.
    pub database: String,
    /// The server's version as it shows it: `15.18 (Debian …)`.
    pub server_version: String,
    /// The server's major version.
    pub server_major: u16,
    /// Whether the server is a standby. A standby grants advisory locks that protect nothing.
    pub in_recovery: bool,
    /// Whether transactions start read-only, by a setting of server, database or role.
    pub read_only: bool,
    /// The server's clock, in whole seconds.
    pub clock: Timestamp,
    /// The role that connected.
    pub user: String,
    /// The server as the settings name it: `host:port`.
    pub endpoint: String,
    /// What the connection runs over, in words: evidence for how well the host is known.
    pub transport: String,
}

impl Identity {
    /// Reads it. Works for a role without any rights but to connect.
    ///
    /// # Errors
    /// As [`refusal`](super::refusal).
    pub async fn read(session: &Session) -> Result<Self, Refusal> {
        const DOING: &str = "read the database's identity";
        let row = session
            .one_row(
                DOING,
                "SELECT d.oid, d.datname::pg_catalog.text,
                        pg_catalog.current_setting('server_version'),
                        pg_catalog.pg_is_in_recovery(),
                        pg_catalog.current_setting('default_transaction_read_only')::pg_catalog.bool,
                        session_user::pg_catalog.text,
                        pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
                        EXTRACT(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.int8
                 FROM pg_catalog.pg_database AS d
                 WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()",
                &[],
            )
            .await?;
        // Asked apart: the right to call it is checked even where a condition skips the call.
        let system_identifier = if row.get(6) {
            let row = session
                .one_row(
                    DOING,
                    "SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()",
                    &[],
                )
                .await?;
            Some(row.get(0))
        } else {
            None
        };
        Ok(Self {
            system_identifier,
            database_oid: row.get(0),
            database: row.get(1),
            server_version: row.get(2),
            server_major: session.server_major(),
            in_recovery: row.get(3),
            read_only: row.get(4),
            user: row.get(5),
            clock: Timestamp::from_second(row.get(7)).unwrap_or_default(),
            endpoint: session.endpoint().to_owned(),
            transport: session.transport().to_string(),
        })
    }

    /// What of this identity is weaker than it could be, for a plan to say so.
    pub fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        if self.system_identifier.is_none() {
            limits.push(format!(
                "the system identifier is not known: role `{}` may not call `pg_control_system()`",
                self.user
            ));
        }
        if self.transport != Transport::Host.to_string() {
            limits.push(format!(
                "a copy of the server at another host would not be noticed: the connection is {}",
                self.transport
            ));
        }
        limits
    }
}
