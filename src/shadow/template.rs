//! Fresh data directories. In: an installation. Out: a data directory as `initdb` makes it, from
//! the user's cache if it was made before.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::diagnostic::{Code, Refusal};
use crate::digest::FieldHasher;
use crate::workspace;

use super::folder::{Account, Folder, copy_tree};
use super::installation::Installation;

/// Who is superuser in a fresh cluster.
pub const SUPERUSER: &str = "postgres";
const OPTIONS: [&str; 9] = [
    "-U",
    SUPERUSER,
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--no-sync",
    "--no-instructions",
    "--wal-segsize=1",
];
const PARTIAL: &str = "partial-";
/// A copy into the cache takes a second; one this old was left by a crash.
const PARTIAL_FOR: Duration = Duration::from_hours(1);

/// Makes `folder`'s data directory, and says whether it came from the cache.
pub(super) fn provide(
    installation: &Installation,
    account: Account,
    folder: &Folder,
) -> Result<bool, Refusal> {
    let template = cached(installation);
    if let Some(template) = template.as_deref().filter(|template| template.is_dir()) {
        match copy_tree(template, &folder.data(), account) {
            Ok(()) => return Ok(true),
            // It may have been removed under us: the cache is never needed.
            Err(_) => clear(&folder.data())?,
        }
    }
    initdb(installation, account, folder)?;
    if let Some(template) = template {
        // Without a cache the next start is slower, that is all.
        let _ = keep(&folder.data(), &template);
    }
    Ok(false)
}

/// Makes the data directory anew after a server would not start from the cached one.
pub(super) fn renew(
    installation: &Installation,
    account: Account,
    folder: &Folder,
) -> Result<(), Refusal> {
    if let Some(template) = cached(installation) {
        let _ = fs::remove_dir_all(template);
    }
    clear(&folder.data())?;
    provide(installation, account, folder).map(|_| ())
}

fn clear(data: &Path) -> Result<(), Refusal> {
    match fs::remove_dir_all(data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Refusal::new(
            Code::ShadowFailed,
            format!("cannot remove `{}`: {error}", data.display()),
        )),
        _ => Ok(()),
    }
}

fn initdb(installation: &Installation, account: Account, folder: &Folder) -> Result<(), Refusal> {
    let failed = |fact: String| Refusal::new(Code::ShadowFailed, fact);
    let program = installation.bin().join("initdb");
    let mut command = Command::new(&program);
    command.args(OPTIONS).arg("-D").arg(folder.data()).stdin(Stdio::null());
    account.dress(&mut command);
    let answer = command
        .output()
        .map_err(|error| failed(format!("cannot run `{}`: {error}", program.display())))?;
    if answer.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&answer.stderr)
        .lines()
        .fold(failed(format!("`{}` failed", program.display())), |refusal, line| {
            refusal.note(line.to_owned())
        }))
}

/// Where this very build's template is kept, if there is a place for caches.
fn cached(installation: &Installation) -> Option<PathBuf> {
    let mut key = FieldHasher::new("enact shadow template 1");
    key.field(installation.version());
    key.field(installation.bin().as_os_str().as_encoded_bytes());
    for option in OPTIONS {
        key.field(option);
    }
    let name = format!("pg{}-{}", installation.major(), key.finish().short());
    Some(workspace::caches()?.join(name))
}

/// Copies a data directory that no server has used into the cache. Whoever renames first wins.
fn keep(data: &Path, template: &Path) -> io::Result<()> {
    let caches = template.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(caches)?;
    sweep(caches);
    let partial = tempfile::Builder::new().prefix(PARTIAL).tempdir_in(caches)?;
    let ourselves = Account::ourselves();
    copy_tree(data, &partial.path().join("data"), ourselves)?;
    fs::rename(partial.path().join("data"), template)
}

/// Removes copies that were never finished.
fn sweep(caches: &Path) {
    for entry in fs::read_dir(caches).into_iter().flatten().flatten() {
        let old = entry
            .metadata()
            .and_then(|seen| seen.modified())
            .is_ok_and(|made| made.elapsed().is_ok_and(|age| age > PARTIAL_FOR));
        if old && entry.file_name().as_encoded_bytes().starts_with(PARTIAL.as_bytes()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
