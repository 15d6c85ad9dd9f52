//! A schema kept in a file.
//!
//! In: a catalog with its links and the server's major version. Out: JSON with one line for each
//! object and each dependency, so that two snapshots differ in a version control system where their
//! schemas do. There is one way to write it, and whatever is written otherwise is refused. It holds
//! what [`Catalog`] holds: no data, no rights, no secrets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Catalog, Dependency, LinkedCatalog, Object, ObjectId, Part, canonical};
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;

/// The version of the file format.
pub const SNAPSHOT_VERSION: u32 = 1;

/// The largest snapshot that is read, in bytes.
pub const MAX_SNAPSHOT_BYTES: u64 = 256 * 1024 * 1024;

/// A schema as it was at some time.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The schema.
    pub linked: LinkedCatalog,
    /// The major version of the server that described it.
    pub server_major: u16,
}

/// The file's keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format_version: u32,
    server_major: u16,
    digest: Digest,
    objects: BTreeMap<ObjectId, Value>,
    dependencies: Vec<Line>,
    unread: BTreeMap<String, u64>,
}

/// A dependency on its line; a part that is not named is the whole object.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    object: ObjectId,
    #[serde(default, skip_serializing_if = "is_whole")]
    part: Part,
    on: ObjectId,
    #[serde(default, skip_serializing_if = "is_whole")]
    on_part: Part,
}

fn is_whole(part: &Part) -> bool {
    *part == Part::Whole
}

impl Snapshot {
    /// The file. Its digest is the SHA-256 of all its other lines.
    pub fn encode(&self) -> String {
        let head = format!(
            "{{\n  \"format_version\": {SNAPSHOT_VERSION},\n  \"server_major\": {},\n",
            self.server_major
        );
        let rest = self.rest();
        let digest = Digest::of(format!("{head}{rest}"));
        format!("{head}  \"digest\": \"{digest}\",\n{rest}")
    }

    /// All that follows the digest.
    fn rest(&self) -> String {
        let LinkedCatalog { catalog, dependencies } = &self.linked;
        let objects = catalog.objects.iter().map(|(id, object)| {
            let name = canonical::text(&Value::String(id.to_string()));
            format!("{name}: {}", canonical::text(&canonical::bare(object)))
        });
        let dependencies = dependencies.iter().map(|dependency| {
            let Dependency { object, part, on, on_part } = dependency.clone();
            json(&Line { object, part, on, on_part })
        });
        let unread = catalog.unread.iter().map(|(kind, count)| {
            format!("{}: {count}", canonical::text(&Value::String(kind.clone())))
        });
        format!(
            "  \"objects\": {{{}}},\n  \"dependencies\": [{}],\n  \"unread\": {{{}}}\n}}\n",
            lines(objects),
            lines(dependencies),
            lines(unread)
        )
    }

    /// Reads a file.
    ///
    /// # Errors
    /// `snapshot-version` for another format; `snapshot-invalid` for an unknown, missing or doubled
    /// key, a description that cannot be one, another digest, or any layout but that of
    /// [`Snapshot::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let invalid = |fact: String| {
            Refusal::new(Code::SnapshotInvalid, fact)
                .help("take it again with `enact snapshot`; snapshots are not edited by hand")
        };
        if let Some(version) = format_version(bytes)
            && version != u64::from(SNAPSHOT_VERSION)
        {
            let fact = format!(
                "the snapshot has format version {version}; this enact knows {SNAPSHOT_VERSION}"
            );
            return Err(Refusal::new(Code::SnapshotVersion, fact)
                .help("use the enact that took it, or take it again"));
        }
        let file: File = serde_json::from_slice(bytes)
            .map_err(|error| invalid(format!("it cannot be read as a snapshot: {error}")))?;
        debug_assert_eq!(file.format_version, SNAPSHOT_VERSION);
        let mut objects = BTreeMap::new();
        for (id, description) in file.objects {
            let object = Object::from_value(id.kind(), description).map_err(|error| {
                invalid(format!("the description of {id} cannot be read: {error}"))
            })?;
            objects.insert(id, object);
        }
        let dependencies = file.dependencies.into_iter().map(|line| {
            let Line { object, part, on, on_part } = line;
            Dependency { object, part, on, on_part }
        });
        let catalog = Catalog { objects, unread: file.unread };
        let linked = LinkedCatalog { catalog, dependencies: dependencies.collect() };
        let snapshot = Self { linked, server_major: file.server_major };
        let canonical = snapshot.encode();
        if canonical.as_bytes() == bytes {
            return Ok(snapshot);
        }
        let digest = canonical.contains(&format!("\n  \"digest\": \"{}\",\n", file.digest));
        Err(invalid(if digest {
            "the snapshot is not laid out as enact writes it".to_owned()
        } else {
            "the snapshot does not have the digest that it states".to_owned()
        }))
    }
}

