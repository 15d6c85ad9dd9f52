//! `enact status` at 10,000 applied revisions, beside `psql -c 'select 1'`: the first time, when every
//! file and the whole ledger are read and verified, and again, when both look as they did.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use camino::Utf8Path;
use enact::database::Session;
use enact::digest::Digest;
use enact::graph::RevisionGraph;
use enact::ledger::{
    Direction, Entry, Genesis, PlanRecord, Record, RecordedPolicy, RecordedRevision, SCHEMA_SQL,
    Stage,
};
use enact::shadow::{Installation, Server};
use enact::statement;
use enact::workspace;
use jiff::Timestamp;
use uuid::Uuid;

use super::Outcome;
use super::measure::{Contender, peak_memory, report, timed};
use super::project::{self, Project};

pub(crate) async fn run(rounds: usize) -> Outcome {
    let project = Project::new(10_000)?;
    let installation = Installation::find(None)?;
    let server = Server::start(&installation).await?;
    server.create_database("cats").await?;
    fill(&server.session("cats").await?, &project).await?;

    let url = server.url("cats");
    let mut psql = Command::new(installation.bin().join("psql"));
    psql.args(["-X", "-d", &url, "-c", "select 1"]);
    let mut status = project.enact(&url, &["status", "--exit-code"]);
    let mut select = Contender::new("psql -c 'select 1'", None);
    let mut first = Contender::new("enact status, the first", None);
    let mut again = Contender::new("enact status, nothing changed since", Some(3.0));
    // What changed moments ago is not remembered.
    thread::sleep(Duration::from_secs(4));
    let memories = project.folder().join(".cache/enact");
    for _ in 0..rounds.max(9) {
        select.took(timed(&mut psql)?);
        if memories.exists() {
            fs::remove_dir_all(&memories)?;
        }
        first.took(timed(&mut status)?);
        if fs::read_dir(&memories)?.count() != 1 {
            return Err("the first run remembered nothing".into());
        }
        again.took(timed(&mut status)?);
    }
    again.held(peak_memory(&mut status)?);
    fs::remove_dir_all(&memories)?;
    first.held(peak_memory(&mut status)?);
    report("status at 10,000 applied revisions", &[select, first, again]);
    Ok(())
}

/// What `enact apply` would have left behind, without the tables.
async fn fill(session: &Session, project: &Project) -> Outcome {
    let client = session.client();
    client.batch_execute(SCHEMA_SQL).await?;
    let last = project::id(project.len());
    client
        .batch_execute(&format!(
            "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, \
             CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); \
             INSERT INTO alembic_version VALUES ('{last}')"
        ))
        .await?;
    let entries = entries(&graph(project)?)?;
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.seq.cast_signed()).collect();
    let column = |of: fn(&Entry) -> &[u8]| entries.iter().map(of).collect::<Vec<_>>();
    client
        .execute(
            "INSERT INTO enact.ledger (seq, prev, payload, hash) \
             SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[])",
            &[
                &numbers,
                &column(|entry| entry.prev.as_bytes()),
                &column(|entry| &entry.payload),
                &column(|entry| entry.hash.as_bytes()),
            ],
        )
        .await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    Ok(())
}

fn graph(project: &Project) -> Outcome<RevisionGraph> {
    let root = Utf8Path::from_path(project.folder()).ok_or("the folder's name is not UTF-8")?;
    Ok(workspace::Project::find(root, None)?.revisions()?)
}

fn entries(graph: &RevisionGraph) -> Outcome<Vec<Entry>> {
    let (target_id, plan, at) = (Uuid::from_u128(1), Digest::of("plan"), Timestamp::UNIX_EPOCH);
    let mut records = vec![
        Record::Genesis(Genesis {
            target_id,
            environment: "dev".to_owned(),
            database: "cats".to_owned(),
            system_identifier: None,
            at,
            by: "bench".to_owned(),
        }),
        Record::Plan(PlanRecord {
            plan,
            environment: "dev".to_owned(),
            from: Vec::new(),
            to: graph.heads().iter().map(ToString::to_string).collect(),
            author: "bench".to_owned(),
            approvals: Vec::new(),
            policy: RecordedPolicy { approvals: 0, author_signature: false },
            signers: None,
            located: None,
            drift: Vec::new(),
            runner: "bench".to_owned(),
            run: "bench".to_owned(),
            at,
        }),
    ];
    for (stage, revision) in (1..).zip(graph.iter()) {
        let sql = statement::sql_digest(&statement::read(revision.source(), revision.up())?);
        records.push(Record::Stage(Stage {
            plan,
            stage,
            of: u32::try_from(graph.len())?,
            direction: Direction::Up,
            revisions: vec![RecordedRevision {
                id: revision.id.to_string(),
                text: revision.text_digest(),
                sql,
            }],
            heads_before: revision.parents.iter().map(ToString::to_string).collect(),
            heads_after: vec![revision.id.to_string()],
            fingerprint: Digest::of(revision.id.as_str()),
            recovered: false,
            at,
            run: "bench".to_owned(),
        }));
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(records.len());
    for record in &records {
        entries.push(Entry::following(entries.last().map(Entry::head), target_id, record));
    }
    Ok(entries)
}
