//! One connection to one database.

use tokio_postgres::{Client, Config, NoTls};

use crate::diagnostic::{Code, Refusal};

/// An open connection. Dropping it closes it.
#[derive(Debug)]
pub struct Session {
    client: Client,
}

impl Session {
    /// Connects without TLS, for unix sockets and shadows.
    ///
    /// # Errors
    /// `unreachable`, if no connection comes about.
    pub async fn plain(config: &Config) -> Result<Self, Refusal> {
        let (client, connection) = config
            .connect(NoTls)
            .await
            .map_err(|error| Refusal::new(Code::Unreachable, format!("cannot connect: {error}")))?;
        tokio::spawn(connection);
        Ok(Self { client })
    }

    /// The driver's handle.
    pub fn client(&self) -> &Client {
        &self.client
    }
}
