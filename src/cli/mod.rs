//! The command line: arguments in, a result on stdout, everything else on stderr, an exit status.
//!
//! A command is one file: its `Args` (whose doc comments are the help) and a `run` that calls the
//! rooms above and prints. What a test would like to call without a process stands above.

mod apply;
mod approve;
mod context;
mod create;
mod current;
mod demo;
mod diff;
mod difference;
mod drift;
mod doctor;
mod ensure;
mod detect_state;
mod error;
mod handle_legacy;
mod heads;
mod history;
mod import;
mod init;
mod ledger;
mod output;
mod plan;
mod progress;
mod show;
mod side;
mod snapshot;
mod stamp;
mod status;
mod upgrade;
mod validate;
mod verify;

use clap::{Parser, Subcommand};

use crate::diagnostic::{Code, Exit, Refusal};

use context::{Context, Global};
use output::{Color, Format, Output};

/// A compiler for PostgreSQL migrations: reviewed, signed plans, applied exactly and accounted for
#[derive(Debug, Parser)]
#[command(name = "enact", version, max_term_width = 100, propagate_version = true)]
struct Enact {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    // writing
    Init(init::Args),
    Create(create::Args),
    Import(import::Args),
    Validate(validate::Args),
    History(history::Args),
    Heads(heads::Args),
    // looking
    Status(status::Args),
    Current(current::Args),
    Diff(diff::Args),
    Snapshot(snapshot::Args),
    Drift(drift::Args),
    Doctor(doctor::Args),
    DetectState(detect_state::Args),
    // deciding
    Plan(plan::Args),
    Show(show::Args),
    Approve(approve::Args),
    Verify(verify::Args),
    // doing
    Apply(apply::Args),
    Upgrade(upgrade::UpgradeArgs),
    Downgrade(upgrade::DowngradeArgs),
    Stamp(stamp::Args),
    Ensure(ensure::Args),
    HandleLegacy(handle_legacy::Args),
    // accounting
    Ledger(ledger::Args),
    // trying it
    Demo(demo::Args),
}

/// Runs the command line of this process; gives its exit status.
pub fn run() -> Exit {
    let enact = match Enact::try_parse() {
        Ok(enact) => enact,
        Err(error) => {
            // clap prints help on stdout and mistakes on stderr.
            let _ = error.print();
            if !error.use_stderr() {
                return Exit::Done;
            }
            if asks_for_json() {
                let message = error.to_string();
                let first = message.lines().next().unwrap_or_default();
                let refusal = Refusal::new(Code::UsageInvalid, first.trim_start_matches("error: "));
                Output::new(Format::Json, Color::Auto, false).refused(&refusal, Exit::Usage);
            }
            return Exit::Usage;
        }
    };
    let context = Context::new(enact.global);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let refusal = Refusal::new(Code::Bug, format!("no runtime: {error}"));
            context.out.refusal(&refusal, Exit::Bug);
            return Exit::Bug;
        }
    };
    let answer = runtime.block_on(dispatch(&context, enact.command));
    let answer = answer.and_then(|exit| {
        context.out.end(exit);
        context.out.check().map(|()| exit)
    });
    match answer {
        Ok(exit) => exit,
        Err(refusal) => {
            context.out.refusal(&refusal, refusal.exit());
            refusal.exit()
        }
    }
}

/// Whether the arguments, which clap did not accept, ask for JSON.
fn asks_for_json() -> bool {
    let arguments: Vec<_> = std::env::args_os().collect();
    arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
        || arguments.iter().any(|argument| argument == "--format=json")
}

impl Command {
    /// The formats that its result has.
    fn formats(&self) -> &'static [Format] {
        use Format::{Json, Md, Mermaid, Sql, Text};
        match self {
            Self::Demo(_) => &[Text],
            Self::Diff(_) | Self::Drift(_) => &[Text, Json, Sql],
            Self::History(_) => &[Text, Json, Mermaid],
            Self::Show(_) => &[Text, Json, Md, Sql],
            Self::Upgrade(args) if args.shows_the_plan() => &[Text, Json, Md, Sql],
            Self::Downgrade(args) if args.shows_the_plan() => &[Text, Json, Md, Sql],
            _ => &[Text, Json],
        }
    }
}

async fn dispatch(context: &Context, command: Command) -> Result<Exit, Refusal> {
    let (format, formats) = (context.out.format, command.formats());
    if !formats.contains(&format) {
        let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
        let fact = format!("the command has no result in the format `{}`", format.name());
        return Err(Refusal::new(Code::UsageInvalid, fact)
            .help(format!("its formats: {}", names.join(", "))));
    }
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Import(args) => import::run(context, &args),
        Command::Create(args) => create::run(context, &args).await,
        Command::Validate(args) => validate::run(context, &args).await,
        Command::History(args) => history::run(context, &args).await,
        Command::Heads(args) => heads::run(context, &args),
        Command::Status(args) => status::run(context, &args).await,
        Command::Current(args) => current::run(context, &args).await,
        Command::Diff(args) => diff::run(context, &args).await,
        Command::Snapshot(args) => snapshot::run(context, &args).await,
        Command::Drift(args) => drift::run(context, &args).await,
        Command::Doctor(args) => doctor::run(context, &args).await,
        Command::DetectState(args) => detect_state::run(context, &args).await,
        Command::Plan(args) => plan::run(context, &args).await,
        Command::Show(args) => show::run(context, &args),
        Command::Approve(args) => approve::run(context, &args),
        Command::Verify(args) => verify::run(context, &args).await,
        Command::Apply(args) => apply::run(context, &args).await,
        Command::Upgrade(args) => upgrade::up(context, &args).await,
        Command::Downgrade(args) => upgrade::down(context, &args).await,
        Command::Stamp(args) => stamp::run(context, &args).await,
        Command::Ensure(args) => ensure::run(context, &args).await,
        Command::HandleLegacy(args) => handle_legacy::run(context, &args).await,
        Command::Ledger(args) => ledger::run(context, &args).await,
        Command::Demo(args) => demo::run(context, &args).await,
    }
}
