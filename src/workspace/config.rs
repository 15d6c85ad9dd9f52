//! `enact.toml`: its text in, a complete [`Config`] out, or every finding with its place.

use std::collections::BTreeMap;
use std::time::Duration;

use camino::Utf8PathBuf;
use jiff::SignedDuration;
use toml::de::DeTable;

use super::settings::{MAX_TIMEOUT, Report, Settings, as_table};
use crate::approval;
use crate::catalog::Ignore;
use crate::diagnostic::{Code, Refusal};
use crate::plan;
use crate::source::SourceFile;
use crate::spelling;

/// What a project's `enact.toml` says, with the defaults for what it does not say. Paths are
/// relative to the file's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of revisions; by default `revisions`.
    pub revisions: Utf8PathBuf,
    /// The folder of plans; by default `plans`.
    pub plans: Utf8PathBuf,
    /// The wanted schema, a file or a folder of `*.sql` files, if the project keeps one.
    pub schema: Option<Utf8PathBuf>,
    /// The folder of the project's own templates, if it has any.
    pub templates: Option<Utf8PathBuf>,
    /// The file of people who may approve, in OpenSSH's `allowed_signers` format; by default
    /// `approvers`.
    pub signers: Utf8PathBuf,
    /// The file of revoked keys, one a line, if the project keeps one.
    pub revoked: Option<Utf8PathBuf>,
    /// Objects of databases that do not count where schemas are compared.
    pub ignore: Ignore,
    /// Roles that revisions name and that the shadow must have.
    pub shadow_roles: Vec<String>,
    /// The environments, by name.
    pub environments: BTreeMap<String, Environment>,
}

/// A named target and its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The environment variable that holds the connection URL, if not the usual ones.
    pub url_env: Option<String>,
    /// How many people must approve a plan; by default 0.
    pub approvals: u16,
    /// Whether the plan's author must sign it too; by default not.
    pub author_signature: bool,
    /// The git ref from which signers and policy are read, if not the working tree.
    pub trust_ref: Option<String>,
    /// How long a plan may be applied after it was made; by default 7 days.
    pub plan_ttl: Duration,
    /// How long one try waits for a lock that blocks others; by default 100 ms.
    pub lock_timeout: Duration,
    /// How long tries go on; by default 5 min.
    pub lock_wait: Duration,
    /// How long a statement may run; by default 5 min.
    pub statement_timeout: Duration,
}

impl Environment {
    /// What it asks of approvals.
    pub fn policy(&self) -> approval::Policy {
        approval::Policy {
            approvals: self.approvals,
            author_signature: self.author_signature,
            plan_ttl: SignedDuration::try_from(self.plan_ttl).unwrap_or(SignedDuration::MAX),
        }
    }

    /// What a plan states of it.
    pub fn plan_policy(&self) -> plan::Policy {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        plan::Policy {
            approvals: self.approvals,
            author_signature: self.author_signature,
            lock_timeout_ms: milliseconds(self.lock_timeout),
            lock_wait_ms: milliseconds(self.lock_wait),
            statement_timeout_ms: milliseconds(self.statement_timeout),
        }
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            url_env: None,
            approvals: 0,
            author_signature: false,
            trust_ref: None,
            plan_ttl: Duration::from_hours(7 * 24),
            lock_timeout: Duration::from_millis(100),
            lock_wait: Duration::from_mins(5),
            statement_timeout: Duration::from_mins(5),
        }
    }
}

impl Config {
    /// Reads the text of an `enact.toml`.
    ///
    /// # Errors
    /// `config-invalid`, with every unknown key and wrong value and its place. Lines that may
    /// hold a secret are not shown.
    pub fn parse(source: &SourceFile) -> Result<Self, Refusal> {
        let mut report = Report { source, findings: Vec::new() };
        let (document, errors) = DeTable::parse_recoverable(source.text());
        for error in errors {
            let message = format!("this is not TOML: {}", error.message().replace('\n', ", "));
            let help = "correct the line".to_owned();
            report.add(error.span().unwrap_or(0..0), message, help);
        }
        // What was recovered from broken text would only give findings about the recovery.
        Refusal::unless_empty(std::mem::take(&mut report.findings))?;
        let config = Self::read(document.get_ref(), &mut report);
        Refusal::unless_empty(report.findings)?;
        Ok(config)
    }

