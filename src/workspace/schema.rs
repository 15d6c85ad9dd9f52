//! The wanted schema as files: what somebody wrote down as the whole, or dumped.

use camino::{Utf8Path, Utf8PathBuf};

use super::project::Project;
use super::revisions::{list, read_bounded};
use crate::diagnostic::{Code, Refusal};
use crate::source::{MAX_BYTES, SourceFile};

/// Reads the project's wanted schema, if its configuration names one.
///
/// # Errors
/// As [`schema_files`].
pub fn wanted_schema(project: &Project) -> Result<Option<Vec<SourceFile>>, Refusal> {
    let path = project.config.schema.as_deref();
    path.map(|path| schema_files(&project.root, path)).transpose()
}

/// Reads `path` under `root`: one file, or the `*.sql` files of a folder in the order of their names.
/// What newer versions of `pg_dump` put around a dump for psql alone is a comment here.
///
/// # Errors
/// `file-missing`, `file-unreadable`, `file-too-large`, and those of [`SourceFile::new`].
pub fn schema_files(root: &Utf8Path, path: &Utf8Path) -> Result<Vec<SourceFile>, Refusal> {
    let within = root.join(path);
    let mut findings = Vec::new();
    let names: Vec<Utf8PathBuf> = if within.is_dir() {
        let names = list(&within, path, &mut findings)?;
        names.into_iter().map(|name| path.join(name)).collect()
    } else {
        vec![path.to_owned()]
    };
    if names.is_empty() && findings.is_empty() {
        let message = format!("`{path}` holds no `*.sql` file");
        return Err(Refusal::new(Code::FileMissing, message)
            .help("write the wanted schema there, as CREATE statements"));
    }
    let mut files = Vec::new();
    for name in names {
        let read = read_bounded(&root.join(&name), &name, MAX_BYTES)
            .and_then(|bytes| SourceFile::new(name.clone(), without_restriction(bytes)));
        match read {
            Ok(file) => files.push(file),
            Err(refusal) => findings.extend(refusal.into_findings()),
        }
    }
    Refusal::unless_empty(findings)?;
    Ok(files)
}

/// `\restrict KEY` and `\unrestrict KEY` on lines of their own become comments; no byte moves.
fn without_restriction(mut bytes: Vec<u8>) -> Vec<u8> {
    for line in bytes.split_mut(|byte| *byte == b'\n') {
        if [&b"\\restrict "[..], b"\\unrestrict "].iter().any(|command| line.starts_with(command)) {
            line[..2].copy_from_slice(b"--");
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pg_dump_says_to_psql_is_a_comment() {
        let dump = b"\\restrict abc\nSELECT '\\restrict';\n\\unrestrict abc\n".to_vec();
        let text = String::from_utf8(without_restriction(dump)).unwrap();
        assert_eq!(text, "--estrict abc\nSELECT '\\restrict';\n--nrestrict abc\n");
    }
}
