//! What connection settings take from the process: variables, the home folder, the user.
//!
//! In: the process, or values in tests. Out: [`Environment`], and the paths where libpq looks.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// The variables and the user on whose behalf settings are resolved.
#[derive(Clone, Default)]
pub struct Environment {
    /// The environment's variables.
    pub variables: BTreeMap<String, String>,
    /// The home folder, for `.pgpass` and the like.
    pub home: Option<PathBuf>,
    /// The name of the user of the operating system.
    pub user: Option<String>,
}

impl Environment {
    /// The environment of this process. Variables that are not valid UTF-8 are left out.
    pub fn of_process() -> Self {
        let variables: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let (user, home) = password_entry().unzip();
        Self {
            user: user.or_else(|| variables.get("USER").cloned()),
            home: variables.get("HOME").map(PathBuf::from).or(home),
            variables,
        }
    }

    /// The value of a variable, unless it is empty.
    pub(super) fn get(&self, variable: &str) -> Option<&str> {
        self.variables.get(variable).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A file in the home folder.
    pub(super) fn in_home(&self, file: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(file))
    }

    /// Where service files may be: the user's, then the system's.
    pub(super) fn service_files(&self, named: Option<&str>) -> Vec<PathBuf> {
        let own = named.map(PathBuf::from).or_else(|| self.in_home(".pg_service.conf"));
        // libpq has its folder compiled in; this is Debian's.
        let system = self.get("PGSYSCONFDIR").unwrap_or("/etc/postgresql-common");
        own.into_iter().chain([Path::new(system).join("pg_service.conf")]).collect()
    }
}

/// Names only: values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("home", &self.home)
            .field("user", &self.user)
            .finish()
    }
}

/// Name and home folder of the effective user, where a local account says so.
fn password_entry() -> Option<(String, PathBuf)> {
    let own = rustix::process::geteuid().as_raw().to_string();
    fs::read_to_string("/etc/passwd").ok()?.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        match fields[..] {
            [name, _, id, _, _, home, ..] if id == own => Some((name.to_owned(), home.into())),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_no_values() {
        let environment = Environment {
            variables: BTreeMap::from([("PGPASSWORD".to_owned(), "canary7".to_owned())]),
            ..Environment::default()
        };
        let told = format!("{environment:?}");
        assert!(told.contains("PGPASSWORD") && !told.contains("canary7"), "{told}");
    }

    #[test]
    fn this_process_has_a_user() {
        assert!(Environment::of_process().user.is_some());
    }
}
