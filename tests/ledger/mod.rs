//! The ledger: any change inside it is found and named, what is not inside it is found by
//! witnesses, and PostgreSQL computes the same hashes.

mod sql;

use enact::diagnostic::{Code, Refusal};
use enact::digest::Digest;
use enact::ledger::{
    Approver, Chain, Direction, Entry, Genesis, PlanRecord, Record, RecordedPolicy,
    RecordedRevision, Stage, Stamp, Witness,
};
use enact::plan::{AcceptedDrift, Located};
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) const TARGET: Uuid = Uuid::from_u128(0x0f0e_0d0c_0b0a_4908_8706_0504_0302_0100);

/// Appends records to a ledger.
pub(crate) fn chain(target: Uuid, records: &[Record]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for record in records {
        let head = entries.last().map(Entry::head);
        entries.push(Entry::following(head, target, record));
    }
    entries
}

fn genesis(target_id: Uuid) -> Record {
    Record::Genesis(Genesis {
        target_id,
        environment: "production".to_owned(),
        database: "cats".to_owned(),
        system_identifier: Some("7301234567890123456".to_owned()),
        at: "2026-03-01T12:00:00Z".parse().unwrap(),
        by: "migrator".to_owned(),
    })
}

fn plan(plan: &str) -> Record {
    Record::Plan(PlanRecord {
        plan: Digest::of(plan),
        environment: "production".to_owned(),
        from: vec!["001".to_owned()],
        to: vec!["002".to_owned()],
        author: "Nina <nina@example.org>".to_owned(),
        approvals: vec![Approver { person: "alice".to_owned(), key: "SHA256:abc".to_owned() }],
        policy: RecordedPolicy { approvals: 1, author_signature: false },
        signers: Some(Digest::of("signers")),
        located: Some(Located {
            fingerprint: Digest::of("the catalog of 001"),
            exact: vec![vec!["001".parse().unwrap()]],
            nearest: Vec::new(),
            candidates: 4,
            ignored: vec!["table public.tmp_*".to_owned()],
            online: false,
        }),
        drift: vec![AcceptedDrift {
            object: "table public.tmp_cats".parse().unwrap(),
            digest: Some(Digest::of("tmp_cats")),
        }],
        runner: "ci".to_owned(),
        run: "r1".to_owned(),
        at: "2026-03-01T12:00:01Z".parse().unwrap(),
    })
}

fn stage(plan: &str, stage: u32, direction: Direction, revision: &str, text: &str) -> Record {
    Record::Stage(Stage {
        plan: Digest::of(plan),
        stage,
        of: 2,
        direction,
        revisions: vec![RecordedRevision {
            id: revision.to_owned(),
            text: Digest::of(text),
            sql: Digest::of("sql"),
        }],
        heads_before: vec!["001".to_owned()],
        heads_after: vec!["002".to_owned()],
        fingerprint: Digest::of("catalog"),
        recovered: false,
        at: "2026-03-01T12:00:02Z".parse().unwrap(),
        run: "r1".to_owned(),
    })
}

fn stamp() -> Record {
    Record::Stamp(Stamp {
        from: vec![],
        to: vec!["001".to_owned()],
        reason: "the catalog is that of 001".to_owned(),
        at: "2026-03-01T12:00:00.5Z".parse().unwrap(),
        by: "migrator".to_owned(),
    })
}

/// A ledger of seven entries with every kind of record.
pub(crate) fn ledger() -> Vec<Entry> {
    chain(
        TARGET,
        &[
            genesis(TARGET),
            stamp(),
            plan("a"),
            stage("a", 0, Direction::Up, "002", "text of 002"),
            stage("a", 1, Direction::Up, "003", "text of 003"),
            plan("b"),
            stage("b", 0, Direction::Down, "003", "text of 003"),
        ],
    )
}

type Change = fn(&mut Vec<Entry>);

fn refusal(entries: &[Entry]) -> (Code, String) {
    let refusal: Refusal = Chain::verify(entries, Some(TARGET)).unwrap_err();
    (refusal.code(), refusal.findings()[0].message.clone())
}

#[test]
fn a_whole_ledger_is_read() {
    let entries = ledger();
    for target in [None, Some(TARGET)] {
        let chain = Chain::verify(&entries, target).unwrap();
        assert_eq!(chain.len(), 7);
        assert_eq!(chain.head(), entries.last().map(Entry::head));
        assert_eq!(chain.genesis().unwrap().target_id, TARGET);
        assert_eq!(chain.records().nth(1), Some(&stamp()));
    }
    let none = Chain::verify(&[], Some(TARGET)).unwrap();
    assert!(none.is_empty() && none.head().is_none() && none.genesis().is_none());
}

