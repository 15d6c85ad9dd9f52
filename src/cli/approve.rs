//! `enact approve`.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::approval::{APPROVE_NAMESPACE, AUTHOR_NAMESPACE, AUTHOR_STEM, Author};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::signing::{SigningKey, Surroundings};
use crate::workspace::{plans, trust};

use super::context::{Context, shown};
use super::output::confirmed;
use super::show;

/// Show a plan, then sign its exact bytes with an SSH key
///
/// The signature is written to `approvals/<person>.sig` beside the plan, where the person is whom
/// the signers file names for the key. `ssh-keygen -Y sign -n enact-approve-v1 -f KEY plan.json`
/// makes an equally valid one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The plan's directory
    plan: Utf8PathBuf,
    /// The private key, or the public one of a key that an agent holds [default: git's or ssh's]
    #[arg(long, value_name = "FILE")]
    key: Option<Utf8PathBuf>,
    /// Sign as the plan's author, which approves nothing
    #[arg(long)]
    author: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

#[derive(Serialize)]
struct Signed {
    plan: String,
    person: String,
    key: String,
    file: Utf8PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let directory = plans::read(&args.plan)?;
    let file = &directory.file;
    let plan = file.plan();
    let trusted = trust::read(&project, &plan.environment, None)?;
    let surroundings = Surroundings::of_process(&project.root);
    let key = match &args.key {
        Some(path) => SigningKey::named(path, &surroundings)?,
        None => SigningKey::find(&surroundings)?,
    };
    let signer = trusted.signers.owner(key.public()).ok_or_else(|| {
        Refusal::new(
            Code::SignerUnknown,
            format!("the key {} is not in the signers file", key.public().fingerprint()),
        )
        .help("choose another with `--key`, or have the key added to the signers file by review")
    })?;
    let person = signer.person.clone();
    if !args.author && Author::new(plan.author.as_str()).is(&person) {
        return Err(Refusal::new(
            Code::SignerIsAuthor,
            format!("`{person}` is the plan's author, and authors do not approve their own plans"),
        )
        .help("ask somebody else to approve; `--author` signs as the author"));
    }
    context.out.say(&show::text(file));
    if !args.yes {
        ask(context, file.digest().short().as_str(), &person)?;
    }
    let (namespace, stem) = if args.author {
        (AUTHOR_NAMESPACE, AUTHOR_STEM.to_owned())
    } else {
        (APPROVE_NAMESPACE, person.clone())
    };
    let signature = key.sign(file.bytes(), namespace)?;
    let path = directory.add_signature(&stem, &signature)?;
    let signed = Signed {
        plan: file.digest().to_string(),
        person,
        key: key.public().fingerprint(),
        file: shown(&project, &path),
    };
    if context.out.is_json() {
        context.out.json(&signed);
    } else {
        context.out.result(&format!(
            "{} signed plan {} with {}\nwrote {}",
            signed.person,
            file.digest().short(),
            signed.key,
            signed.file
        ));
    }
    Ok(Exit::Done)
}

fn ask(context: &Context, plan: &str, person: &str) -> Result<(), Refusal> {
    let question = format!("Approve plan {plan} as {person}?");
    let answer = if context.no_input() { None } else { confirmed(&question) };
    match answer {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::new(Code::Declined, "the plan was not approved")),
        None => Err(Refusal::new(
            Code::ConfirmationNeeded,
            "an approval must be confirmed, and nobody can be asked here",
        )
        .help("run it on a terminal, or with `--yes` after reading the plan")),
    }
}
