//! Finds PostgreSQL's server programs on this machine. In: a wanted major version. Out: the
//! folder that holds `postgres` and `initdb`, and what version they are; or what to install.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::diagnostic::{Code, Refusal};

use super::folder::Account;

/// The major versions that enact knows.
pub const SUPPORTED: RangeInclusive<u16> = 14..=18;

/// What `postgres --version` puts before the version.
const PREFIX: &str = "postgres (PostgreSQL) ";

/// Names a folder of binaries, before every other way of finding them.
const VARIABLE: &str = "ENACT_PG_BIN";

/// Server programs that were seen to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    bin: PathBuf,
    major: u16,
    version: String,
}

impl Installation {
    /// Finds an installation of this major version, or of any that enact knows. The environment
    /// variable `ENACT_PG_BIN` decides alone where it is set; otherwise `PATH`, `pg_config` and
    /// the usual folders are looked through.
    ///
    /// # Errors
    /// `shadow-missing` if there is none; `shadow-version` if there are only others.
    pub fn find(major: Option<u16>) -> Result<Self, Refusal> {
        match env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            Some(bin) => {
                let found = Self::at(Path::new(&bin))?;
                Self::choose([found], major)
            }
            None => Self::choose(folders().iter().filter_map(|bin| Self::at(bin).ok()), major),
        }
    }

    /// The installation in this folder.
    ///
    /// # Errors
    /// `shadow-missing` if `postgres` and `initdb` are not both there, or do not run.
    pub fn at(bin: &Path) -> Result<Self, Refusal> {
        let refused = |fact: String| {
            Refusal::new(Code::ShadowMissing, fact)
                .help(format!("install PostgreSQL: {}", Platform::here().install(None)))
        };
        // A `postgres` in a folder of many programs is often a link to where its neighbours are.
        let bin = fs::canonicalize(bin.join("postgres"))
            .ok()
            .and_then(|program| program.parent().map(Path::to_path_buf))
            .filter(|bin| bin.join("initdb").is_file())
            .ok_or_else(|| {
                refused(format!("no `postgres` and `initdb` side by side in `{}`", bin.display()))
            })?;
        let mut probe = Command::new(bin.join("postgres"));
        probe.arg("--version").stdin(Stdio::null());
        // As the user and in the environment that the server will have: programs below a private
        // home, or with missing libraries, are of no use.
        Account::of_servers()?.dress(&mut probe);
        let answer = probe
            .output()
            .map_err(|error| refused(format!("cannot run `{}`: {error}", bin.display())))?;
        let version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        match major_of(&version).filter(|_| answer.status.success()) {
            Some(major) => Ok(Self { bin, major, version }),
            None => Err(refused(format!(
                "`postgres --version` in `{}` does not give a version",
                bin.display()
            ))
            .note(String::from_utf8_lossy(&answer.stderr).trim().to_owned())),
        }
    }

    fn choose(
        candidates: impl IntoIterator<Item = Self>,
        major: Option<u16>,
    ) -> Result<Self, Refusal> {
        let mut others = Vec::new();
        for candidate in candidates {
            if major.map_or(SUPPORTED.contains(&candidate.major), |m| m == candidate.major) {
                return Ok(candidate);
            }
            others.push(candidate);
        }
        let install = Platform::here().install(major);
        if others.is_empty() {
            return Err(Refusal::new(
                Code::ShadowMissing,
                "no PostgreSQL installation was found to try revisions on",
            )
            .help(format!("install one: {install}; or set `{VARIABLE}` to its folder")));
        }
        let wanted = major.map_or_else(
            || format!("{} to {}", SUPPORTED.start(), SUPPORTED.end()),
            |major| major.to_string(),
        );
        let refusal = Refusal::new(
            Code::ShadowVersion,
            format!("PostgreSQL {wanted} is needed, and only others are installed"),
        );
        let refusal = others.iter().fold(refusal, |refusal, other| {
            refusal.note(format!("found {} in `{}`", other.version, other.bin.display()))
        });
        Err(refusal.help(format!("install it: {install}; or set `{VARIABLE}` to its folder")))
    }

    /// The folder of the programs, links resolved.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The major version, for instance 15.
    pub fn major(&self) -> u16 {
        self.major
    }

    /// What `postgres --version` says, exactly.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version alone, as the server itself says it: `15.18 (Debian …)`.
    pub fn release(&self) -> &str {
        self.version.strip_prefix(PREFIX).unwrap_or(&self.version)
    }
}

/// The major version in `postgres (PostgreSQL) 15.18 (…)`, also of betas (`19beta1`).
fn major_of(version: &str) -> Option<u16> {
    let number = version.strip_prefix(PREFIX)?;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

/// Folders that may hold the programs, likeliest first.
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    folders.extend(pg_config_bindir());
    for pattern in [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/usr/lib/postgresql*/bin",
        "/usr/libexec/postgresql*",
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin",
        "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/usr/local/pgsql*/bin",
        "~/.asdf/installs/postgres/*/bin",
        "~/.local/share/mise/installs/postgres/*/bin",
        "~/.theseus/postgresql/*/bin",
    ] {
        folders.extend(matching(pattern, env::var_os("HOME")));
    }
    folders
}

fn pg_config_bindir() -> Option<PathBuf> {
    let answer = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output();
    let text = String::from_utf8(answer.ok()?.stdout).ok()?;
    Some(PathBuf::from(text.trim())).filter(|bin| bin.is_absolute())
}

