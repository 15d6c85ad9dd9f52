//! The password file of libpq.
//!
//! In: its path, and what is connected to. Out: the password, if a line fits; a warning instead,
//! if others may read the file.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use secrecy::SecretString;

use crate::diagnostic::{Code, Finding};

/// What a line must fit.
pub(super) struct Sought<'a> {
    /// The host's name, or `localhost` for a default socket directory.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The lines of a password file.
pub(super) struct PasswordFile {
    // Wiped when dropped.
    text: SecretString,
}

impl PasswordFile {
    /// Reads the file at `path`; nothing, if there is none.
    ///
    /// # Errors
    /// The warning with which libpq, too, goes on without the file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Box<Finding>> {
        let ignored = |why: &str| {
            Finding::warning(
                Code::PasswordFileIgnored,
                format!("the password file `{}` is ignored: {why}", path.display()),
            )
        };
        let Ok(facts) = fs::metadata(path) else {
            return Ok(None);
        };
        if !facts.is_file() {
            return Err(Box::new(ignored("it is not a plain file")));
        }
        if facts.mode() & 0o077 != 0 {
            return Err(Box::new(
                ignored("group or world may access it")
                    .help(format!("run `chmod 600 {}`", path.display())),
            ));
        }
        let text = fs::read(path).map_err(|error| Box::new(ignored(&error.to_string())))?;
        let text =
            String::from_utf8(text).map_err(|_| Box::new(ignored("it is not valid UTF-8")))?;
        Ok(Some(Self { text: text.into() }))
    }

    /// The password of the first line that fits.
    pub(super) fn find(&self, sought: &Sought<'_>) -> Option<SecretString> {
        use secrecy::ExposeSecret as _;

        let port = sought.port.to_string();
        let wanted = [sought.host, &port, sought.database, sought.user];
        self.text.expose_secret().lines().find_map(|line| {
            if line.starts_with('#') {
                return None;
            }
            let mut rest = line;
            for value in wanted {
                let (raw, field, after) = split_field(rest);
                if raw != "*" && field != value {
                    return None;
                }
                rest = after?;
            }
            let (_, password, _) = split_field(rest);
            (!password.is_empty()).then(|| password.into())
        })
    }
}

/// The field before the next `:` as written and unescaped, and what follows the `:`.
fn split_field(line: &str) -> (&str, String, Option<&str>) {
    let mut field = String::new();
    let mut characters = line.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            ':' => return (&line[..at], field, Some(&line[at + 1..])),
            '\\' => field.push(characters.next().map_or('\\', |(_, escaped)| escaped)),
            c => field.push(c),
        }
    }
    (line, field, None)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    fn password(text: &str, host: &str, port: u16, database: &str, user: &str) -> Option<String> {
        let file = PasswordFile { text: text.into() };
        let sought = Sought { host, port, database, user };
        file.find(&sought).map(|password| password.expose_secret().to_owned())
    }

    #[test]
    fn the_first_line_that_fits() {
        let text = "# h:5432:d:u:comment\n\
                    h:5433:d:u:other port\n\
                    h:*:d:u:first\n\
                    h:5432:d:u:second\n\
                    *:*:*:*:last\n";
        assert_eq!(password(text, "h", 5432, "d", "u").as_deref(), Some("first"));
        assert_eq!(password(text, "h", 5433, "d", "u").as_deref(), Some("other port"));
        assert_eq!(password(text, "x", 1, "d", "u").as_deref(), Some("last"));
        assert_eq!(password("h:1:d:u:", "h", 1, "d", "u"), None);
        assert_eq!(password("h:1:d:u", "h", 1, "d", "u"), None);
    }

    #[test]
    fn escapes() {
        let text = r"\:\:1:5432:a\\b:\*:p\:w\\:ignored";
        assert_eq!(password(text, "::1", 5432, r"a\b", "*").as_deref(), Some(r"p:w\"));
        assert_eq!(password(text, "::1", 5432, r"a\b", "u"), None);
    }

    #[test]
    fn a_file_that_others_may_read_is_ignored_with_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        assert!(PasswordFile::read(&path).unwrap().is_none());
        fs::write(&path, "*:*:*:*:canary7").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let warning = PasswordFile::read(&path).err().unwrap();
        assert_eq!(warning.code, Code::PasswordFileIgnored);
        assert!(!format!("{warning:?}").contains("canary7"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(PasswordFile::read(&path).unwrap().is_some());
    }
}
