//! What git knows: who works here, and files as they stand in a pinned ref.

use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Code, Refusal};

/// The author of plans, as git names the person: `Name <email>`.
///
/// # Errors
/// `git-failed`, if git has no name.
pub fn author(folder: &Utf8Path) -> Result<String, Refusal> {
    let ask = |key: &str| {
        output(folder, &["config", "--get", key])
            .map(|value| String::from_utf8_lossy(&value).trim().to_owned())
            .ok()
            .filter(|value| !value.is_empty())
    };
    match (ask("user.name"), ask("user.email")) {
        (Some(name), Some(email)) => Ok(format!("{name} <{email}>")),
        (Some(name), None) => Ok(name),
        _ => Err(Refusal::new(Code::GitFailed, "git does not say who you are").help(
            "name the author with `--author`, or set `git config user.name` and `user.email`",
        )),
    }
}

/// The bytes of `path` (absolute) as it stands in `reference`; `None` if it is not there.
///
/// # Errors
/// `git-failed`, if the folder is no work tree, or the ref does not exist.
pub fn file_at(
    folder: &Utf8Path,
    reference: &str,
    path: &Utf8Path,
) -> Result<Option<Vec<u8>>, Refusal> {
    let top = top_level(folder)?;
    let commit = commit(folder, reference)?;
    let canonical = canonical(path);
    let inside = canonical.strip_prefix(&top).map_err(|_| {
        Refusal::new(Code::GitFailed, format!("`{path}` is not inside the git work tree `{top}`"))
    })?;
    let listed =
        output(folder, &["ls-tree", "--full-tree", "--name-only", &commit, inside.as_str()])?;
    if listed.is_empty() {
        return Ok(None);
    }
    output(folder, &["cat-file", "blob", &format!("{commit}:{inside}")]).map(Some)
}

/// The files below `path` (absolute) that `reference` has, and that are not the same here.
///
/// # Errors
/// As [`file_at`].
pub fn changed_since(
    folder: &Utf8Path,
    reference: &str,
    path: &Utf8Path,
) -> Result<Vec<Utf8PathBuf>, Refusal> {
    let top = top_level(folder)?;
    let commit = commit(folder, reference)?;
    let listed = output(
        folder,
        &[
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--diff-filter=DMT",
            &commit,
            "--",
            path.as_str(),
        ],
    )?;
    Ok(String::from_utf8_lossy(&listed)
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(|name| top.join(name))
        .collect())
}

/// The commit that a ref names now, as 40 or 64 hexadecimal digits.
///
/// # Errors
/// As [`file_at`].
pub fn commit(folder: &Utf8Path, reference: &str) -> Result<String, Refusal> {
    // A ref that starts with a dash would be read as an option.
    let name = format!("{reference}^{{commit}}");
    let bytes = output(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name])
        .map_err(|_| {
            Refusal::new(Code::GitFailed, format!("git knows no commit `{reference}`"))
                .help("fetch it, or name another with `--trust-ref`")
        })?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn top_level(folder: &Utf8Path) -> Result<Utf8PathBuf, Refusal> {
    let bytes = output(folder, &["rev-parse", "--show-toplevel"])
        .map_err(|_| Refusal::new(Code::GitFailed, format!("`{folder}` is in no git work tree")))?;
    Ok(canonical(Utf8Path::new(String::from_utf8_lossy(&bytes).trim_end_matches('\n'))))
}

fn canonical(path: &Utf8Path) -> Utf8PathBuf {
    // The file may be gone from the work tree; its folder tells as much.
    let resolved =
        path.canonicalize_utf8().or_else(|error| match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => {
                parent.canonicalize_utf8().map(|parent| parent.join(name))
            }
            _ => Err(error),
        });
    resolved.unwrap_or_else(|_| path.to_owned())
}

fn output(folder: &Utf8Path, arguments: &[&str]) -> Result<Vec<u8>, Refusal> {
    let failed = |why: String| {
        let what = arguments.first().unwrap_or(&"");
        Refusal::new(Code::GitFailed, format!("`git {what}` failed: {why}"))
    };
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| failed(error.to_string()).help("install git"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(crate::source::visible(said.lines().next().unwrap_or("no answer"))))
}
