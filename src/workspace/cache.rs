//! What may be forgotten: derived values in the user's cache folder. In: a name and bytes. Out: the
//! bytes again, if they are there and whole.

use std::env;
use std::fs;

use camino::Utf8PathBuf;

use super::write;
use crate::digest::Digest;

/// The user's cache folder.
#[derive(Debug, Clone)]
pub struct Cache(Utf8PathBuf);

impl Cache {
    /// `$XDG_CACHE_HOME/enact` or `~/.cache/enact`; none, where there is no place for caches.
    pub fn of_user() -> Option<Self> {
        let folder = |name| {
            let value = env::var(name).ok().filter(|value| !value.is_empty())?;
            Some(Utf8PathBuf::from(value)).filter(|path| path.is_absolute())
        };
        let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
        Some(Self::at(caches?.join("enact")))
    }

    /// A folder for caches.
    pub fn at(folder: impl Into<Utf8PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The bytes that were kept under `name`; none, if they are damaged.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.0.join(name)).ok()?;
        let length = Digest::of("").as_bytes().len();
        if bytes.len() < length {
            return None;
        }
        let content = bytes.split_off(length);
        (Digest::of(&content).as_bytes()[..] == bytes).then_some(content)
    }

    /// Keeps bytes under `name`. Without it the next run is slower, that is all.
    pub fn write(&self, name: &str, content: &[u8]) {
        let digest = Digest::of(content);
        let _ = write::replace(&self.0.join(name), &[&digest.as_bytes()[..], content].concat());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_unless_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("deep/enact")).unwrap();
        let cache = Cache::at(&path);
        assert_eq!(cache.read("a"), None);
        cache.write("a", b"content");
        assert_eq!(cache.read("a").as_deref(), Some(&b"content"[..]));
        let mut bytes = fs::read(path.join("a")).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            fs::write(path.join("a"), &bytes).unwrap();
            assert_eq!(cache.read("a"), None, "byte {at}");
            bytes[at] ^= 1;
        }
        fs::write(path.join("a"), &bytes[..20]).unwrap();
        assert_eq!(cache.read("a"), None);
    }
}
