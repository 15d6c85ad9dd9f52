//! The private folder of a throw-away server: made where it is fast, owned by the account that
//! the server runs as, and gone when we are, however we end.

use std::fs::{self, DirEntry, File, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::diagnostic::{Code, Refusal};

const PREFIX: &str = "enact-shadow-";
const SHARED_MEMORY: &str = "/dev/shm";
/// A cluster with some thousand objects stays far below this.
const ROOM_NEEDED: u64 = 512 << 20;
/// A socket's path has 104 bytes on macOS, and `/.s.PGSQL.65535` follows the folder's.
const LONGEST_PATH: usize = 85;
/// A folder without a lock is one that is just being made, or that a crash left so.
const UNLOCKED_FOR: Duration = Duration::from_hours(1);

/// Reads until we say `done` or are no more, and then ends what is left of the server.
const WATCH: &str = r#"
trap '' HUP INT TERM
while read -r word; do
    if [ "$word" = done ]; then exit 0; fi
done
if read -r pid < "$1/data/postmaster.pid"; then
    kill -QUIT "$pid"
    tries=0
    while [ -e "$1/data/postmaster.pid" ] && [ "$tries" -lt 100 ]; do
        sleep 0.1 || sleep 1
        tries=$((tries + 1))
    done
fi
rm -rf "$1"
"#;

/// Who the server's processes run as. PostgreSQL refuses root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account(Option<(u32, u32)>);

impl Account {
    /// Ourselves; or, for root, `postgres`, else `nobody`.
    pub(super) fn of_servers() -> Result<Self, Refusal> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self(None));
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        account(&passwd, "postgres")
            .or_else(|| account(&passwd, "nobody"))
            .map(|ids| Self(Some(ids)))
            .ok_or_else(|| {
                Refusal::new(
                    Code::ShadowFailed,
                    "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`",
                )
                .help("add a user: `useradd --system postgres`")
            })
    }

    /// Whoever we are.
    pub(super) const fn ourselves() -> Self {
        Self(None)
    }

    /// Makes `command` run as this account, in an environment that says nothing about ours, and
    /// out of reach of the terminal's Ctrl-C.
    pub(super) fn dress(self, command: &mut Command) {
        command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("LC_ALL", "C"), ("TZ", "UTC")]);
        command.process_group(0).current_dir("/");
        if let Some((uid, gid)) = self.0 {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives `path` to this account.
    pub(super) fn own(self, path: &Path) -> io::Result<()> {
        match self.0 {
            Some((uid, gid)) => std::os::unix::fs::chown(path, Some(uid), Some(gid)),
            None => Ok(()),
        }
    }

    fn uid(self) -> u32 {
        self.0.map_or_else(|| rustix::process::geteuid().as_raw(), |(uid, _)| uid)
    }
}

/// User and group id of `name` in the text of `/etc/passwd`. macOS writes some of them negative.
fn account(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let id = |text: &str| {
        let number: i64 = text.parse().ok()?;
        u32::try_from(number).or_else(|_| i32::try_from(number).map(i32::cast_unsigned)).ok()
    };
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (Some(found), Some(_), Some(uid), Some(gid)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return None;
        };
        (found == name).then_some(())?;
        Some((id(uid)?, id(gid)?)).filter(|(uid, _)| *uid != 0)
    })
}

/// A private folder. Dropping it removes it; so does its watcher, should we be killed.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    watcher: Child,
    /// Held as long as we live, so that another run knows.
    _lock: File,
}

