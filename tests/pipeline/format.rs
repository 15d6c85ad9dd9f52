//! `plan.json` has one way to be written: everything else is refused.

use enact::catalog::Ignore;
use enact::diagnostic::Code;
use enact::digest::Digest;
use enact::graph::{Direction, RowChange};
use enact::plan::file::PlanFile;
use enact::plan::lock::LockMode;
use enact::plan::observation::{Known, ObjectChange, Observation, RelationKind, RelationLock};
use enact::plan::target::{
    LedgerPosition, RelationSize, TargetIdentity, TargetObservation, Unread,
};
use enact::plan::{
    Change, Drift, Effect, FORMAT_VERSION, Fingerprints, Mode, Plan, PlanFinding, PlannedRevision,
    PlannedTransition, Policy, Stage, Step,
};
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

/// A plan with something in every list.
fn sample() -> Plan {
    let digest = Digest::of("sample");
    let sql = "UPDATE cats\nSET name = 'é'";
    let observed = Observation {
        locks: vec![RelationLock {
            relation: "public.cats".into(),
            kind: RelationKind::Table,
            mode: LockMode::RowExclusive,
        }],
        rewritten: vec!["public.cats".into()],
        refilled: vec!["public.cats".into()],
        scanned: vec!["public.cats".into()],
        objects: vec![ObjectChange {
            change: Change::Altered,
            kind: "table".into(),
            name: "public.cats".into(),
        }],
        known: Known::Observed,
    };
    Plan {
        format_version: FORMAT_VERSION,
        environment: "production".into(),
        author: "carol".into(),
        created: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::UNIX_EPOCH,
        target: TargetIdentity {
            target_id: Uuid::nil(),
            system_identifier: Some("7000000000000000000".into()),
            database_oid: 16384,
            database: "cats".into(),
            server_major: 15,
        },
        ledger: LedgerPosition { genesis: Some(digest), seq: Some(3), head: Some(digest) },
        transition: PlannedTransition {
            direction: Direction::Upgrade,
            requested: "heads".into(),
            from: vec!["a".parse().unwrap()],
            to: vec!["b".parse().unwrap()],
        },
        fingerprints: Fingerprints { before: digest, after: digest },
        policy: Policy {
            approvals: 2,
            author_signature: false,
            lock_timeout_ms: 100,
            lock_wait_ms: 300_000,
            statement_timeout_ms: 300_000,
        },
        observation: TargetObservation {
            server_version: "15.18".into(),
            search_path: "public".into(),
            version_table: "public.alembic_version".into(),
            longest_transaction_ms: Some(1),
            roles: vec!["postgres".into()],
            tablespaces: Vec::new(),
            own_tablespace: None,
            default_tablespace: None,
            migrating_role: None,
            relations: vec![RelationSize {
                relation: "public.cats".into(),
                rows: Some(12),
                bytes: 8192,
            }],
            unread: vec![Unread { kind: "rule".into(), count: 1 }],
        },
        ignore: Ignore::new(["audit.*".to_owned()]),
        drift: vec![Drift {
            object: "table public.dogs".parse().unwrap(),
            change: Change::Created,
            details: vec!["by hand".into()],
            digest: Some(digest),
        }],
        located: None,
        divergence: Vec::new(),
        findings: vec![PlanFinding {
            name: "truncate".into(),
            place: Some("b.sql:1:1".into()),
            message: "m".into(),
            help: Some("h".into()),
            allowed: Some("a".into()),
        }],
        revisions: vec![PlannedRevision {
            id: "b".parse().unwrap(),
            message: "make b".into(),
            file: "revisions/b.sql".into(),
            text: digest,
            sql: digest,
            reversible: true,
        }],
        stages: vec![Stage {
            number: 1,
            revision: "b".parse().unwrap(),
            mode: Mode::Transaction,
            lock_timeout_ms: 100,
            statement_timeout_ms: 300_000,
            steps: vec![Step {
                number: 1,
                kind: "UPDATE".into(),
                line: Some(8),
                sql: sql.split('\n').map(str::to_owned).collect(),
                sha256: Digest::of(sql),
                observed,
                loses: vec!["former values".into()],
            }],
            version_rows: vec![RowChange::Update {
                from: "a".parse().unwrap(),
                to: "b".parse().unwrap(),
            }],
            heads_after: vec!["b".parse().unwrap()],
            effects: vec![Effect {
                object: "table public.cats".parse().unwrap(),
                change: Change::Altered,
                before: Some(digest),
                after: Some(digest),
            }],
            fingerprint_after: digest,
        }],
    }
}