#[test]
fn payloads_are_a_stable_format() {
    let payloads: Vec<_> = ledger()[..4]
        .iter()
        .map(|entry| String::from_utf8(entry.payload.clone()).unwrap())
        .collect();
    snapbox::assert_data_eq!(payloads.join("\n") + "\n", snapbox::file!["payloads.jsonl"].raw());
}

#[test]
fn each_kind_of_change_is_named() {
    let cases: [(&str, Change); 9] = [
        (
            "the ledger is broken at entry 3: its content is not what its hash was made of, so it was edited",
            |entries| entries[3].payload[20] ^= 1,
        ),
        ("the ledger is broken: entry 3 is missing", |entries| {
            entries.remove(3);
        }),
        ("the ledger is broken: entries 0 to 1 are missing", |entries| {
            entries.drain(..2);
        }),
        (
            "the ledger is broken at entry 3: it does not follow the entry before it: one of them was replaced, or some between them removed",
            |entries| {
                entries.remove(3);
                entries.iter_mut().skip(3).for_each(|entry| entry.seq -= 1);
            },
        ),
        ("the ledger is broken: entry 2 is missing", |entries| {
            entries.swap(2, 3);
        }),
        ("the ledger is broken at entry 3: it stands twice, or out of order", |entries| {
            entries.insert(4, entries[3].clone());
        }),
        (
            "the ledger is broken at entry 0: something stood before it: the ledger's beginning was cut off",
            |entries| {
                entries.remove(0);
                for entry in entries {
                    entry.seq -= 1;
                }
            },
        ),
        (
            "the ledger is broken at entry 2: it does not follow the entry before it: one of them was replaced, or some between them removed",
            |entries| {
                // An edit with its own hash made anew.
                let replaced = Entry::following(Some(entries[0].head()), TARGET, &plan("c"));
                entries[1] = replaced;
            },
        ),
        (
            "the ledger is broken at entry 0: it does not name the target, as the first must",
            |entries| *entries = chain(TARGET, &[stamp()]),
        ),
    ];
    for (message, change) in cases {
        let mut entries = ledger();
        change(&mut entries);
        assert_eq!(refusal(&entries), (Code::LedgerBroken, message.to_owned()));
    }
}

#[test]
fn stories_that_cannot_be_are_told_even_with_good_hashes() {
    let up = |at| stage("a", at, Direction::Up, "002", "text");
    for (records, why) in [
        (vec![genesis(TARGET), genesis(TARGET)], "it begins the ledger a second time"),
        (
            vec![genesis(TARGET), plan("a"), plan("a")],
            "it tells of a plan that was recorded before",
        ),
        (vec![genesis(TARGET), up(0)], "it tells of a stage whose plan was not recorded"),
        (
            vec![genesis(TARGET), plan("a"), up(0), up(0)],
            "it tells of a stage that was recorded before",
        ),
    ] {
        let (code, message) = refusal(&chain(TARGET, &records));
        assert_eq!(code, Code::LedgerBroken);
        assert!(message.ends_with(why), "{message}");
    }
}

#[test]
fn a_ledger_of_another_target_is_told_from_a_broken_one() {
    let other = Uuid::from_u128(1);
    let (code, message) = refusal(&chain(other, &[genesis(other)]));
    assert_eq!(code, Code::LedgerForeign);
    assert!(message.contains(&other.to_string()) && message.contains(&TARGET.to_string()));
    // Hashed for another target than its first entry names.
    let (code, _) = refusal(&chain(other, &[genesis(TARGET)]));
    assert_eq!(code, Code::LedgerBroken);
}

#[test]
fn a_payload_of_a_later_enact_is_not_called_broken() {
    for payload in [
        &br#"{"kind":"vote"}"#[..],
        br#"{"kind":"stamp","from":[],"to":[],"reason":"","at":"2026-03-01T12:00:00Z","by":"","more":1}"#,
        br#"{"kind":"stamp","from":[],"from":[],"to":[],"reason":"","at":"2026-03-01T12:00:00Z","by":""}"#,
        br#"{"kind":"stamp","kind":"stamp","from":[],"to":[],"reason":"","at":"2026-03-01T12:00:00Z","by":""}"#,
        b"\xff",
    ] {
        let mut entries = ledger();
        let head = entries[6].head();
        entries.push(Entry {
            seq: 7,
            prev: head.hash,
            payload: payload.to_vec(),
            hash: Entry::hash_of(TARGET, 7, head.hash, payload),
        });
        let (code, message) = refusal(&entries);
        assert_eq!(code, Code::LedgerUnreadable, "{message}");
    }
}

