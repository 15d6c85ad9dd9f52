//! The connection service files of libpq.
//!
//! In: a service's name and the files where it may stand. Out: its `Parameters`.

use std::fs;
use std::path::{Path, PathBuf};

use super::parameters::{Parameters, invalid};
use crate::diagnostic::Refusal;

/// The parameters of `service` in the first of `files` that has it.
///
/// # Errors
/// `connection-invalid`, if none has it, or its section is not well formed.
pub(super) fn read(service: &str, files: &[PathBuf]) -> Result<Parameters, Refusal> {
    for file in files {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(invalid(format!(
                    "the service file `{}` cannot be read: {error}",
                    file.display()
                )));
            }
        };
        if let Some(parameters) = section(service, file, &text)? {
            return Ok(parameters);
        }
    }
    let refusal = invalid(format!("no service file has the service `{service}`"));
    Err(files
        .iter()
        .fold(refusal, |refusal, file| refusal.note(format!("looked into `{}`", file.display())))
        .help("add the service there, or name another file in `PGSERVICEFILE`"))
}

fn section(service: &str, file: &Path, text: &str) -> Result<Option<Parameters>, Refusal> {
    let mut found: Option<Parameters> = None;
    for (at, line) in text.lines().enumerate() {
        // Values keep their spaces at the end only by accident in libpq: it trims them too.
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if name.strip_suffix(']') == Some(service) {
                found = Some(Parameters::default());
            }
            continue;
        }
        let Some(parameters) = &mut found else {
            continue;
        };
        let place = format!("line {} of the service file `{}`", at + 1, file.display());
        let (keyword, value) =
            line.split_once('=').ok_or_else(|| invalid(format!("{place} is no `key=value`")))?;
        if matches!(keyword, "service" | "servicefile") {
            return Err(invalid(format!("{place} names a service inside of a service")));
        }
        // In libpq the first of two equal keys counts.
        let mut one = Parameters::default();
        one.set(keyword, value.to_owned())
            .map_err(|refusal| refusal.note(format!("it is {place}")))?;
        parameters.fill_from(one);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(service: &str, text: &str) -> Result<Parameters, Refusal> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pg_service.conf");
        fs::write(&file, text).unwrap();
        read(service, &[folder.path().join("missing"), file])
    }

    #[test]
    fn one_section_counts() {
        let text =
            "# services\n[other]\nhost=a\n\n[cats]\nhost=b\nhost=c\nport=5433\n[more]\nuser=x\n";
        let parameters = read_text("cats", text).unwrap();
        assert_eq!(parameters.get("host"), Some("b"));
        assert_eq!(parameters.get("port"), Some("5433"));
        assert_eq!(parameters.get("user"), None);
    }

    #[test]
    fn what_is_wrong_is_told_by_line_without_values() {
        for text in [
            "[cats]\npassword canary7\n",
            "[cats]\nservice=canary7\n",
            "[cats]\ncanary7=x\n",
            "[cats]\nldap://canary7\n",
        ] {
            let refusal = read_text("cats", text).err().unwrap();
            let told = format!("{refusal} {refusal:?}");
            assert!(told.contains("line 2 of"), "{told}");
            assert!(!told.contains("canary7"), "{told}");
        }
    }

    #[test]
    fn a_service_that_is_nowhere() {
        let refusal = read_text("dogs", "[cats]\n").err().unwrap();
        assert_eq!(refusal.findings()[0].notes.len(), 2);
    }
}
