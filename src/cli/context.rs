//! What every command shares: the global flags, the project, the environment, the connection.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use crate::database::{Environment as Variables, Session, Settings};
use crate::diagnostic::{Code, Refusal};
use crate::workspace::{Environment, Project};

use super::output::{Color, Format, Output};

/// The flags that every command knows.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// The configuration file [default: `enact.toml`, looked for upwards from here]
    #[arg(short, long, global = true, env = "ENACT_CONFIG", value_name = "FILE")]
    config: Option<Utf8PathBuf>,
    /// The environment of `enact.toml` [default: `dev`, or the only one]
    #[arg(short, long, global = true, env = "ENACT_ENV", value_name = "NAME")]
    env: Option<String>,
    /// The database, as a libpq URL or conninfo [default: the environment's, then as libpq]
    #[arg(short, long, global = true, env = "ENACT_DATABASE_URL", hide_env_values = true)]
    url: Option<String>,
    /// How the result is printed
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// When colours are used
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    /// Say only the result and errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Never ask
    #[arg(long, global = true)]
    no_input: bool,
}

/// What a command works with.
#[derive(Debug)]
pub(super) struct Context {
    global: Global,
    /// Where it prints.
    pub(super) out: Output,
    /// This run's id: in the ledger and in `application_name`.
    pub(super) run: String,
}

impl Context {
    pub(super) fn new(global: Global) -> Self {
        let out = Output::new(global.format, global.color, global.quiet);
        let run = uuid::Uuid::new_v4().simple().to_string()[..12].to_owned();
        Self { global, out, run }
    }

    /// Whether nobody may be asked.
    pub(super) fn no_input(&self) -> bool {
        self.global.no_input
    }

    /// The folder that the command was called in.
    pub(super) fn folder() -> Result<Utf8PathBuf, Refusal> {
        let unreadable = || {
            Refusal::new(
                Code::FileUnreadable,
                "the working directory cannot be read, or is no UTF-8",
            )
        };
        let folder = std::env::current_dir().map_err(|_| unreadable())?;
        Utf8PathBuf::from_path_buf(folder).map_err(|_| unreadable())
    }

    /// The project that the command was called in.
    pub(super) fn project(&self) -> Result<Project, Refusal> {
        Project::find(&Self::folder()?, self.global.config.as_deref())
    }

    /// The environment that is meant.
    pub(super) fn environment<'a>(
        &self,
        project: &'a Project,
    ) -> Result<(&'a str, &'a Environment), Refusal> {
        project.config.environment_or_default(self.global.env.as_deref())
    }

    /// The name of the environment, if one was given.
    pub(super) fn named_environment(&self) -> Option<&str> {
        self.global.env.as_deref()
    }

    /// Settings for the environment's database.
    pub(super) fn settings(&self, environment: Option<&Environment>) -> Result<Settings, Refusal> {
        let url_env = environment.and_then(|environment| environment.url_env.as_deref());
        self.resolved(self.global.url.as_deref(), url_env)
    }

    /// Settings for that environment's database, whatever `--url` says.
    pub(super) fn settings_of(&self, environment: &Environment) -> Result<Settings, Refusal> {
        self.resolved(None, environment.url_env.as_deref())
    }

    /// Settings for the database at `url`.
    pub(super) fn settings_at(&self, url: &str) -> Result<Settings, Refusal> {
        self.resolved(Some(url), None)
    }

    fn resolved(&self, url: Option<&str>, url_env: Option<&str>) -> Result<Settings, Refusal> {
        let settings = Settings::resolve(url, url_env, &Variables::of_process())?;
        for warning in settings.warnings() {
            self.out.finding(warning);
        }
        Ok(settings.for_run(&self.run))
    }

    /// Connects to the environment's database.
    pub(super) async fn connect(&self, environment: &Environment) -> Result<Session, Refusal> {
        Session::connect(&self.settings(Some(environment))?).await
    }

    /// The time, in whole seconds: nobody reads the rest, and it stands in plans and the ledger.
    pub(super) fn now() -> jiff::Timestamp {
        let now = jiff::Timestamp::now();
        jiff::Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Who runs this, for the ledger: user and host, or the job.
    pub(super) fn runner() -> String {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let user = variable("USER")
            .or_else(|| variable("LOGNAME"))
            .unwrap_or_else(|| format!("uid {}", rustix::process::geteuid().as_raw()));
        let host = variable("HOSTNAME")
            .or_else(|| std::fs::read_to_string("/etc/hostname").ok())
            .unwrap_or_default();
        let runner = format!("{user}@{}", host.trim());
        runner.trim_end_matches('@').to_owned()
    }
}

/// `path` as people see it: relative to the project, where it is inside.
pub(super) fn shown(project: &Project, path: &Utf8Path) -> Utf8PathBuf {
    path.strip_prefix(&project.root).unwrap_or(path).to_owned()
}
