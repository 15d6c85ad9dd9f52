//! `enact demo`, run as a person would: every act is there, and nothing is left behind.

use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};

const ENACT: &str = env!("CARGO_BIN_EXE_enact");

fn demo(temporary: &std::path::Path) -> Command {
    let mut command = Command::new(ENACT);
    command.arg("demo").env("TMPDIR", temporary).current_dir(temporary);
    // What the watcher has set must not reach the play.
    command.env("ENACT_ENV", "elsewhere").env("PGHOST", "nowhere.invalid").env("GIT_DIR", "/nope");
    command
}

#[test]
fn the_demo_plays_every_act_and_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let played = demo(temporary.path()).output().unwrap();
    let text = String::from_utf8(played.stdout).unwrap();
    assert!(played.status.success(), "{text}\n{}", String::from_utf8_lossy(&played.stderr));
    // In this order: each is looked for behind the one before.
    let acts = [
        "── 1. A project",
        "$ enact validate",
        "3 ran up and 3 down",
        "── 2. The first plan",
        "$ enact plan --env production",
        "bob signed plan",
        "carol signed plan",
        "approved by bob, carol: 3 of 3 stages now",
        "Pending      none",
        "INSERT INTO cat_profiles",
        "── 3. The change of the day",
        "CREATE INDEX CONCURRENTLY",
        "outside a transaction",
        "── 4. What is refused",
        "error[signer-is-author]",
        "error[approvals-missing]: 1 of 2 approvals",
        "error[signature-mismatch]",
        "── 5. The database changes",
        "error[stale-schema]",
        "error[drift]",
        "+ index public.hotfix",
        "approved by bob, carol: 2 of 2 stages now",
        "error[plan-consumed]",
        "── 6. What happened",
        "stage 2 of 2: 004_nicknames",
        "the ledger is whole: 8 entries",
        "Miso | (null)",
        "SELECT version_num FROM alembic_version;\n  004_nicknames\n",
    ];
    let mut from = 0;
    for act in acts {
        let found = text[from..].find(act);
        from += found.unwrap_or_else(|| panic!("`{act}` is missing after byte {from} of\n{text}"));
    }
    // A narrow terminal can show it; words such as digests are not broken.
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
    }
    assert!(!text.contains('\u{1b}'), "colours without a terminal");
    assert_eq!(names(temporary.path()), [""; 0]);
}

#[test]
fn a_stopped_demo_cleans_up() {
    let temporary = tempfile::tempdir().unwrap();
    let mut playing = demo(temporary.path());
    playing.stdout(Stdio::null()).stderr(Stdio::null());
    let mut playing = playing.spawn().unwrap();
    while names(temporary.path()).is_empty() {
        assert!(playing.try_wait().unwrap().is_none(), "it ended before it began");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = Pid::from_raw(i32::try_from(playing.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, Signal::INT).unwrap();
    assert_eq!(playing.wait().unwrap().code(), Some(130));
    assert_eq!(names(temporary.path()), [""; 0]);
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
