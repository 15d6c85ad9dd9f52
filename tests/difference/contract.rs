//! The contract, on many pairs of schemas.

use std::fs;
use std::path::Path;

use enact::catalog::Kind;
use enact::difference::Options;

use super::{faults, linked, with};

/// The kinds that have SQL; the others are named as what cannot be expressed.
const WRITTEN: &[Kind] = &[
    Kind::Schema,
    Kind::Extension,
    Kind::Language,
    Kind::AccessMethod,
    Kind::Enum,
    Kind::Domain,
    Kind::Composite,
    Kind::ForeignDataWrapper,
    Kind::ForeignServer,
    Kind::UserMapping,
    Kind::Sequence,
    Kind::Table,
    Kind::ForeignTable,
    Kind::Function,
    Kind::Procedure,
    Kind::Constraint,
    Kind::View,
    Kind::MaterializedView,
    Kind::Index,
    Kind::Statistics,
    Kind::Trigger,
    Kind::Rule,
    Kind::Policy,
    Kind::EventTrigger,
    Kind::Publication,
];

fn fixture(kind: Kind, name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog");
    fs::read_to_string(folder.join(kind.label().replace(' ', "_")).join(name)).unwrap()
}

/// Every kind's two schemas, and nothing at all.
fn schemas() -> Vec<(String, String)> {
    let mut schemas = vec![("nothing".to_owned(), String::new())];
    for kind in WRITTEN {
        let before = fixture(*kind, "before.sql");
        let after = format!("{before}\n;{}", fixture(*kind, "after.sql"));
        schemas.push((format!("{kind}, before"), before));
        schemas.push((format!("{kind}, after"), after));
    }
    schemas
}

async fn check(pairs: Vec<((String, String), (String, String))>, options: &Options) {
    let mut failed = Vec::new();
    let count = pairs.len();
    for ((one, before), (other, after)) in pairs {
        let after = linked(&with(&after).await).await;
        let database = with(&before).await;
        if let Err(fault) = faults(&database, &after, options).await {
            failed.push(format!("=== {one} → {other}\n{fault}"));
        }
    }
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
}

/// Within a kind, both ways, and from and to nothing.
fn neighbours() -> Vec<((String, String), (String, String))> {
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