impl Folder {
    /// Makes a folder for `account`, and removes those that dead runs left.
    pub(super) fn make(account: Account) -> io::Result<Self> {
        let parent = parent();
        sweep(&parent, account);
        let path = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&parent)?
            .keep();
        Self::guard(&path, account).inspect_err(|_| {
            let _ = fs::remove_dir_all(&path);
        })
    }

    fn guard(path: &Path, account: Account) -> io::Result<Self> {
        // Locked before it has its name: nobody sees it unlocked while we live.
        let lock = File::create(path.join("lock.new"))?;
        lock.try_lock()?;
        fs::rename(path.join("lock.new"), path.join("lock"))?;
        account.own(path)?;
        let watcher = Command::new("/bin/sh")
            .args(["-c", WATCH, "enact-watch"])
            .arg(path)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { path: path.to_owned(), watcher, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("log")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is swept by a later run: nothing to tell anyone.
        let _ = fs::remove_dir_all(&self.path);
        if let Some(mut line) = self.watcher.stdin.take() {
            let _ = line.write_all(b"done\n");
        }
        let _ = self.watcher.wait();
    }
}

/// Memory, where there is enough of it; else the usual temporary folder, if its path is short.
fn parent() -> PathBuf {
    let roomy = rustix::fs::statvfs(SHARED_MEMORY)
        .is_ok_and(|space| space.f_bavail.saturating_mul(space.f_frsize) >= ROOM_NEEDED);
    if roomy {
        return PathBuf::from(SHARED_MEMORY);
    }
    let usual = std::env::temp_dir();
    if usual.as_os_str().len() + PREFIX.len() + "/123456".len() > LONGEST_PATH {
        return PathBuf::from("/tmp");
    }
    usual
}

/// Removes the folders of runs that are no more. A server that such a run left behind misses its
/// folder within a minute, and ends itself.
fn sweep(parent: &Path, account: Account) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if is_left_over(&entry, account).unwrap_or(false) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left_over(entry: &DirEntry, account: Account) -> io::Result<bool> {
    let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
    let seen = entry.path().symlink_metadata()?;
    if !named || !seen.is_dir() || seen.uid() != account.uid() {
        return Ok(false);
    }
    match File::open(entry.path().join("lock")) {
        Ok(lock) => Ok(!matches!(lock.try_lock(), Err(TryLockError::WouldBlock))),
        Err(_) => Ok(seen.modified()?.elapsed().is_ok_and(|age| age > UNLOCKED_FOR)),
    }
}

/// Copies a data directory, and gives the copy to `account`.
pub(super) fn copy_tree(from: &Path, to: &Path, account: Account) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(to)?;
    account.own(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target, account)?;
        } else if entry.file_name() != "postmaster.pid" {
            fs::copy(entry.path(), &target)?;
            account.own(&target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_passwd() {
        let passwd = "root:x:0:0::/root:/bin/sh\nnobody:*:-2:-2:n:/:/bin/false\nme:x:0:0\n";
        assert_eq!(account(passwd, "nobody"), Some((u32::MAX - 1, u32::MAX - 1)));
        assert_eq!(account(passwd, "me"), None);
        assert_eq!(account(passwd, "postgres"), None);
        assert_eq!(account("postgres:x:26:27:::", "postgres"), Some((26, 27)));
    }

    #[test]
    fn only_folders_of_dead_runs_are_swept() {
        let account = Account::ourselves();
        let parent = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = parent.path().join(name);
            fs::create_dir(&path).unwrap();
            File::create(path.join("lock")).unwrap()
        };
        let alive = make("enact-shadow-alive");
        alive.try_lock().unwrap();
        drop(make("enact-shadow-dead"));
        drop(make("somebody-else"));
        fs::create_dir(parent.path().join("enact-shadow-new")).unwrap();
        sweep(parent.path(), account);
        let mut left: Vec<_> = fs::read_dir(parent.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["enact-shadow-alive", "enact-shadow-new", "somebody-else"]);
    }

    #[test]
    fn a_dropped_folder_is_gone_and_so_is_its_watcher() {
        let account = Account::of_servers().unwrap();
        let folder = Folder::make(account).unwrap();
        let path = folder.path().to_owned();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o700);
        drop(folder);
        assert!(!path.exists());
    }
}
