//! What a looking command found last time: a value in, and out again in a later process.
//!
//! A memory is a small file in the user's cache, and a convenience: where it cannot be kept or was
//! damaged, the command looks again. It is never evidence: nothing that plans, applies or verifies
//! asks here.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use camino::Utf8PathBuf;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Project;
use super::revisions::read_bounded;
use crate::digest::{Digest, FieldHasher};
use crate::source::MAX_BYTES;

/// What a memory's file begins with; then the digest of the rest, a line end, and JSON.
const TAG: &[u8] = b"enact memory 1 ";

/// The folder of enact's caches: in `XDG_CACHE_HOME`, or else in `.cache` of `HOME`. Nothing, if
/// neither is an absolute path. The folder may not be there yet.
pub fn caches() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
    Some(caches.join("enact")).filter(|path| path.is_absolute())
}

/// Where a value is remembered.
#[derive(Debug, Clone)]
pub struct Memory {
    file: Utf8PathBuf,
}

impl Memory {
    /// The memory in `file`.
    pub fn at(file: Utf8PathBuf) -> Self {
        Self { file }
    }

    /// This version's memory of a project's `environment`, as `command` left it; none, if there is
    /// no place for caches.
    pub fn of(project: &Project, environment: &str, command: &str) -> Option<Self> {
        let caches = Utf8PathBuf::from_path_buf(caches()?).ok()?;
        let mut key = FieldHasher::new("enact memory");
        key.field(env!("CARGO_PKG_VERSION"));
        key.field(project.root.canonicalize_utf8().ok()?.as_str());
        key.field(project.config.revisions.as_str());
        key.field(environment);
        Some(Self::at(caches.join(format!("{command}-{}", key.finish()))))
    }

    /// What was kept last; nothing, if nothing was or the file is not as it was written.
    pub fn recall<T: DeserializeOwned>(&self) -> Option<T> {
        let bytes = read_bounded(&self.file, &self.file, MAX_BYTES).ok()?;
        let (digest, value) = bytes.strip_prefix(TAG)?.split_at_checked(64)?;
        let value = value.strip_prefix(b"\n")?;
        let whole = digest == Digest::of(value).to_string().as_bytes();
        whole.then(|| serde_json::from_slice(value).ok())?
    }

    /// Keeps `value` in place of what was kept before.
    ///
    /// # Errors
    /// Whatever kept the file from being written; what was kept before stays.
    pub fn keep<T: Serialize>(&self, value: &T) -> io::Result<()> {
        let value = serde_json::to_vec(value)?;
        let folder = self.file.parent().ok_or(io::ErrorKind::NotFound)?;
        fs::create_dir_all(folder)?;
        // Not made durable: after a crash, what is not whole is not believed.
        let mut file = tempfile::Builder::new().prefix(".memory-").tempfile_in(folder)?;
        file.write_all(&[TAG, Digest::of(&value).to_string().as_bytes(), b"\n", &value].concat())?;
        file.persist(&self.file)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_with_one_wrong_byte_is_no_memory() {
        let folder = tempfile::tempdir().unwrap();
        let file = Utf8PathBuf::from_path_buf(folder.path().join("deeper/memory")).unwrap();
        let memory = Memory::at(file.clone());
        assert_eq!(memory.recall::<Vec<String>>(), None);
        let value = vec!["cats".to_owned(), "żółw".to_owned()];
        memory.keep(&value).unwrap();
        assert_eq!(memory.recall(), Some(value.clone()));
        assert_eq!(memory.recall::<u64>(), None, "of another form");

        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&file, damaged).unwrap();
            assert_eq!(memory.recall::<Vec<String>>(), None, "byte {at}");
            fs::write(&file, &whole[..at]).unwrap();
            assert_eq!(memory.recall::<Vec<String>>(), None, "cut at {at}");
        }
        fs::write(&file, [whole.as_slice(), b" "].concat()).unwrap();
        assert_eq!(memory.recall::<Vec<String>>(), None, "longer");
        memory.keep(&value).unwrap();
        assert_eq!(memory.recall(), Some(value));
    }
}
