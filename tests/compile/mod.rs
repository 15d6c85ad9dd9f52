//! What a plan foretells, stage by stage, beside a database where the same statements ran.

mod adopt;
mod history;
mod lines;
mod locate;
mod proof;

use enact::catalog::InventoryDiff;
use enact::database::read_catalog;
use enact::plan::compile::effects;
use enact::plan::file::PlanFile;

use crate::postgres::fresh_database;
use crate::project::Project;

/// Stages that only add, and are read in part, among stages that do more, and are read whole.
const HISTORY: [(&str, &str); 14] = [
    ("t01", "CREATE TABLE cats (id serial PRIMARY KEY, name text NOT NULL UNIQUE, born date)"),
    (
        "t02",
        "CREATE TABLE toys (id bigint GENERATED ALWAYS AS IDENTITY, cat int REFERENCES cats, price numeric CHECK (price > 0))",
    ),
    ("t03", "CREATE INDEX toys_by_cat ON toys (cat); COMMENT ON INDEX toys_by_cat IS 'whose'"),
    ("t04", "CREATE VIEW names AS SELECT id, name FROM cats"),
    (
        "t05",
        "COMMENT ON TABLE cats IS 'all of them'; COMMENT ON COLUMN cats.name IS 'as called'; COMMENT ON CONSTRAINT toys_price_check ON toys IS 'none are free'",
    ),
    ("t06", "ALTER TABLE cats RENAME COLUMN name TO called"),
    (
        "t07",
        "CREATE TABLE visits (cat int, at timestamptz NOT NULL) PARTITION BY RANGE (at); CREATE INDEX ON visits (cat)",
    ),
    (
        "t08",
        "CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    ),
    ("t09", "CREATE TABLE kittens (mother int) INHERITS (cats)"),
    ("t10", "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ("t11", "COMMENT ON FUNCTION one() IS 'the first'; COMMENT ON VIEW names IS 'for the door'"),
    (
        "t12",
        "CREATE SEQUENCE tickets; CREATE TABLE naps (ticket bigint DEFAULT nextval('tickets'))",
    ),
    ("t13", "CREATE TABLE IF NOT EXISTS naps (); CREATE INDEX naps_later ON naps (ticket)"),
    ("t14", "COMMENT ON TABLE cats IS NULL; CREATE TABLE copies AS SELECT * FROM cats"),
];

#[tokio::test]
async fn every_stage_ends_as_the_plan_foretells() {
    let target = fresh_database("foretold").await;
    let project = Project::new(&target);
    let mut parent: Option<&str> = None;
    for (id, up) in HISTORY {
        project.revision(id, parent.as_slice(), &format!("{up};"), "");
        parent = Some(id);
    }
    let directory = project.plan();
    let file = PlanFile::decode(project.read(directory.join("plan.json")).into_bytes()).unwrap();

    let mut before = read_catalog(&target.session).await.unwrap().inventory();
    assert_eq!(file.plan().fingerprints.before, before.fingerprint());
    for stage in &file.plan().stages {
        for step in &stage.steps {
            target.run(&step.text()).await;
        }
        let after = read_catalog(&target.session).await.unwrap().inventory();
        let seen = effects(&InventoryDiff::between(&before, &after));
        assert_eq!(stage.effects, seen, "the effects of {}", stage.revision);
        assert_eq!(stage.fingerprint_after, after.fingerprint(), "after {}", stage.revision);
        before = after;
    }
    assert_eq!(file.plan().fingerprints.after, before.fingerprint());
    assert_eq!(file.plan().stages.len(), HISTORY.len());
}