fn text() -> String {
    String::from_utf8(PlanFile::encode(sample()).bytes().to_vec()).unwrap()
}

/// What is said about a plan of these bytes.
fn verdict(bytes: impl Into<Vec<u8>>) -> String {
    match PlanFile::decode(bytes.into()) {
        Ok(_) => "accepted".to_owned(),
        Err(refusal) => {
            let finding = &refusal.findings()[0];
            assert!(finding.help.is_some(), "{finding} has no help");
            finding.to_string()
        }
    }
}

#[test]
fn every_way_to_write_a_plan_otherwise_is_refused_with_its_reason() {
    let text = text();
    assert_eq!(verdict(text.clone()), "accepted");
    let edit = |from: &str, to: &str| {
        assert!(text.contains(from), "the sample has no {from}");
        text.replacen(from, to, 1)
    };
    let seq = "\"seq\": \"3\"";
    let cases = [
        ("nothing at all", String::new()),
        ("not JSON", "plan\n".to_owned()),
        ("an array", "[]\n".to_owned()),
        ("cut short", text[..text.len() / 2].to_owned()),
        ("without its last newline", text.trim_end().to_owned()),
        ("a newline more", format!("{text}\n")),
        ("another document behind it", format!("{text}{{}}\n")),
        ("a byte order mark before it", format!("\u{feff}{text}")),
        ("a comment", format!("// mine\n{text}")),
        ("other indentation", text.replace("\n  ", "\n    ")),
        ("no indentation", {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            value.to_string()
        }),
        ("CRLF", text.replace('\n', "\r\n")),
        ("an unknown key", edit("\"author\": ", "\"colour\": \"red\",\n  \"author\": ")),
        ("an unknown key deep inside", edit("\"rows\": ", "\"row\": \"1\",\n        \"rows\": ")),
        ("a doubled key", edit("\"author\": ", "\"author\": \"eve\",\n  \"author\": ")),
        ("a missing key", edit("  \"author\": \"carol\",\n", "")),
        ("a missing key that may be null", edit("    \"genesis\": ", "    \"genes\": ")),
        ("an absent optional key", {
            let at = text.find("      \"place\"").unwrap();
            let end = at + text[at..].find('\n').unwrap() + 1;
            format!("{}{}", &text[..at], &text[end..])
        }),
        ("keys in another order", {
            let (one, two) = ("  \"environment\": \"production\",\n", "  \"author\": \"carol\",\n");
            text.replacen(&format!("{one}{two}"), &format!("{two}{one}"), 1)
        }),
        ("a number for a string", edit(seq, "\"seq\": 3")),
        ("a string for a number", edit("\"approvals\": 2", "\"approvals\": \"2\"")),
        ("a number with a zero before it", edit(seq, "\"seq\": \"03\"")),
        ("a number with a sign", edit(seq, "\"seq\": \"+3\"")),
        ("a number with a space", edit(seq, "\"seq\": \" 3\"")),
        ("a number out of range", edit(seq, "\"seq\": \"18446744073709551616\"")),
        ("an exponent", edit("\"approvals\": 2", "\"approvals\": 2e0")),
        ("null where a value must be", edit("\"author\": \"carol\"", "\"author\": null")),
        (
            "a digest in capitals",
            edit(
                &Digest::of("sample").to_string(),
                &Digest::of("sample").to_string().to_uppercase(),
            ),
        ),
        ("a short digest", edit(&Digest::of("sample").to_string(), "00")),
        ("an escape where none is needed", edit("carol", "c\\u0061rol")),
        ("a letter escaped", edit("é", "\\u00e9")),
        ("a lone surrogate", edit("carol", "\\ud800")),
        ("a revision id that is none", edit("\"a\"", "\"a b\"")),
        ("an object that is none", edit("table public.dogs", "cat public.dogs")),
        ("another word for a mode", edit("\"transaction\"", "\"Transaction\"")),
        ("another time zone", edit("1970-01-01T00:00:00Z", "1970-01-01T01:00:00+01:00")),
        (
            "another form of the UUID",
            edit("00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000"),
        ),
        (
            "another checksum",
            edit(&sample().stages[0].steps[0].sha256.to_string(), &Digest::of("x").to_string()),
        ),
        ("another statement", edit("UPDATE cats", "UPDATE dogs")),
        ("another stage number", edit("\"number\": 1", "\"number\": 2")),
        ("another step number", edit("          \"number\": 1", "          \"number\": 2")),
        ("no patterns", edit("[\n    \"audit.*\"\n  ]", "[]")),
        ("a pattern twice", edit("\"audit.*\"", "\"audit.*\",\n    \"audit.*\"")),
        ("patterns in another order", edit("\"audit.*\"", "\"zoo.*\",\n    \"audit.*\"")),
        ("a pattern that hides what a stage touches", edit("audit.*", "*.cats")),
        ("a pattern that hides what has drifted", edit("audit.*", "*.dog?")),
        ("an older format", edit("\"format_version\": 1", "\"format_version\": 0")),
        ("a newer format", edit("\"format_version\": 1", "\"format_version\": 2")),
        ("a newer format with other keys", "{\"format_version\": 7, \"colour\": 1}\n".to_owned()),
        ("no format", edit("  \"format_version\": 1,\n", "")),
    ];
    let mut said = String::new();
    for (what, edited) in cases {
        let verdict = verdict(edited);
        assert_ne!(verdict, "accepted", "{what}");
        said.push_str(&format!("{what}\n    {verdict}\n"));
    }
    snapbox::assert_data_eq!(said, snapbox::file!["format.out"]);
}