/// `items` between brackets, each on a line of its own.
fn lines(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| format!("\n    {item}")).collect();
    if items.is_empty() { String::new() } else { format!("{}\n  ", items.join(",")) }
}

fn json(line: &Line) -> String {
    serde_json::to_string(line).expect("a dependency has only text")
}

/// The format version, if the bytes are JSON at all; other versions may have other keys.
fn format_version(bytes: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Versioned {
        format_version: u64,
    }
    serde_json::from_slice::<Versioned>(bytes).ok().map(|file| file.format_version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, Enum, Table};

    fn snapshot() -> Snapshot {
        let cats = ObjectId::table("public", "cats");
        let mood: ObjectId = "enum public.\"Mood\"".parse().unwrap();
        let column = |name: &str, data_type: &str| Column {
            name: name.to_owned(),
            data_type: data_type.to_owned(),
            ..Column::default()
        };
        let columns = vec![column("id", "bigint"), column("mood", "public.\"Mood\"")];
        let labels = vec!["sad".to_owned(), "\"ok\"".to_owned()];
        let objects = BTreeMap::from([
            (cats.clone(), Object::Table(Table { columns, ..Table::default() })),
            (mood.clone(), Object::Enum(Enum { labels, comment: None })),
        ]);
        let need = Dependency {
            object: cats,
            part: Part::Column("mood".to_owned()),
            on: mood,
            on_part: Part::Whole,
        };
        let catalog = Catalog { objects, unread: [("grant".to_owned(), 2)].into() };
        let linked = LinkedCatalog { catalog, dependencies: vec![need] };
        Snapshot { linked, server_major: 15 }
    }

    #[test]
    fn what_was_written_is_read() {
        let text = snapshot().encode();
        let read = Snapshot::decode(text.as_bytes()).unwrap();
        assert_eq!(read.server_major, 15);
        assert_eq!(read.linked.catalog, snapshot().linked.catalog);
        assert_eq!(read.linked.dependencies, snapshot().linked.dependencies);
        let empty = Snapshot::default().encode();
        assert!(empty.contains("\"objects\": {},\n"), "{empty}");
        assert!(Snapshot::decode(empty.as_bytes()).unwrap().linked.catalog.objects.is_empty());
    }

    #[test]
    fn an_object_is_a_line_and_the_digest_is_that_of_the_other_lines() {
        let text = snapshot().encode();
        let table =
            "    \"table public.cats\": {\"columns\":[{\"name\":\"id\",\"type\":\"bigint\"}";
        assert!(text.lines().any(|line| line.starts_with(table)), "{text}");
        let line = text.lines().find(|line| line.starts_with("  \"digest\"")).unwrap();
        let others = text.replace(&format!("{line}\n"), "");
        assert!(line.contains(&Digest::of(others).to_string()), "{line}");
    }

    #[test]
    fn nothing_else_is_a_snapshot() {
        let text = snapshot().encode();
        let refused = |bytes: &str| {
            let refusal = Snapshot::decode(bytes.as_bytes()).unwrap_err();
            (refusal.code(), refusal.to_string())
        };
        let with = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            refused(&text.replacen(from, to, 1))
        };
        for (what, (code, message)) in [
            ("cannot be read", refused("CREATE TABLE cats ();")),
            ("missing field", refused("{}")),
            ("trailing", refused(&format!("{text}x"))),
            ("unknown field", with("\"unread\"", "\"unknown\"")),
            ("duplicate field", with("  \"unread\"", "  \"server_major\": 15,\n  \"unread\"")),
            ("`colour`", with("{\"labels\"", "{\"colour\":1,\"labels\"")),
            ("is not the name", with("\"table public.cats\"", "\"spoon public.cats\"")),
            ("digest", with("bigint", "integer")),
            ("digest", with("\"grant\": 2", "\"grant\": 3")),
            ("laid out", with("\"grant\": 2", "\"grant\":  2")),
            ("laid out", with("\"name\":\"id\"", "\"name\":\"x\",\"name\":\"id\"")),
        ] {
            assert_eq!(code, Code::SnapshotInvalid, "{what}: {message}");
            assert!(message.contains(what), "{what}: {message}");
        }
        let (code, _) = with("\"format_version\": 1", "\"format_version\": 2");
        assert_eq!(code, Code::SnapshotVersion);
    }
}