/// The folders that fit a pattern with one `*`, newest version first.
fn matching(pattern: &str, home: Option<OsString>) -> Vec<PathBuf> {
    let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let parent = match (parent.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        (Some(_), None) => return Vec::new(),
        (None, _) => PathBuf::from(parent),
    };
    let mut names: Vec<String> = fs::read_dir(&parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(prefix))
        .collect();
    names.sort_by_cached_key(|name| {
        let numbers = name.split(|c: char| !c.is_ascii_digit());
        let version: Vec<u32> = numbers.filter_map(|number| number.parse().ok()).collect();
        (std::cmp::Reverse(version), name.clone())
    });
    let after = after.trim_start_matches('/');
    names.into_iter().map(|name| parent.join(name).join(after)).collect()
}

/// How software is installed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Platform {
    Debian,
    RedHat,
    Alpine,
    Suse,
    Arch,
    Mac,
    Other,
}

impl Platform {
    fn here() -> Self {
        if cfg!(target_os = "macos") {
            return Self::Mac;
        }
        Self::of(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    /// From the `ID` and `ID_LIKE` lines of `/etc/os-release`.
    fn of(os_release: &str) -> Self {
        let words = os_release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
            .flat_map(|value| value.trim_matches(['"', '\'']).split(' '));
        for word in words {
            match word {
                "debian" | "ubuntu" => return Self::Debian,
                "fedora" | "rhel" | "centos" => return Self::RedHat,
                "alpine" => return Self::Alpine,
                "suse" | "opensuse" => return Self::Suse,
                "arch" => return Self::Arch,
                _ => {}
            }
        }
        Self::Other
    }

    /// The command that installs PostgreSQL, of this major version if one is asked for.
    fn install(self, major: Option<u16>) -> String {
        let number = major.map_or_else(String::new, |major| major.to_string());
        match self {
            Self::Debian if major.is_some() => format!(
                "`apt-get install postgresql-common && \
                 /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && \
                 apt-get install postgresql-{number}`"
            ),
            Self::Debian => "`apt-get install postgresql`".to_owned(),
            Self::RedHat if major.is_some() => {
                format!("`dnf install postgresql{number}-server`, from PostgreSQL's own repository")
            }
            Self::RedHat => "`dnf install postgresql-server`".to_owned(),
            Self::Alpine if major.is_none() => "`apk add postgresql`".to_owned(),
            Self::Alpine => format!("`apk add postgresql{number}`"),
            Self::Suse => format!("`zypper install postgresql{number}-server`"),
            Self::Arch => "`pacman -S postgresql`".to_owned(),
            Self::Mac if major.is_none() => "`brew install postgresql@17`".to_owned(),
            Self::Mac => format!("`brew install postgresql@{number}`"),
            Self::Other => "see https://www.postgresql.org/download/".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(version: &str) -> Installation {
        Installation {
            bin: PathBuf::from("/pg/bin"),
            major: major_of(version).unwrap(),
            version: version.to_owned(),
        }
    }

    #[test]
    fn versions_of_releases_and_betas() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(major_of(debian), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major_of("psql (PostgreSQL) 15.18"), None);
    }

    #[test]
    fn the_wanted_major_is_chosen_wherever_it_stands() {
        let all = [
            "postgres (PostgreSQL) 13.9",
            "postgres (PostgreSQL) 15.1",
            "postgres (PostgreSQL) 17.2",
        ]
        .map(installation);
        let major = |wanted| Installation::choose(all.clone(), wanted).map(|found| found.major);
        assert_eq!(major(Some(17)), Ok(17));
        assert_eq!(major(None), Ok(15));
    }

    #[test]
    fn a_wrong_major_is_named_with_the_next_command() {
        let refusal = Installation::choose([installation("postgres (PostgreSQL) 15.1")], Some(17))
            .unwrap_err();
        assert_eq!(refusal.code(), Code::ShadowVersion);
        let finding = &refusal.findings()[0];
        assert_eq!(finding.notes, ["found postgres (PostgreSQL) 15.1 in `/pg/bin`"]);
        assert!(finding.help.as_ref().unwrap().contains(VARIABLE));
    }

    #[test]
    fn nothing_found_is_said_with_the_next_command() {
        let refusal = Installation::choose([], None).unwrap_err();
        assert_eq!(refusal.code(), Code::ShadowMissing);
        assert!(refusal.findings()[0].help.as_ref().unwrap().starts_with("install one: "));
    }

    #[test]
    fn each_platform_has_its_command() {
        let debian = Platform::of("PRETTY_NAME=\"x\"\nID=raspbian\nID_LIKE=debian\n");
        assert_eq!(debian.install(None), "`apt-get install postgresql`");
        assert!(debian.install(Some(17)).contains("apt-get install postgresql-17"));
        let rocky = Platform::of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n");
        assert_eq!(rocky.install(None), "`dnf install postgresql-server`");
        assert_eq!(Platform::of("ID=alpine\n").install(Some(16)), "`apk add postgresql16`");
        assert_eq!(
            Platform::of("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n"),
            Platform::Suse
        );
        assert_eq!(Platform::of(""), Platform::Other);
    }

    #[test]
    fn patterns_give_the_newest_version_first() {
        let home = tempfile::tempdir().unwrap();
        for version in ["9.6", "17.2", "16.10", "16.9"] {
            fs::create_dir_all(home.path().join(".asdf/installs/postgres").join(version)).unwrap();
        }
        let found = matching("~/.asdf/installs/postgres/*/bin", Some(home.path().into()));
        let versions: Vec<_> =
            found.iter().map(|bin| bin.iter().rev().nth(1).unwrap().to_str().unwrap()).collect();
        assert_eq!(versions, ["17.2", "16.10", "16.9", "9.6"]);
        assert!(matching("~/none/*", None).is_empty());
    }

    #[test]
    fn a_folder_without_the_programs_is_refused() {
        let empty = tempfile::tempdir().unwrap();
        let refusal = Installation::at(empty.path()).unwrap_err();
        assert_eq!(refusal.code(), Code::ShadowMissing);
    }
}
