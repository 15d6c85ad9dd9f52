//! The contract there and back, on pairs of schemas that each have their own trick.
//!
//! A file in `rounds/` has many pairs:
//!
//! ```sql
//! -- pair: what is to be seen
//! -- online                 (options; `lossless only` is the other)
//! -- rename: table public.cats to felines    (declared on the way forth)
//! -- rename back: …        (declared on the way back)
//! -- since 15               (the first major version that knows such a schema)
//! -- leaves forth           (not everything can be expressed on this way; or `back`)
//! -- keeps: SELECT …        (rows that are the same after the way forth)
//! the first schema
//! -- then:                  (the second schema: the first and these statements)
//! -- or:                    (the second schema: these statements alone)
//! ```

use std::fs;
use std::path::Path;

use enact::difference::{Options, Rename};
use futures_util::{StreamExt, stream};
use tokio_postgres::SimpleQueryMessage;

use super::{Database, TOGETHER, faults, linked};
use crate::postgres::{database, installation};

#[derive(Debug, Default)]
struct Pair {
    name: String,
    options: Options,
    renames_back: Vec<Rename>,
    since: u16,
    leaves: [bool; 2],
    keeps: Option<String>,
    schemas: [String; 2],
}

/// The pairs of a file.
fn pairs_in(file: &str, text: &str) -> Vec<Pair> {
    let parts = text.split("-- pair: ").skip(1);
    parts.map(|part| pair(file, part).unwrap_or_else(|| panic!("{file}: {part}"))).collect()
}

fn pair(file: &str, text: &str) -> Option<Pair> {
    let (name, text) = text.split_once('\n')?;
    let mut pair = Pair { name: format!("{file}: {name}"), ..Pair::default() };
    let body = text.trim_start_matches('\n');
    let mut at = 0;
    for line in body.lines() {
        let Some(words) = line.strip_prefix("-- ").filter(|words| !words.ends_with(':')) else {
            break;
        };
        if let Some(rename) = words.strip_prefix("rename back: ") {
            pair.renames_back.push(rename.parse().ok()?);
        } else {
            read_word(&mut pair, words)?;
        }
        at += line.len() + 1;
    }
    let body = &body[at.min(body.len())..];
    let starts = format!("\n{body}");
    pair.schemas = match (starts.split_once("\n-- then:\n"), starts.split_once("\n-- or:\n")) {
        (Some((first, more)), None) => [first.to_owned(), format!("{first}\n{more}")],
        (None, Some((first, second))) => [first.to_owned(), second.to_owned()],
        _ => return None,
    };
    Some(pair)
}

/// Reads what is said about a pair before its schemas.
fn read_word(pair: &mut Pair, words: &str) -> Option<()> {
    match words.split_once(' ').unwrap_or((words, "")) {
        ("online", "") => pair.options.online = true,
        ("lossless", "only") => pair.options.lossless_only = true,
        ("rename:", rename) => pair.options.renames.push(rename.parse().ok()?),
        ("since", major) => pair.since = major.parse().ok()?,
        ("leaves", "forth") => pair.leaves[0] = true,
        ("leaves", "back") => pair.leaves[1] = true,
        ("keeps:", query) => pair.keeps = Some(query.to_owned()),
        _ => return None,
    }
    Some(())
}

fn pairs() -> Vec<Pair> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/difference/rounds");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let of_file = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        pairs_in(&name, &fs::read_to_string(path).unwrap())
    };
    files.iter().flat_map(of_file).collect()
}

async fn built(schema: &str) -> Result<Database, String> {
    let database = database().await;
    let client = database.session().client();
    let run = client.batch_execute(schema).await;
    run.map_err(|error| error.as_db_error().map_or(String::new(), ToString::to_string))?;
    client.batch_execute("RESET search_path").await.unwrap();
    Ok(database)
}

async fn rows(database: &Database, query: &str) -> Vec<Vec<Option<String>>> {
    let messages = database.session().client().simple_query(query).await.unwrap();
    let row = |message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
        }
        _ => None,
    };
    messages.into_iter().filter_map(row).collect()
}

/// What is against the contract, on both ways.
async fn faults_of(pair: &Pair) -> Vec<String> {
    let [before, after] = &pair.schemas;
    let (one, other) = match (built(before).await, built(after).await) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(error), _) | (_, Err(error)) => return vec![format!("=== {}: {error}", pair.name)],
    };
    let (first, second) = (linked(&one).await, linked(&other).await);
    let kept = match &pair.keeps {
        Some(query) => Some((query, rows(&one, query).await)),
        None => None,
    };
    let back = Options { renames: pair.renames_back.clone(), ..pair.options.clone() };
    let ways = [(&one, &second, &pair.options, "forth"), (&other, &first, &back, "back")];
    let mut told = Vec::new();
    for ((database, wanted, options, way), leaves) in ways.into_iter().zip(pair.leaves) {
        let fault = match faults(database, wanted, options).await {
            Err(fault) => Some(fault),
            Ok(script) => {
                let left = !script.inexpressible.is_empty() || !script.withheld.is_empty();
                (left != leaves).then(|| format!("leaves something: {left}\n{script}"))
            }
        };
        told.extend(fault.map(|fault| format!("=== {}, {way}\n{fault}", pair.name)));
    }
    if let Some((query, kept)) = kept {
        let now = rows(&one, query).await;
        if now != kept {
            told.push(format!("=== {}: rows\n{kept:?}\n{now:?}", pair.name));
        }
    }
    told
}

/// `ROUND` chooses pairs by a part of their names.
#[tokio::test]
async fn each_of_two_schemas_leads_to_the_other() {
    let major = installation().major();
    let chosen = std::env::var("ROUND").unwrap_or_default();
    let pairs: Vec<Pair> = pairs();
    assert!(pairs.len() >= 120, "{} pairs", pairs.len());
    let known = pairs.iter().filter(|pair| pair.since <= major && pair.name.contains(&chosen));
    let told: Vec<Vec<String>> =
        stream::iter(known).map(faults_of).buffer_unordered(TOGETHER).collect().await;
    let failed: Vec<String> = told.iter().flatten().cloned().collect();
    let count = told.len() * 2;
    assert!(failed.is_empty(), "{} of {count} ways:\n{}", failed.len(), failed.join("\n"));
}
