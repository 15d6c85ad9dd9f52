//! Where and how to connect: everything that libpq's users expect, resolved into a value.
//!
//! In: an explicit connection string, an [`Environment`], and the files that these name. Out:
//! [`Settings`], which keep no original string, hold passwords so that they cannot be printed, and
//! know for each host whether its certificate is checked.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::ChannelBinding;

use super::environment::Environment;
use super::hosts::Endpoint;
use super::parameters::Parameters;
use super::pgpass::{PasswordFile, Sought};
use super::sources;
use super::tls::TlsSettings;
use crate::diagnostic::{Code, Finding, Refusal};

/// How long one host may take until a session stands, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How to open a session. Made by [`Settings::resolve`].
#[derive(Debug, Clone)]
pub struct Settings {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) options: Option<String>,
    pub(super) application_name: String,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) keepalive: Keepalive,
    pub(super) tcp_user_timeout: Option<Duration>,
    pub(super) tls: TlsSettings,
    pub(super) channel_binding: ChannelBinding,
    pub(super) role: ServerRole,
    warnings: Vec<Finding>,
}

/// TCP keepalives; `None` leaves it to the driver or the operating system.
#[derive(Debug, Clone, Default)]
pub(super) struct Keepalive {
    pub(super) off: bool,
    pub(super) idle: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) count: Option<u32>,
}

