//! A folder of migration files: their names and text in, one line of migrations out.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::sections::{cut, part};
use super::{Imported, Migration, Part, Tool, unconvertible};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::revision::RevisionId;
use crate::source::SourceFile;

/// A place in a tool's order: its own comparison of versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    /// Compared as numbers, part by part, without zeros at the end.
    Numbers(Vec<u128>),
    /// Compared as text.
    Text(String),
}

impl Version {
    /// The version that `text` is to `tool`; nothing, if it is none.
    pub(super) fn of(tool: Tool, text: &str) -> Option<Self> {
        if matches!(tool, Tool::Dbmate | Tool::Diesel | Tool::Alembic) {
            return (!text.is_empty()).then(|| Self::Text(text.to_owned()));
        }
        let numbers: Option<Vec<u128>> = text.split('.').map(|it| it.parse().ok()).collect();
        let mut numbers = numbers?;
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(Self::Numbers(numbers))
    }
}

/// What a file holds of its migration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Both,
    Up,
    Down,
}

/// What a name says.
struct Name {
    version: String,
    message: String,
    holds: Holds,
}

/// The files of one version.
struct Entry<'a> {
    id: String,
    message: String,
    up: Option<(&'a SourceFile, Holds)>,
    down: Option<&'a SourceFile>,
}

/// Reads the migrations that `tool`, which is not Alembic, has in `folder`. `others` are the names in
/// it that are not SQL; folders end with `/`.
///
/// # Errors
/// What is wrong with the names: `duplicate-revision`, `revision-id-invalid`, `import-unclear`. What
/// is wrong inside the files stays with the migrations.
pub fn read(
    tool: Tool,
    folder: &Utf8Path,
    files: &[SourceFile],
    others: &[Utf8PathBuf],
) -> Result<Imported, Refusal> {
    let mut imported = Imported::default();
    let mut entries: BTreeMap<Version, Entry<'_>> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in files {
        let named = name(tool, folder, file.name());
        let version = named.as_ref().and_then(|name| Version::of(tool, &name.version));
        match named.zip(version) {
            Some((name, version)) => {
                let entry = entries.entry(version).or_insert_with(|| Entry {
                    id: name.version.clone(),
                    message: name.message.clone(),
                    up: None,
                    down: None,
                });
                faults.extend(entry.take(file, &name));
            }
            None => match formless(tool, file.name()) {
                Some(finding) => imported.without_form.push(finding),
                None => imported.aside.push(aside(tool, file.name())),
            },
        }
    }
    for other in others {
        if let Some(finding) = formless(tool, other) {
            imported.without_form.push(finding);
        } else if other.as_str().ends_with('/') {
            imported.aside.push(aside(tool, other));
        }
    }
    let mut parent = None;
    for entry in entries.into_values() {
        match entry.migration(tool, parent.clone()) {
            Ok(migration) => {
                parent = Some(migration.id.clone());
                imported.migrations.push(migration);
            }
            Err(refusal) => faults.extend(refusal.into_findings()),
        }
    }
    Refusal::unless_empty(faults)?;
    if imported.migrations.is_empty() {
        let message = format!("`{folder}` holds no migration named as {tool} names them");
        return Err(Refusal::new(Code::ImportUnclear, message)
            .help("name the folder that holds the migration files, or another tool"));
    }
    Ok(imported)
}

impl<'a> Entry<'a> {
    /// Takes a file of this version; says so if there is one already.
    fn take(&mut self, file: &'a SourceFile, name: &Name) -> Option<Finding> {
        let before = match name.holds {
            Holds::Down => self.down.replace(file),
            _ => self.up.replace((file, name.holds)).map(|(file, _)| file),
        };
        before.map(|other| {
            let message = format!(
                "`{}` and `{}` have the same version, `{}`",
                other.name(),
                file.name(),
                name.version
            );
            Finding::error(Code::DuplicateRevision, message)
                .help("give one of them another version")
        })
    }

    fn migration(self, tool: Tool, parent: Option<RevisionId>) -> Result<Migration, Refusal> {
        let Some((file, holds)) = self.up else {
            let file = self.down.map(|file| file.name().as_str()).unwrap_or_default();
            let message = format!("`{file}` undoes a migration that is not there");
            return Err(Refusal::new(Code::ImportUnclear, message)
                .help("bring back the file that it undoes, or remove it"));
        };
        let id = self.id.parse().map_err(|reason| {
            let message = format!("the version of `{}` makes no id: it {reason}", file.name());
            Refusal::new(Code::RevisionIdInvalid, message)
                .help("rename the file; ids have up to 32 characters")
        })?;
        let whole = |file: &SourceFile| part(tool, file, 0..file.text().len());
        let (mut up, mut down) =
            if holds == Holds::Both { cut(tool, file) } else { (whole(file), Part::Missing) };
        if let Some(file) = self.down {
            down = whole(file);
        }
        if tool == Tool::Flyway {
            up = without_placeholders(file, up);
            down = self.down.map_or(Part::Missing, |file| without_placeholders(file, down));
        }
        Ok(Migration {
            created: created(tool, &self.id),
            id,
            message: self.message,
            parents: parent.into_iter().collect(),
            depends_on: Vec::new(),
            labels: Vec::new(),
            up,
            down,
        })
    }
}

