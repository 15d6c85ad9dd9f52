//! The contract, on the two schemas of every kind.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use enact::catalog::Kind;
use enact::difference::Options;
use futures_util::{StreamExt, stream};

use super::{TOGETHER, faults, linked, with};
use crate::postgres::kinds;

type Schema = (String, String);

fn fixture(kind: Kind, name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog");
    fs::read_to_string(folder.join(kind.label().replace(' ', "_")).join(name)).unwrap()
}

/// Every kind's two schemas, and nothing at all.
fn schemas() -> Vec<Schema> {
    let mut schemas = vec![("nothing".to_owned(), String::new())];
    for kind in kinds() {
        let before = fixture(kind, "before.sql");
        let after = format!("{before}\n;{}", fixture(kind, "after.sql"));
        schemas.push((format!("{kind}, before"), before));
        schemas.push((format!("{kind}, after"), after));
    }
    schemas
}

async fn check(pairs: Vec<(Schema, Schema)>, options: &Options) {
    let mut wanted = BTreeMap::new();
    for (_, (_, schema)) in &pairs {
        if !wanted.contains_key(schema) {
            wanted.insert(schema.clone(), linked(&with(schema).await).await);
        }
    }
    let wanted = &wanted;
    let count = pairs.len();
    let told = stream::iter(pairs).map(|((one, before), (other, after))| async move {
        let fault = faults(&with(&before).await, &wanted[&after], options).await.err()?;
        Some(format!("=== {one} → {other}\n{fault}"))
    });
    let told: Vec<Option<String>> = told.buffer_unordered(TOGETHER).collect().await;
    let failed: Vec<String> = told.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
}

/// Within a kind, both ways, and from and to nothing.
fn neighbours() -> Vec<(Schema, Schema)> {
    let schemas = schemas();
    let mut pairs = Vec::new();
    for pair in schemas[1..].chunks(2) {
        let [before, after] = pair else { continue };
        pairs.push((before.clone(), after.clone()));
        pairs.push((after.clone(), before.clone()));
        for schema in [before, after] {
            pairs.push((schemas[0].clone(), schema.clone()));
            pairs.push((schema.clone(), schemas[0].clone()));
        }
    }
    pairs
}

#[tokio::test]
async fn the_schemas_of_every_kind_lead_to_each_other_and_to_nothing() {
    check(neighbours(), &Options::default()).await;
}

/// Across kinds: what they share by name has nothing else in common.
#[tokio::test]
async fn schemas_that_have_nothing_in_common_lead_to_each_other() {
    let schemas = schemas();
    let count = schemas.len();
    let pairs = (0..count)
        .flat_map(|from| [7, 12].map(|step| (from, (from + step) % count)))
        .filter(|(from, to)| from != to)
        .map(|(from, to)| (schemas[from].clone(), schemas[to].clone()));
    check(pairs.collect(), &Options::default()).await;
}
