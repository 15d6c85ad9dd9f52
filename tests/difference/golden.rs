//! What the statements look like: a folder a pair, with the text that is read by people.

use std::fs;
use std::path::{Path, PathBuf};

use enact::difference::{Options, Rename};
use snapbox::Data;

use super::{faults, linked, with};
use crate::postgres::installation;

fn pairs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/difference/pairs")
}

/// Options and renames stand in comments at the start of `after.sql`.
fn options(after: &str) -> Options {
    let declared = after.lines().filter_map(|line| line.strip_prefix("-- enact:rename "));
    let renames: Vec<Rename> = declared.map(|text| text.parse().unwrap()).collect();
    Options {
        online: after.contains("-- online\n"),
        lossless_only: after.contains("-- lossless only\n"),
        renames,
        ..Options::default()
    }
}

#[tokio::test]
async fn statements_read_as_a_careful_person_writes_them() {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(pairs()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 12);
    for folder in folders {
        // Before, a tablespace needs a folder of its own.
        if installation().major() < 15 && folder.ends_with("tablespaces") {
            continue;
        }
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let (before, after) = (read("before.sql"), read("after.sql"));
        let options = options(&after);
        let database = with(&before).await;
        let after = linked(&with(&after).await).await;
        let script = faults(&database, &after, &options)
            .await
            .unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
        // Later servers write queries with fewer names in them.
        if installation().major() > 15 {
            continue;
        }
        snapbox::Assert::new()
            .action_env("SNAPSHOTS")
            .eq(script.to_string(), Data::read_from(&folder.join("script.sql"), None).raw());
    }
}