/// Whoever writes a plan by hand can write its checksums too.
#[test]
fn a_step_is_one_statement_that_its_stage_can_hold() {
    let edited = |mode: Mode, texts: &[&str]| {
        let mut plan = sample();
        let stage = &mut plan.stages[0];
        stage.mode = mode;
        let step = stage.steps.remove(0);
        stage.steps = (1..)
            .zip(texts)
            .map(|(number, text)| Step {
                number,
                sql: text.split('\n').map(str::to_owned).collect(),
                sha256: Digest::of(text),
                ..step.clone()
            })
            .collect();
        verdict(PlanFile::encode(plan).bytes())
    };
    let mut said = String::new();
    for (mode, texts) in [
        (Mode::Transaction, &["UPDATE cats SET name = 'é'", "COMMIT"] as &[_]),
        (Mode::Transaction, &["UPDATE cats SET name = 'a'; COMMIT"]),
        (Mode::Transaction, &["begin"]),
        (Mode::Transaction, &["ROLLBACK /* x */ AND CHAIN"]),
        (Mode::Transaction, &["PREPARE TRANSACTION 'x'"]),
        (Mode::Transaction, &["DISCARD ALL"]),
        (Mode::Transaction, &["SELECT 1;"]),
        (Mode::Transaction, &[" SELECT 1"]),
        (Mode::Transaction, &["-- nothing"]),
        (Mode::Transaction, &[""]),
        (Mode::Transaction, &["SELECT '"]),
        (Mode::Transaction, &["SELECT '\u{202e}'"]),
        (Mode::Transaction, &["VACUUM"]),
        (Mode::Alone, &["VACUUM; COMMIT"]),
        (Mode::Alone, &["VACUUM", "VACUUM"]),
        (Mode::Alone, &[]),
    ] {
        said.push_str(&format!("{mode:?} {texts:?}\n    {}\n", edited(mode, texts)));
    }
    snapbox::assert_data_eq!(said, snapbox::file!["steps.out"]);
    // What the server alone knows to run outside a transaction, and a merge, which runs nothing.
    assert_eq!(edited(Mode::Alone, &["CLUSTER cats"]), "accepted");
    assert_eq!(edited(Mode::Transaction, &[]), "accepted");
}

