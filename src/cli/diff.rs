//! `enact diff`.

use serde::Serialize;

use crate::catalog::{CatalogDiff, Ignore, Kind};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::difference::{Declared, Hindrance, Options, Rename, Script, refuse_unmatched};
use crate::digest::Digest;

use super::context::Context;
use super::detect_state::Ignored;
use super::difference::{shown, summary};
use super::output::{BOLD, Format};
use super::side::{Named, Sides};

/// Compare any two schemas: of databases, revisions, SQL files and snapshots
///
/// A side is `env:NAME`, `postgresql://…`, `database` (the one that the settings give), `rev:SELECTOR`,
/// `file:PATH` (a file or a folder of *.sql), `schema` (the project's) or `snapshot:PATH`; a prefix can
/// be left out where only one of these is meant. Databases are only read; revisions and files run on
/// a throw-away PostgreSQL. Exit 1 if something differs; `--format sql` gives the statements that lead
/// from the first to the second.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What is compared
    #[arg(allow_negative_numbers = true)]
    from: String,
    /// With what it is compared
    #[arg(allow_negative_numbers = true)]
    to: String,
    #[command(flatten)]
    ignored: Ignored,
    /// What is only called otherwise: `table public.cats to felines`, `column public.cats.name to
    /// title`, `value public.mood.ok to fine`; may be repeated, and done in that order
    #[arg(long, value_name = "RENAME")]
    rename: Vec<Rename>,
    /// Give online forms: concurrent index builds, constraints that are validated later
    #[arg(long)]
    online: bool,
    /// Remove nothing and lose nothing
    #[arg(long)]
    lossless: bool,
    /// The major version of the shadow [default: that of the other side, or the newest installed]
    #[arg(long, value_name = "MAJOR")]
    pg_version: Option<u16>,
}

#[derive(Serialize)]
struct Answer<'a> {
    from: Side<'a>,
    to: Side<'a>,
    ignored: &'a Ignore,
    difference: &'a CatalogDiff,
    script: &'a Script,
}

#[derive(Serialize)]
struct Side<'a> {
    kind: &'a str,
    name: &'a str,
    server_major: u16,
    objects: usize,
    fingerprint: Digest,
}

impl<'a> From<&'a Named> for Side<'a> {
    fn from(named: &'a Named) -> Self {
        let catalog = &named.schema.linked.catalog;
        Self {
            kind: named.kind,
            name: &named.name,
            server_major: named.schema.server_major,
            objects: catalog.objects.len(),
            fingerprint: catalog.fingerprint(),
        }
    }
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let sides = Sides::open(context, &[&args.from, &args.to]).await?;
    let mut renames = sides.declared(1)?;
    renames.extend(args.rename.iter().cloned().map(Declared::from));
    let ignore = args.ignored.of(sides.project.as_ref());
    let mut read = sides.read(args.pg_version).await?;
    for side in &mut read {
        side.schema.linked.leave_out(&ignore);
    }
    leave_rights_to_others(&mut read);
    let [from, to] = read.as_slice() else {
        return Err(Refusal::new(Code::Bug, "two sides were asked for, and others read"));
    };
    say_versions(context, from, to);
    let difference = CatalogDiff::between(&from.schema.linked.catalog, &to.schema.linked.catalog);
    let differs = !difference.is_empty();
    // Text shows no statement, but a rename that matches nothing is wrong whatever is shown.
    let script = if context.out.format == Format::Text && renames.is_empty() {
        Script::default()
    } else {
        script(context, args, from, to, &renames)?
    };
    match context.out.format {
        Format::Json => context.out.json_with(
            differs.then_some(Code::SchemaDiffers),
            &Answer {
                from: from.into(),
                to: to.into(),
                ignored: &ignore,
                difference: &difference,
                script: &script,
            },
        ),
        Format::Sql => context.out.result(&sql(from, to, &script)),
        _ => context.out.result(&text(from, to, &difference, &done(&renames, &script))),
    }
    Ok(if differs { Exit::No } else { Exit::Done })
}

/// A database has rights, tablespaces and subscriptions that no revision and no file speaks of: they are
/// compared only where both sides could have them.
fn leave_rights_to_others(sides: &mut [Named]) {
    let is_found = |side: &Named| matches!(side.kind, "database" | "snapshot");
    if sides.iter().all(is_found) || !sides.iter().any(is_found) {
        return;
    }
    for side in sides {
        side.schema.linked.leave_out_kinds(Kind::is_often_foreign);
    }
}

fn script(
    context: &Context,
    args: &Args,
    from: &Named,
    to: &Named,
    renames: &[Declared],
) -> Result<Script, Refusal> {
    let options = Options {
        online: args.online,
        lossless_only: args.lossless,
        renames: renames.iter().map(|declared| declared.rename.clone()).collect(),
        own_tablespace: from.schema.own_tablespace.clone(),
        ..Options::default()
    };
    let script = Script::between(&from.schema.linked, &to.schema.linked, &options);
    refuse_unmatched(renames, &script.idle)?;
    for idle in script.idle.iter().filter(|idle| idle.why == Hindrance::Done) {
        context.out.say(&format!("the rename `{}` is done already", renames[idle.at].rename));
    }
    Ok(script)
}

/// Two versions describe some things otherwise, which then seem to differ.
fn say_versions(context: &Context, from: &Named, to: &Named) {
    let (one, other) = (from.schema.server_major, to.schema.server_major);
    if one != other {
        context.out.say(&format!(
            "PostgreSQL {one} described the first and {other} the second: what they write otherwise \
             shows as a difference"
        ));
    }
}

/// The renames that the script does.
fn done<'a>(renames: &'a [Declared], script: &Script) -> Vec<&'a Rename> {
    let is_idle = |at: usize| script.idle.iter().any(|idle| idle.at == at);
    let done = renames.iter().enumerate().filter(|(at, _)| !is_idle(*at));
    done.map(|(_, declared)| &declared.rename).collect()
}

fn text(from: &Named, to: &Named, difference: &CatalogDiff, renames: &[&Rename]) -> String {
    if difference.is_empty() {
        let same = format!("No difference: {} has the schema of {}.", to.name, from.name);
        // Kinds that are not read, which may differ in number.
        return format!("{same}\n{}", shown(difference)).trim_end().to_owned();
    }
    let renames: String = renames.iter().map(|rename| format!("renamed: {rename}\n")).collect();
    format!(
        "{BOLD}{} → {}{BOLD:#}\n{}; + only in the second, - only in the first\n{renames}{}",
        from.name,
        to.name,
        summary(difference),
        shown(difference)
    )
}

fn sql(from: &Named, to: &Named, script: &Script) -> String {
    let mut text = format!("-- from {} to {}\n", one_line(&from.name), one_line(&to.name));
    if script.is_empty() {
        text.push_str("-- nothing to do\n");
    }
    if let Some(setting) = script.session_lines() {
        text.push_str(&format!("\n{setting}\n"));
    }
    if !script.is_empty() {
        text.push_str(&format!("\n{script}"));
    }
    text
}

/// A name for a comment: a file's may hold a line break.
fn one_line(name: &str) -> String {
    name.replace(['\n', '\r'], " ")
}
