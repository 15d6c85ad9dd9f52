//! Atomic writes: a path and bytes in; the file is there whole and durable, or as it was.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use crate::diagnostic::{Code, Refusal};

/// Writes a file that must not be there yet, with its missing parent folders.
///
/// # Errors
/// `file-exists`, `file-unwritable`.
pub fn create_new(path: &Utf8Path, bytes: &[u8]) -> Result<(), Refusal> {
    let refuse = |error: io::Error| unwritable(path, &error);
    let file = written(path, bytes).map_err(refuse)?;
    file.persist_noclobber(path).map_err(|error| refuse(error.error))?;
    sync_folder(path).map_err(refuse)
}

/// Writes files that must not be there yet: all of them, or none.
///
/// # Errors
/// As [`create_new`].
pub(super) fn create_all(files: &[(Utf8PathBuf, String)]) -> Result<(), Refusal> {
    let mut ready = Vec::with_capacity(files.len());
    for (path, text) in files {
        ready.push(written(path, text.as_bytes()).map_err(|error| unwritable(path, &error))?);
    }
    for (index, ((path, _), file)) in files.iter().zip(ready).enumerate() {
        if let Err(error) = file.persist_noclobber(path) {
            // Those that have their names are ours; whoever stands in the way stays.
            for (path, _) in &files[..index] {
                let _ = fs::remove_file(path);
            }
            return Err(unwritable(path, &error.error));
        }
    }
    if let Some((path, _)) = files.last() {
        sync_folder(path).map_err(|error| unwritable(path, &error))?;
    }
    Ok(())
}

/// Writes a file in place of what may be there, with its missing parent folders. The file keeps
/// its permissions.
///
/// # Errors
/// `file-unwritable`.
pub fn replace(path: &Utf8Path, bytes: &[u8]) -> Result<(), Refusal> {
    let refuse = |error: io::Error| unwritable(path, &error);
    let before = fs::metadata(path).ok().map(|before| before.permissions());
    let file = written(path, bytes).map_err(refuse)?;
    if let Some(permissions) = before {
        file.as_file().set_permissions(permissions).map_err(refuse)?;
    }
    file.persist(path).map_err(|error| refuse(error.error))?;
    sync_folder(path).map_err(refuse)
}

/// Writes a folder that must not be there yet, with these files in it; it appears whole.
///
/// # Errors
/// `file-exists`, `file-unwritable`.
pub(super) fn directory(path: &Utf8Path, files: &[(&str, &[u8])]) -> Result<(), Refusal> {
    let refuse = |error: io::Error| unwritable(path, &error);
    if path.exists() {
        return Err(refuse(ErrorKind::AlreadyExists.into()));
    }
    fs::create_dir_all(folder(path)).map_err(refuse)?;
    let whole = tempfile::Builder::new()
        .prefix(".enact-")
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(folder(path))
        .map_err(refuse)?;
    for (name, bytes) in files {
        let mut file = File::create(whole.path().join(name)).map_err(refuse)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(refuse)?;
    }
    File::open(whole.path()).and_then(|folder| folder.sync_all()).map_err(refuse)?;
    fs::rename(whole.path(), path).map_err(refuse)?;
    // The folder has its name now; there is nothing left to remove.
    let _ = whole.keep();
    sync_folder(path).map_err(refuse)
}

/// The bytes on disk, readable as far as the umask lets, beside `path`, under a name of their own; gone again if dropped.
fn written(path: &Utf8Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = folder(path);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".enact-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    // By way of the file itself: the error of the other names our temporary file.
    file.as_file_mut().write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the new name itself durable.
fn sync_folder(path: &Utf8Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|parent| *parent != "").unwrap_or(Utf8Path::new("."))
}

fn unwritable(path: &Utf8Path, error: &io::Error) -> Refusal {
    let help = match error.kind() {
        ErrorKind::AlreadyExists => {
            return Refusal::new(Code::FileExists, format!("`{path}` exists already"))
                .help("remove it first, or write to another name; nothing was changed");
        }
        ErrorKind::PermissionDenied => "let your user write to the folder; nothing was changed",
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only; nothing was changed",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "make room on the disk and run it again; nothing was changed"
        }
        ErrorKind::NotADirectory => "a part of the path is a file; nothing was changed",
        _ => "see that the folder can be written to; nothing was changed",
    };
    Refusal::new(Code::FileUnwritable, format!("`{path}` cannot be written: {error}")).help(help)
}