#[test]
fn witnesses_tell_what_the_chain_cannot() {
    let entries = ledger();
    let witness = |at: usize| Witness { by: format!("plan `{at}`"), head: entries[at].head() };
    let witnesses = [witness(1), witness(4)];
    let verdict = |entries: &[Entry]| {
        let chain = Chain::verify(entries, Some(TARGET)).unwrap();
        chain.goes_through(&witnesses).map_err(|refusal| {
            assert_eq!(refusal.code(), Code::LedgerRewound);
            refusal.findings().len()
        })
    };
    assert_eq!(verdict(&entries), Ok(()));
    assert_eq!(verdict(&entries[..5]), Ok(()), "cut after the last witness");
    assert_eq!(verdict(&entries[..4]), Err(1), "cut before it");
    assert_eq!(verdict(&[]), Err(2), "dropped");
    let anew = chain(TARGET, &[genesis(TARGET), plan("x"), plan("a"), plan("b"), plan("c")]);
    assert_eq!(verdict(&anew), Err(2), "written anew");
}

#[test]
fn the_last_state_of_each_revision_is_known() {
    let chain = Chain::verify(&ledger(), None).unwrap();
    let applied = chain.applied_revisions();
    assert_eq!(applied.keys().collect::<Vec<_>>(), ["002"], "003 was taken back");
    assert_eq!(applied["002"].text, Digest::of("text of 002"));
    assert_eq!(applied["002"].plan, Digest::of("a"));
}

/// What somebody with write access does to one entry, without being able to invert SHA-256.
#[derive(Debug, Clone)]
enum Tampering {
    Payload(usize, usize, u8),
    Hash(usize, usize, u8),
    Prev(usize, usize, u8),
    Seq(usize, u64),
    Remove(usize),
    RemoveAndRenumber(usize),
    Swap(usize, usize),
    SwapContent(usize, usize),
    Double(usize, usize),
    Forge(usize),
}

fn tampering() -> impl Strategy<Value = Tampering> {
    use Tampering::*;
    let bit = 1..=255_u8;
    prop_oneof![
        (0..7_usize, 0..60_usize, bit.clone()).prop_map(|(at, byte, x)| Payload(at, byte, x)),
        (0..7_usize, 0..32_usize, bit.clone()).prop_map(|(at, byte, x)| Hash(at, byte, x)),
        (0..7_usize, 0..32_usize, bit).prop_map(|(at, byte, x)| Prev(at, byte, x)),
        (0..7_usize, 0..9_u64).prop_map(|(at, seq)| Seq(at, seq)),
        // Without its last entry a chain is whole: witnesses are for that.
        (0..6_usize).prop_map(Remove),
        (0..6_usize).prop_map(RemoveAndRenumber),
        (0..7_usize, 0..7_usize).prop_map(|(a, b)| Swap(a, b)),
        (0..7_usize, 0..7_usize).prop_map(|(a, b)| SwapContent(a, b)),
        (0..7_usize, 0..8_usize).prop_map(|(from, to)| Double(from, to)),
        (0..6_usize).prop_map(Forge),
    ]
}

fn flip(digest: &mut Digest, byte: usize, with: u8) {
    let mut bytes = *digest.as_bytes();
    bytes[byte] ^= with;
    *digest = Digest::from_bytes(&bytes).unwrap();
}

impl Tampering {
    fn apply(&self, entries: &mut Vec<Entry>) {
        match *self {
            Self::Payload(at, byte, with) => entries[at].payload[byte] ^= with,
            Self::Hash(at, byte, with) => flip(&mut entries[at].hash, byte, with),
            Self::Prev(at, byte, with) => flip(&mut entries[at].prev, byte, with),
            Self::Seq(at, seq) => entries[at].seq = seq,
            Self::Remove(at) => drop(entries.remove(at)),
            Self::RemoveAndRenumber(at) => {
                entries.remove(at);
                entries[at..].iter_mut().for_each(|entry| entry.seq -= 1);
            }
            Self::Swap(a, b) => entries.swap(a, b),
            Self::SwapContent(a, b) => {
                let payload = std::mem::take(&mut entries[a].payload);
                entries[a].payload = std::mem::replace(&mut entries[b].payload, payload);
            }
            Self::Double(from, to) => {
                let entry = entries[from].clone();
                entries.insert(to, entry);
            }
            Self::Forge(at) => {
                let head = at.checked_sub(1).map(|before| entries[before].head());
                entries[at] = Entry::following(head, TARGET, &genesis(TARGET));
                if at == 0 {
                    entries[0] = Entry::following(None, TARGET, &stamp());
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_single_change_is_found(tampering in tampering()) {
        let whole = ledger();
        let mut entries = whole.clone();
        tampering.apply(&mut entries);
        prop_assume!(entries != whole);
        let refusal = Chain::verify(&entries, Some(TARGET)).unwrap_err();
        prop_assert_eq!(refusal.code(), Code::LedgerBroken);
    }
}