    fn read(document: &DeTable<'_>, report: &mut Report<'_>) -> Self {
        let empty = DeTable::new();
        let mut top = Settings::new("enact.toml", document);
        let mut section = |key, report: &mut Report<'_>| {
            Settings::new(format!("[{key}]"), top.table(key, report).unwrap_or(&empty))
        };
        let mut project = section("project", report);
        let mut approvals = section("approvals", report);
        let mut shadow = section("shadow", report);
        let config = Self {
            revisions: project.path("revisions", report).unwrap_or("revisions".into()),
            plans: project.path("plans", report).unwrap_or("plans".into()),
            schema: project.path("schema", report),
            templates: project.path("templates", report),
            signers: approvals.path("signers", report).unwrap_or("approvers".into()),
            revoked: approvals.path("revoked", report),
            ignore: Ignore::new(project.names("ignore", report).unwrap_or_default()),
            shadow_roles: shadow.names("roles", report).unwrap_or_default(),
            environments: environments(top.table("env", report).unwrap_or(&empty), report),
        };
        for settings in [project, approvals, shadow, top] {
            settings.finish(report);
        }
        config
    }

    /// The environment that is meant where none is named: `dev`, or the only one.
    ///
    /// # Errors
    /// `environment-unknown`, if that leaves it open.
    pub fn environment_or_default(
        &self,
        name: Option<&str>,
    ) -> Result<(&str, &Environment), Refusal> {
        let named = match name {
            Some(name) => self.environment(name).map(|_| name)?,
            None if self.environments.len() == 1 || !self.environments.contains_key("dev") => {
                match self.environments.keys().next() {
                    Some(only) if self.environments.len() == 1 => only,
                    _ => return Err(self.environment_needed()),
                }
            }
            None => "dev",
        };
        let found = self.environments.get_key_value(named);
        found
            .map(|(name, environment)| (name.as_str(), environment))
            .ok_or_else(|| self.environment_needed())
    }

    fn environment_needed(&self) -> Refusal {
        let names: Vec<&str> = self.environments.keys().map(String::as_str).collect();
        Refusal::new(Code::EnvironmentUnknown, "no environment is named")
            .help(format!("name one with `--env`: {}", names.join(", ")))
    }

    /// The environment called `name`.
    ///
    /// # Errors
    /// `environment-unknown`.
    pub fn environment(&self, name: &str) -> Result<&Environment, Refusal> {
        self.environments.get(name).ok_or_else(|| {
            let names = self.environments.keys().map(String::as_str);
            let help = match spelling::closest(name, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if self.environments.is_empty() => {
                    "add a table `[env.<name>]` to `enact.toml`".to_owned()
                }
                None => format!("`enact.toml` has {}", names.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no environment `{}`", name.escape_debug());
            Refusal::new(Code::EnvironmentUnknown, message).help(help)
        })
    }
}

fn environments(table: &DeTable<'_>, report: &mut Report<'_>) -> BTreeMap<String, Environment> {
    let mut environments = BTreeMap::new();
    for (name, value) in table {
        // The name becomes a folder's, so that it must not lead out of the folder of plans.
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.get_ref().is_empty() || !name.get_ref().chars().all(letter) {
            report.add(
                name.span(),
                format!("`{}` is no name for an environment", name.get_ref().escape_debug()),
                "use letters, digits, `_` and `-`".to_owned(),
            );
        }
        match as_table(value) {
            Some(table) => {
                let environment = environment(name.get_ref(), table, report);
                environments.insert(name.get_ref().to_string(), environment);
            }
            None => report.add(
                name.span(),
                format!("`{}` in `[env]` is not a table", name.get_ref().escape_debug()),
                "write an environment as `[env.<name>]`".to_owned(),
            ),
        }
    }
    environments
}

fn environment(name: &str, table: &DeTable<'_>, report: &mut Report<'_>) -> Environment {
    /// No plan is good for longer than this.
    const YEAR: Duration = Duration::from_hours(366 * 24);
    let mut settings = Settings::new(format!("[env.{name}]"), table);
    let mut time = |key, most, usual| settings.duration(key, most, report).unwrap_or(usual);
    let usual = Environment::default();
    let plan_ttl = time("plan_ttl", YEAR, usual.plan_ttl);
    let lock_timeout = time("lock_timeout", MAX_TIMEOUT, usual.lock_timeout);
    let lock_wait = time("lock_wait", MAX_TIMEOUT, usual.lock_wait);
    let statement_timeout = time("statement_timeout", MAX_TIMEOUT, usual.statement_timeout);
    let environment = Environment {
        url_env: settings.variable("url_env", report),
        approvals: settings.count("approvals", report).unwrap_or(usual.approvals),
        author_signature: settings
            .flag("author_signature", report)
            .unwrap_or(usual.author_signature),
        trust_ref: settings.name("trust_ref", report),
        plan_ttl,
        lock_timeout,
        lock_wait,
        statement_timeout,
    };
    settings.finish(report);
    environment
}
