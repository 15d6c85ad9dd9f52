//! `enact create`.

use camino::Utf8PathBuf;
use clap::builder::NonEmptyStringValueParser;
use serde::Serialize;

use crate::catalog::Kind;
use crate::compile::{self, Proposal, Surroundings, prove_revision};
use crate::database::{Session, read_linked_catalog};
use crate::diagnostic::{Exit, Refusal};
use crate::difference::{Declared, Hindrance, Rename, declared_renames};
use crate::shadow::Installation;
use crate::source::visible;
use crate::spelling::counted;
use crate::workspace::{self, NewRevision, Prepared, Project};

use super::context::{Context, shown};
use super::output::WARN;
use super::side::no_wanted_schema;

/// Write a new revision file, on the head or on the revisions that are named
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// What the revision does, in one line
    message: String,
    /// A parent: id, prefix, or `label@head`; may be repeated [default: the head]
    #[arg(long, value_name = "REVISION")]
    head: Vec<String>,
    /// What must be applied before, besides the parents; may be repeated
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,
    /// A label for the branch that begins here; may be repeated
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Allow a parent that is no head
    #[arg(long)]
    splice: bool,
    /// The id [default: 12 random hexadecimal digits]
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Merge several heads into one [default: all of them]
    #[arg(long)]
    merge: bool,
    /// Write the SQL from the schema at the parents to the wanted one, `[project] schema`
    ///
    /// Both ways are tried on a throw-away PostgreSQL before the file is written.
    #[arg(long, conflicts_with_all = ["merge", "depends_on"])]
    autogenerate: bool,
    /// The wanted schema is that of this database
    #[arg(long, value_name = "URL", requires = "autogenerate", hide_env_values = true)]
    from_url: Option<String>,
    /// Give online forms: concurrent index builds, constraints that are validated later
    #[arg(long, requires = "autogenerate")]
    online: bool,
    /// Leave objects out that are not ours, as `ignore` in `enact.toml`: `audit.*`, `publication *`, …
    #[arg(long, requires = "autogenerate", value_name = "PATTERN", value_parser = NonEmptyStringValueParser::new())]
    ignore: Vec<String>,
    /// What is only called otherwise: `table public.cats to felines`, `column public.cats.name to
    /// title`, `value public.mood.ok to fine`; may be repeated, and done in that order
    #[arg(long, value_name = "RENAME", requires = "autogenerate")]
    rename: Vec<Rename>,
}

#[derive(Serialize)]
struct Created {
    file: Option<Utf8PathBuf>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let random = uuid::Uuid::new_v4().simple().to_string()[20..].to_owned();
    let mut new = NewRevision {
        message: &args.message,
        heads: &args.head,
        depends_on: &args.depends_on,
        labels: &args.branch_label,
        splice: args.splice,
        id: args.rev_id.as_deref(),
        merge: args.merge,
        ..NewRevision::default()
    };
    let prepared = workspace::prepare(&project, &new, Context::now(), &random)?;
    let path = if args.autogenerate {
        let installation = Installation::find(None)?;
        let at = Surroundings::of_nobody(&installation, &project.config.shadow_roles);
        let Some(proposal) = propose(context, args, &project, &prepared, &at).await? else {
            return Ok(nothing_to_do(context));
        };
        let up = proposal.up_sql();
        let down = proposal.down_sql();
        new.up = &up;
        new.down = down.as_deref().unwrap_or_default();
        let prepared = workspace::prepare(&project, &new, Context::now(), &random)?;
        prove_revision(&at, &prepared.graph, &prepared.id, &proposal).await?;
        let path = prepared.write()?;
        tell(context, &proposal);
        path
    } else {
        prepared.write()?
    };
    let file = shown(&project, &path);
    if context.out.is_json() {
        context.out.json(&Created { file: Some(file) });
    } else {
        context.out.result(&format!("wrote {file}"));
        context.out.say(if args.autogenerate {
            "next: read it, then `enact validate`"
        } else if args.merge {
            return Ok(Exit::Done);
        } else {
            "next: write its SQL, then `enact validate`"
        });
    }
    Ok(Exit::Done)
}

/// The ways between the schema at the new revision's parents and the wanted one, if they differ.
async fn propose(
    context: &Context,
    args: &Args,
    project: &Project,
    prepared: &Prepared,
    at: &Surroundings<'_>,
) -> Result<Option<Proposal>, Refusal> {
    let parents = prepared.graph.get(prepared.id.as_str()).map(|new| new.parents.clone());
    let parents = parents.unwrap_or_default().into_iter().collect();
    context.out.say(&format!("making the schemas on PostgreSQL {}", at.installation.release()));
    let mut renames = Vec::new();
    let after = if let Some(url) = &args.from_url {
        let session = Session::connect(&context.settings_at(url)?).await?;
        let mut there = read_linked_catalog(&session).await?;
        // Who may do what there is the matter of those who run it.
        there.leave_out_kinds(Kind::is_often_foreign);
        there
    } else {
        let files = workspace::wanted_schema(project)?.ok_or_else(|| {
            no_wanted_schema().help("set `[project] schema = \"schema.sql\"`, or give `--from-url`")
        })?;
        renames = declared_renames(&files)?;
        compile::schema_of_files(at, &files).await?
    };
    renames.extend(args.rename.iter().cloned().map(Declared::from));
    let ignore = project.config.ignore.and(&args.ignore);
    let before = compile::schema_of_revisions(at, &prepared.graph, &parents).await?;
    let proposal = Proposal::between((before, after), ignore, &renames, args.online)?;
    for idle in proposal.up.idle.iter().filter(|idle| idle.why == Hindrance::Done) {
        context.out.say(&format!("the rename `{}` is done already", renames[idle.at].rename));
    }
    Ok((!proposal.is_empty()).then_some(proposal))
}

fn nothing_to_do(context: &Context) -> Exit {
    if context.out.is_json() {
        context.out.json(&Created { file: None });
    } else {
        context.out.result("Nothing to do: the revisions make the wanted schema.");
    }
    Exit::Done
}

/// What a person should know before reading the file.
fn tell(context: &Context, proposal: &Proposal) {
    let statements = &proposal.up.statements;
    context.out.say(&format!(
        "{} up and {} down, both tried",
        counted(statements.len(), "statement"),
        counted(proposal.down.statements.len(), "statement")
    ));
    for statement in statements {
        if let Some(loses) = &statement.loses {
            context.out.say(&format!(
                "{WARN}!{WARN:#} {}: loses {}",
                statement.object,
                visible(loses)
            ));
        }
    }
    if proposal.down_sql().is_none() {
        for left in &proposal.down.inexpressible {
            context.out.say(&format!(
                "{WARN}!{WARN:#} irreversible: {}: {}",
                left.object,
                visible(&left.what)
            ));
        }
    }
}