#[test]
fn no_line_of_a_plan_can_be_left_out_or_doubled() {
    let text = text();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let without: String = [&lines[..at], &lines[at + 1..]].concat().concat();
        let doubled: String = [&lines[..=at], &lines[at..]].concat().concat();
        for edited in [without, doubled] {
            let refused = PlanFile::decode(edited.into_bytes()).map_err(|refusal| refusal.code());
            assert_eq!(refused.err(), Some(Code::PlanInvalid), "line {}: {}", at + 1, lines[at]);
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", any::<String>()]
}

fn any_texts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(any_text(), 0..4)
}

fn any_digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(|bytes| Digest::from_bytes(&bytes).unwrap())
}

fn any_observation() -> impl Strategy<Value = Observation> {
    let known = prop_oneof![
        Just(Known::Observed),
        Just(Known::ObservedTogether),
        Just(Known::Unknown),
        "[ -~]{1,9}".prop_map(Known::Derived)
    ];
    (known, any_texts(), any_texts(), any_texts(), any_texts()).prop_map(
        |(known, rewritten, refilled, scanned, objects)| Observation {
            known,
            locks: Vec::new(),
            rewritten,
            refilled,
            scanned,
            objects: objects
                .into_iter()
                .map(|name| ObjectChange { change: Change::Dropped, kind: name.clone(), name })
                .collect(),
        },
    )
}

prop_compose! {
    fn any_step()(
        text in any_text(),
        kind in any_text(),
        line in any::<u32>(),
        observed in any_observation(),
        loses in any_texts(),
    ) -> Step {
        // Whatever stands in a string, but what no revision can hold.
        let text = text.replace(|c: char| c == '\'' || c.is_control() || !c.is_ascii() && !c.is_alphanumeric(), "\n");
        let sql = format!("SELECT '{text}'");
        Step {
            number: 1,
            kind,
            line: Some(line),
            sha256: Digest::of(&sql),
            sql: sql.split('\n').map(str::to_owned).collect(),
            observed,
            loses,
        }
    }
}

prop_compose! {
    fn any_plan()(
        (environment, author, message) in (any_text(), any_text(), any_text()),
        (created, nanosecond) in (-9_999_999_999_i64..99_999_999_999, 0..1_000_000_000_i32),
        (genesis, seq, head) in (
            proptest::option::of(any_digest()),
            proptest::option::of(any::<u64>()),
            proptest::option::of(any_digest()),
        ),
        (rows, bytes) in (proptest::option::of(any::<u64>()), any::<u64>()),
        steps in proptest::collection::vec(any_step(), 0..4),
        timeout in any::<u64>(),
        direction in prop_oneof![Just(Direction::Upgrade), Just(Direction::Downgrade)],
        reversible in any::<bool>(),
        patterns in proptest::collection::vec("audit[ -~]{0,6}", 0..4),
    ) -> Plan {
        let mut plan = sample();
        plan.environment = environment;
        plan.author = author;
        plan.ignore = Ignore::new(patterns);
        plan.created = Timestamp::new(created, nanosecond).unwrap();
        plan.ledger = LedgerPosition { genesis, seq, head };
        plan.observation.relations[0].rows = rows;
        plan.observation.relations[0].bytes = bytes;
        plan.transition.direction = direction;
        plan.revisions[0].message = message;
        plan.revisions[0].reversible = reversible;
        plan.stages[0].steps = steps;
        for (step, number) in plan.stages[0].steps.iter_mut().zip(1..) {
            step.number = number;
        }
        plan.stages[0].lock_timeout_ms = timeout;
        plan
    }
}

proptest! {
    #[test]
    fn every_plan_comes_back_from_its_bytes(plan in any_plan()) {
        let file = PlanFile::encode(plan.clone());
        let again = PlanFile::decode(file.bytes().to_vec()).unwrap();
        prop_assert_eq!(again.plan(), &plan);
        prop_assert_eq!(again.digest(), Digest::of(file.bytes()));
        for (step, planned) in again.plan().steps().map(|(_, step)| step).zip(&plan.stages[0].steps) {
            prop_assert_eq!(Digest::of(step.text()), planned.sha256);
        }
    }

    #[test]
    fn no_other_bytes_say_the_same(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let file = PlanFile::encode(sample());
        let mut bytes = file.bytes().to_vec();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        if let Ok(other) = PlanFile::decode(bytes) {
            prop_assert_ne!(other.plan(), file.plan());
            prop_assert_ne!(other.digest(), file.digest());
        }
    }
}
