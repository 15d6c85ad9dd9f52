//! Ways in which a file or folder that a command reads can be bad, and looking at what is left.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::process::Command;

use camino::Utf8Path;

/// The user that commands run as where root's rights would hide a fault.
pub(super) const NOBODY: u32 = 65534;

/// A way to be bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    EmptyFolder,
    Unreadable,
    Huge,
    Binary,
    BrokenUtf8,
    LinkLoop,
    Pipe,
}

impl Fault {
    pub(super) const ALL: [Self; 8] = [
        Self::Missing,
        Self::EmptyFolder,
        Self::Unreadable,
        Self::Huge,
        Self::Binary,
        Self::BrokenUtf8,
        Self::LinkLoop,
        Self::Pipe,
    ];

    /// As people would say it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::EmptyFolder => "an empty folder",
            Self::Unreadable => "unreadable",
            Self::Huge => "100 MB",
            Self::Binary => "binary",
            Self::BrokenUtf8 => "not UTF-8",
            Self::LinkLoop => "a circle of links",
            Self::Pipe => "a pipe",
        }
    }

    /// Puts the fault where `path` was; `aside` keeps what was there.
    pub(super) fn put(self, path: &Utf8Path, aside: &Utf8Path) {
        fs::rename(path, aside).unwrap();
        match self {
            Self::Missing => {}
            Self::EmptyFolder => fs::create_dir(path).unwrap(),
            Self::Unreadable => {
                fs::rename(aside, path).unwrap();
                fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap();
            }
            // Sparse: no disk is filled.
            Self::Huge => File::create(path).unwrap().set_len(100 << 20).unwrap(),
            Self::Binary => fs::write(path, b"\x7fELF\x02\x01\x01\0\0\xf3\0\x01\xff\xfe").unwrap(),
            Self::BrokenUtf8 => fs::write(path, b"[project]\nrevisions = \"\xc3\x28\"\n").unwrap(),
            Self::LinkLoop => symlink(path, path).unwrap(),
            Self::Pipe => {
                assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
            }
        }
    }

    /// Puts back what was there.
    pub(super) fn mend(self, path: &Utf8Path, aside: &Utf8Path) {
        match self {
            Self::Unreadable => {
                let folder = path.symlink_metadata().unwrap().is_dir();
                let mode = if folder { 0o755 } else { 0o644 };
                return fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            }
            Self::Missing => {}
            Self::EmptyFolder => fs::remove_dir(path).unwrap(),
            _ => fs::remove_file(path).unwrap(),
        }
        fs::rename(aside, path).unwrap();
    }
}

/// Every path below `folder` with its kind; files also with their length and time of change.
pub(super) fn listing(folder: &Utf8Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in at.read_dir_utf8().into_iter().flatten() {
            let path = entry.unwrap().into_path();
            let about = path.symlink_metadata().unwrap();
            if about.is_dir() {
                folders.push(path.clone());
            }
            let kind = match about.file_type() {
                kind if kind.is_dir() => "folder",
                kind if kind.is_symlink() => "link",
                kind if kind.is_fifo() => "pipe",
                _ => "file",
            };
            let mut told = kind.to_owned();
            // A file that came and went changes the time of its folder.
            if kind == "file" {
                write!(told, " {} {:?}", about.len(), about.modified().unwrap()).unwrap();
            }
            found.insert(path.to_string(), told);
        }
    }
    found
}

/// Whether the tests run as root.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