/// Which server of the list will do (`target_session_attrs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerRole {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl Settings {
    /// Resolves settings. The first of these says where to connect: `explicit` (a URI or
    /// `key=value` pairs), the variable `url_env`, `DATABASE_URL`, the `PG*` variables,
    /// `POSTGRES_HOST`, `_PORT`, `_DB`, `_USER`, `_PASSWORD`. As in libpq, a service file, then
    /// `PG*` variables, then the password file add what it leaves open.
    ///
    /// A `url_env` other than `DATABASE_URL` that is not set is refused: the next source would be
    /// another database than the configuration means.
    ///
    /// The password file is read here: resolve again before reconnecting.
    ///
    /// # Errors
    /// `connection-missing`, if nothing says where; `connection-invalid`.
    pub fn resolve(
        explicit: Option<&str>,
        url_env: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, Refusal> {
        let parameters = sources::gather(explicit, url_env, environment)?;
        Self::interpret(&parameters, environment)
    }

    /// The connection as people recognise it: never with a password, parameters or options.
    pub fn describe(&self) -> String {
        let hosts: Vec<_> = self.endpoints.iter().map(Endpoint::describe).collect();
        format!("postgresql://{}@{}/{}", self.user, hosts.join(","), self.database)
    }

    /// Names the run in `application_name`, as `enact <run>`, so that whoever waits for its locks
    /// can tell who holds them.
    #[must_use]
    pub fn for_run(mut self, run: &str) -> Self {
        self.application_name = format!("enact {run}");
        self
    }

    /// What was left aside while resolving, such as a password file that others may read.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    fn interpret(parameters: &Parameters, environment: &Environment) -> Result<Self, Refusal> {
        let user = parameters.get("user").or(environment.user.as_deref()).ok_or_else(|| {
            Refusal::new(Code::ConnectionMissing, "the connection settings name no user")
                .help("add the user: `postgresql://user@host/database`, or `PGUSER`")
        })?;
        let mut settings = Self {
            endpoints: Endpoint::list(parameters)?,
            user: user.to_owned(),
            database: parameters.get("dbname").unwrap_or(user).to_owned(),
            options: parameters.get("options").map(str::to_owned),
            application_name: parameters.get("application_name").unwrap_or("enact").to_owned(),
            connect_timeout: match parameters.number("connect_timeout")? {
                None => Some(CONNECT_TIMEOUT),
                Some(seconds) if seconds <= 0 => None,
                Some(seconds) => Some(Duration::from_secs(seconds.unsigned_abs())),
            },
            keepalive: Keepalive {
                off: parameters.number("keepalives")? == Some(0),
                idle: parameters.seconds("keepalives_idle")?,
                interval: parameters.seconds("keepalives_interval")?,
                count: parameters
                    .positive("keepalives_count")?
                    .map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            },
            tcp_user_timeout: parameters.positive("tcp_user_timeout")?.map(Duration::from_millis),
            tls: TlsSettings::read(parameters, environment)?,
            channel_binding: parameters
                .choice(
                    "channel_binding",
                    &[
                        ("disable", ChannelBinding::Disable),
                        ("prefer", ChannelBinding::Prefer),
                        ("require", ChannelBinding::Require),
                    ],
                )?
                .unwrap_or(ChannelBinding::Prefer),
            role: parameters
                .choice(
                    "target_session_attrs",
                    &[
                        ("any", ServerRole::Any),
                        ("read-write", ServerRole::ReadWrite),
                        ("read-only", ServerRole::ReadOnly),
                        ("primary", ServerRole::Primary),
                        ("standby", ServerRole::Standby),
                        ("prefer-standby", ServerRole::PreferStandby),
                    ],
                )?
                .unwrap_or(ServerRole::Any),
            warnings: Vec::new(),
        };
        settings.find_passwords(parameters, environment);
        Ok(settings)
    }

    fn find_passwords(&mut self, parameters: &Parameters, environment: &Environment) {
        if let Some(password) = parameters.password() {
            for endpoint in &mut self.endpoints {
                endpoint.password = Some(password.clone());
            }
            return;
        }
        let path = parameters
            .get("passfile")
            .map(PathBuf::from)
            .or_else(|| environment.in_home(".pgpass"));
        match path.as_deref().map(PasswordFile::read) {
            Some(Ok(Some(file))) => {
                for endpoint in &mut self.endpoints {
                    endpoint.password = file.find(&Sought {
                        host: endpoint.host.in_password_file(),
                        port: endpoint.port,
                        database: &self.database,
                        user: &self.user,
                    });
                }
            }
            Some(Err(warning)) => self.warnings.push(*warning),
            Some(Ok(None)) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::{ExposeSecret as _, SecretString};

    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment {
            variables: variables.iter().map(owned).collect::<BTreeMap<_, _>>(),
            home: None,
            user: Some("me".to_owned()),
        }
    }

    fn passwords(settings: &Settings) -> Vec<Option<&str>> {
        settings
            .endpoints
            .iter()
            .map(|endpoint| endpoint.password.as_ref().map(SecretString::expose_secret))
            .collect()
    }

    #[test]
    fn variables_fill_what_the_url_leaves_open() {
        let variables =
            [("PGHOST", "other"), ("PGUSER", "u"), ("PGPORT", "6000"), ("PGPASSWORD", "p")];
        let url = Some("postgresql://h/d");
        let settings = Settings::resolve(url, None, &environment(&variables)).unwrap();
        assert_eq!(settings.describe(), "postgresql://u@h:6000/d");
        assert_eq!(passwords(&settings), [Some("p")]);
        // The password of a compose file is not for whatever host a URL names.
        let foreign = [("POSTGRES_PASSWORD", "p")];
        let settings = Settings::resolve(url, None, &environment(&foreign)).unwrap();
        assert_eq!(passwords(&settings), [None]);
    }

    #[test]
    fn the_password_file_knows_each_host() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".pgpass");
        fs::write(&file, "a:*:*:*:for a\nlocalhost:*:*:*:for socket\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let mut environment = environment(&[]);
        environment.home = Some(folder.path().to_owned());
        let resolve = |text| Settings::resolve(Some(text), None, &environment).unwrap();
        let settings = resolve("host=b,a,/tmp,/other");
        assert_eq!(passwords(&settings), [None, Some("for a"), Some("for socket"), None]);
        assert_eq!(passwords(&resolve("host=a password=given")), [Some("given")]);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let settings = resolve("host=a");
        assert_eq!(passwords(&settings), [None]);
        assert_eq!(settings.warnings()[0].code, Code::PasswordFileIgnored);
    }

    #[test]
    fn no_password_is_told() {
        let url = "postgresql://u:canary7@h/d?options=-c%20canary8";
        let settings = Settings::resolve(Some(url), None, &environment(&[])).unwrap();
        assert!(!format!("{settings:?}").contains("canary7"));
        assert!(!settings.describe().contains("canary"));
        assert_eq!(settings.for_run("r1").application_name, "enact r1");
    }
}
