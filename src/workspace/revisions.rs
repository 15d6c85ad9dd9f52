//! The folder of revisions: its `*.sql` files in, checked revisions out, or all findings.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::num::NonZero;
use std::os::unix::fs::OpenOptionsExt as _;
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::diagnostic::{Code, Finding, Refusal};
use crate::revision::{self, Revision};
use crate::source::{self, MAX_BYTES, SourceFile};

/// Reads every `*.sql` file of `root/folder`, sorted by name, on all cores. Folders inside it and
/// names that begin with a dot are left alone. Findings name files as `folder/name`.
///
/// # Errors
/// Every finding of every file at once: `file-unreadable`, `file-too-large`, and those of
/// [`SourceFile::new`] and [`revision::parse`]; `file-missing` if the folder is missing.
pub fn read_revisions(root: &Utf8Path, folder: &Utf8Path) -> Result<Vec<Revision>, Refusal> {
    let mut findings = Vec::new();
    let within = root.join(folder);
    let names = list(&within, folder, &mut findings)?;
    let read =
        |name: &String| read_file(&within.join(name), &folder.join(name)).and_then(revision::parse);
    let results = in_shares(&names, |share| share.iter().map(read).collect::<Vec<_>>());
    let results: Vec<Result<Revision, Refusal>> = results.into_iter().flatten().collect();
    let mut revisions = Vec::with_capacity(results.len());
    for result in results {
        match result {
            Ok(revision) => revisions.push(revision),
            Err(refusal) => findings.extend(refusal.into_findings()),
        }
    }
    Refusal::unless_empty(findings)?;
    Ok(revisions)
}

/// Gives each core its share of the files; what came of the shares is in the files' order.
pub(super) fn in_shares<T: Send>(names: &[String], work: impl Fn(&[String]) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    // A thread costs as much as some dozens of files.
    let share = names.len().div_ceil(cores).max(64);
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> =
            names.chunks(share).map(|names| scope.spawn(move || work(names))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// The names of the folder's SQL files, sorted.
pub(super) fn list(
    path: &Utf8Path,
    shown: &Utf8Path,
    findings: &mut Vec<Finding>,
) -> Result<Vec<String>, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| unreadable(shown, &error))? {
        let name = entry.map_err(|error| unreadable(shown, &error))?.file_name();
        let Some(text) = name.to_str() else {
            // Whatever it is, nobody could name it in a finding, a plan or a selector.
            if name.to_string_lossy().to_ascii_lowercase().ends_with(".sql") {
                let message =
                    format!("`{shown}` holds a file whose name is not UTF-8: {}", name.display());
                findings.push(Finding::error(Code::FileUnreadable, message).help("rename it"));
            }
            continue;
        };
        let extension = Utf8Path::new(text).extension();
        let sql = extension.is_some_and(|end| end.eq_ignore_ascii_case("sql"));
        if sql && !text.starts_with('.') {
            names.push(text.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Reads one regular file of at most [`MAX_BYTES`] and calls it `name`.
pub(super) fn read_file(path: &Utf8Path, name: &Utf8Path) -> Result<SourceFile, Refusal> {
    SourceFile::new(name, read_bounded(path, name, MAX_BYTES)?)
}

/// Reads one regular file of at most `most` bytes; `name` is what people are told. Nothing else is
/// read: a pipe would make the reader wait for ever.
///
/// # Errors
/// `file-missing`, `file-unreadable`, `file-too-large`.
pub fn read_bounded(path: &Utf8Path, name: &Utf8Path, most: u64) -> Result<Vec<u8>, Refusal> {
    let refuse = |error: io::Error| unreadable(name, &error);
    let irregular = || {
        Refusal::new(Code::FileUnreadable, format!("`{name}` is not a regular file"))
            .help("move it elsewhere, or put a regular file in its place")
    };
    // Opened first, and not waited for: what is looked at is then what is read.
    let opened =
        File::options().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path);
    let file = match opened {
        // A socket cannot be opened at all.
        Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
            return Err(irregular());
        }
        opened => opened.map_err(refuse)?,
    };
    let metadata = file.metadata().map_err(refuse)?;
    if !metadata.is_file() {
        return Err(irregular());
    }
    if metadata.len() > most {
        return Err(source::too_large(name, metadata.len()));
    }
    // A byte more than it has, so that its end is seen without reading again.
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    // The file may have grown since: one byte more than allowed tells.
    file.take(most + 1).read_to_end(&mut bytes).map_err(refuse)?;
    Ok(bytes)
}

/// As [`read_bounded`], but the file may be missing. A link that leads nowhere is not: somebody
/// meant a file.
pub(super) fn read_if_there(
    path: &Utf8Path,
    name: &Utf8Path,
    most: u64,
) -> Result<Option<Vec<u8>>, Refusal> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        _ => read_bounded(path, name, most).map(Some),
    }
}

/// The paths in a folder, sorted; none if it is missing.
pub(super) fn entries(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Refusal> {
    let refuse = |error: io::Error| unreadable(folder, &error);
    let listed = match folder.read_dir_utf8() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(refuse)?,
    };
    let mut paths = Vec::new();
    for entry in listed {
        paths.push(entry.map_err(refuse)?.into_path());
    }
    paths.sort_unstable();
    Ok(paths)
}

/// The finding for a file or folder that could not be read.
pub(super) fn unreadable(name: &Utf8Path, error: &io::Error) -> Finding {
    if error.kind() == ErrorKind::NotFound {
        return Finding::error(Code::FileMissing, format!("`{name}` is missing"))
            .help("create it, or correct its name where it is named");
    }
    let help = match error.kind() {
        ErrorKind::PermissionDenied => "let your user read it",
        ErrorKind::NotADirectory => "a part of the path is a file; name a folder",
        // A circle of symbolic links has no stable kind yet; the error's text names it.
        _ => "see that the path leads to a regular file, without a circle of links",
    };
    Finding::error(Code::FileUnreadable, format!("`{name}` cannot be read: {error}")).help(help)
}