/// What the name of a file of `tool` says; nothing, if the tool would pass over it.
fn name(tool: Tool, folder: &Utf8Path, path: &Utf8Path) -> Option<Name> {
    let file = path.file_name()?;
    if tool == Tool::Diesel {
        let holds = match file {
            "up.sql" => Holds::Up,
            "down.sql" => Holds::Down,
            _ => return None,
        };
        let migration = path.parent().filter(|parent| parent.parent() == Some(folder))?;
        let (version, rest) = migration.file_name()?.split_once('_')?;
        let version = version.replace('-', "");
        let digits = version.bytes().all(|b| b.is_ascii_digit());
        return digits.then(|| Name { message: words(rest, &version), version, holds });
    }
    if tool != Tool::Flyway && path.parent() != Some(folder) {
        return None;
    }
    if tool == Tool::Flyway {
        let (kind, version, rest) = flyway_name(file)?;
        let holds = match kind {
            'V' => Holds::Up,
            'U' => Holds::Down,
            _ => return None,
        };
        return Some(Name { message: words(rest, &version), version, holds });
    }
    let pairs =
        matches!(tool, Tool::GolangMigrate | Tool::Sqlx | Tool::NodePgMigrate | Tool::Numbered);
    let (stem, holds) = match (file.strip_suffix(".up.sql"), file.strip_suffix(".down.sql")) {
        (Some(stem), _) if pairs => (stem, Holds::Up),
        (_, Some(stem)) if pairs => (stem, Holds::Down),
        _ if tool == Tool::GolangMigrate => return None,
        _ => (file.strip_suffix(".sql")?, Holds::Both),
    };
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let (version, rest) = stem.split_at(digits);
    let separate = rest.is_empty() || rest.starts_with(['_', '-', '.']);
    (digits > 0 && separate).then(|| Name {
        version: version.to_owned(),
        message: words(rest, version),
        holds,
    })
}

/// The letter, the version and the words of a name of Flyway's; an `R` has no version.
pub(super) fn flyway_name(file: &str) -> Option<(char, String, &str)> {
    let stem = file.strip_suffix(".sql")?;
    let kind = stem.chars().next().filter(|c| "VURB".contains(*c))?;
    let (version, rest) = stem[1..].split_once("__")?;
    let version = version.replace('_', ".");
    let numbers = version
        .split('.')
        .all(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    (if kind == 'R' { version.is_empty() } else { numbers }).then_some((kind, version, rest))
}

/// A migration without a form as a revision, by its name: a program, or what runs again and again.
fn formless(tool: Tool, path: &Utf8Path) -> Option<Finding> {
    let file = path.file_name()?;
    let extension = path.extension().unwrap_or_default();
    if tool == Tool::Flyway && path.as_str().ends_with('/') {
        let message = format!("`{path}` is a symbolic link, and an import follows none");
        return Some(unconvertible(message).help("put its migrations where the others are"));
    }
    let numbered = file.starts_with(|c: char| c.is_ascii_digit());
    let program = match tool {
        Tool::Goose => extension == "go" && numbered,
        Tool::Flyway => matches!(extension, "java" | "kt" | "class"),
        Tool::NodePgMigrate => matches!(extension, "js" | "ts" | "cjs" | "mjs") && numbered,
        _ => false,
    };
    if program {
        let message = format!("`{path}` is a program");
        return Some(unconvertible(message).help("write what it does in SQL, under its version"));
    }
    let (kind, ..) = flyway_name(file).filter(|_| tool == Tool::Flyway)?;
    let message = match kind {
        'R' => format!("`{path}` runs again whenever it changes, which no revision does"),
        'B' => format!("`{path}` stands for the migrations before it"),
        _ => return None,
    };
    Some(unconvertible(message).help("after the import, write a revision with what it holds now"))
}

fn aside(tool: Tool, path: &Utf8Path) -> Finding {
    let message = format!("`{path}` is left aside: {tool} names its migrations otherwise");
    Finding::warning(Code::ImportUnclear, message)
}

/// Flyway fills in `${…}` wherever it stands, strings and comments included.
fn without_placeholders(file: &SourceFile, part: Part) -> Part {
    let found: Vec<Finding> = file
        .text()
        .match_indices("${")
        .map(|(at, _)| {
            let rest = &file.text()[at..];
            let end = rest.find('}').map_or(2, |end| end + 1);
            unconvertible("Flyway puts a value in place of this")
                .at(file.place(at..at + end))
                .help("write the value out")
        })
        .collect();
    match part {
        part if found.is_empty() => part,
        Part::Open(mut reasons) => {
            reasons.extend(found);
            Part::Open(reasons)
        }
        _ => Part::Open(found),
    }
}

/// The words of a name as a message.
fn words(rest: &str, version: &str) -> String {
    let words: Vec<&str> = rest.split(['_', '-', '.', ' ']).filter(|it| !it.is_empty()).collect();
    if words.is_empty() { format!("migration {version}") } else { words.join(" ") }
}

/// The time that a version is, if it is one: 14 digits, 17 with milliseconds, or JavaScript's 13.
fn created(tool: Tool, version: &str) -> Option<Timestamp> {
    match version.len() {
        13 if tool == Tool::NodePgMigrate => {
            Timestamp::from_millisecond(version.parse().ok()?).ok()
        }
        14 | 17 => {
            let civil = DateTime::strptime("%Y%m%d%H%M%S", &version[..14]).ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        }
        _ => None,
    }
}
