//! Approvals that do not count. Each is refused with its own code, and the database stays as it is.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::{dump, refused};
use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

const TWO: &str = "\
[approvals]
signers = \"approvers\"
revoked = \"revoked\"

[env.production]
url_env = \"DATABASE_URL\"
approvals = 2
";

/// A plan for a database whose environment asks for two approvals.
struct Bill {
    database: TestDatabase,
    project: Project,
    plan: Utf8PathBuf,
}

impl Bill {
    async fn new(hint: &str, config: &str) -> Self {
        let database = fresh_database(hint).await;
        let project = Project::new(&database);
        project.config(config);
        project.write("revoked", "");
        project.keys(&["alice", "bob", "carol"]);
        project.revision("a1", &[], "CREATE TABLE cats (id bigint PRIMARY KEY);", "");
        project.commit("a change");
        let plan = project.plan();
        Self { database, project, plan }
    }

    /// Signs the plan as anybody can, without enact.
    fn sign(&self, key: &str, namespace: &str, stem: &str) {
        let file = self.project.path().join(&self.plan).join("plan.json");
        let key = self.project.key(key);
        let made = Utf8PathBuf::from(format!("{file}.sig"));
        let _ = fs::remove_file(&made);
        let arguments = ["-q", "-Y", "sign", "-n", namespace, "-f", key.as_str(), file.as_str()];
        self.project.tool("ssh-keygen", &arguments);
        fs::create_dir_all(self.signature(stem).parent().unwrap()).unwrap();
        fs::rename(made, self.signature(stem)).unwrap();
    }

    fn approve(&self, person: &str) {
        self.sign(person, "enact-approve-v1", person);
    }

    fn signature(&self, stem: &str) -> Utf8PathBuf {
        self.project.path().join(&self.plan).join(format!("approvals/{stem}.sig"))
    }

    fn without_signatures(&self) {
        let _ = fs::remove_dir_all(self.project.path().join(&self.plan).join("approvals"));
    }

    #[track_caller]
    fn refused(&self, code: &str, exit: i32) {
        refused(&self.database, &self.project, &[self.plan.as_str()], code, exit);
        self.without_signatures();
    }

    fn append(&self, stem: &str, text: &str) {
        let path = self.signature(stem);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(text.as_bytes());
        fs::write(path, bytes).unwrap();
    }
}

#[tokio::test]
async fn approvals_that_are_missing_or_by_the_wrong_person() {
    let bill = Bill::new("people", TWO).await;
    bill.refused("approvals-missing", 5);

    bill.approve("alice");
    bill.refused("approvals-missing", 5);

    for person in ["alice", "bob", "carol"] {
        bill.approve(person);
    }
    bill.refused("signer-is-author", 5);

    // One person, two keys: the second file is no second person.
    let second = bill.project.signer("alice", "alice2");
    let signers = bill.project.read("approvers");
    bill.project.write("approvers", signers.clone() + &second);
    bill.approve("alice");
    bill.sign("alice2", "enact-approve-v1", "alice2");
    bill.refused("signer-misnamed", 5);

    // One signature under two names.
    bill.approve("alice");
    fs::copy(bill.signature("alice"), bill.signature("bob")).unwrap();
    bill.refused("signer-misnamed", 5);

    // One key under two names refuses the whole file.
    bill.project.write("approvers", signers.clone() + &bill.project.signer("dave", "alice"));
    bill.approve("alice");
    bill.sign("alice", "enact-approve-v1", "dave");
    bill.refused("signers-invalid", 5);

    bill.project.write("approvers", signers);
    bill.project.signer("mallory", "mallory");
    bill.approve("alice");
    bill.approve("mallory");
    bill.refused("signer-unknown", 5);
}

#[tokio::test]
async fn keys_that_do_not_count_now() {
    let bill = Bill::new("keys", TWO).await;
    let both = || {
        bill.approve("alice");
        bill.approve("bob");
    };
    let signers = bill.project.read("approvers");
    let bobs = |options: &str| {
        let changed = signers.replace("bob namespaces=", &format!("bob {options}namespaces="));
        bill.project.write("approvers", changed);
    };

    both();
    let revoked = fs::read(format!("{}.pub", bill.project.key("bob"))).unwrap();
    bill.project.write("revoked", revoked);
    bill.refused("signer-revoked", 5);
    bill.project.write("revoked", "");

    both();
    bobs("valid-before=\"20200101Z\",");
    bill.refused("signer-expired", 5);

    both();
    bobs("valid-after=\"20990101Z\",");
    bill.refused("signer-expired", 5);

    both();
    bobs("valid-before=\"20200101\",");
    bill.refused("signers-invalid", 5);

    both();
    let restricted = signers.replace(
        "bob namespaces=\"enact-approve-v1,enact-author-v1\"",
        "bob namespaces=\"enact-author-v1\"",
    );
    bill.project.write("approvers", restricted);
    bill.refused("signer-not-allowed", 5);

    both();
    bill.project.write("approvers", signers.replace("bob namespaces", "* namespaces"));
    bill.refused("signers-invalid", 5);

    // And with everything in order the same two files are enough.
    bill.project.write("approvers", &signers);
    both();
    bill.project.enact(&["apply", bill.plan.as_str()]).success();
}

#[tokio::test]
async fn files_that_are_no_signature_of_this_plan() {
    let bill = Bill::new("files", TWO).await;

    bill.approve("alice");
    bill.sign("bob", "git", "bob");
    bill.refused("signature-namespace", 5);

    bill.approve("alice");
    bill.sign("bob", "enact-author-v1", "bob");
    bill.refused("signature-namespace", 5);

    bill.approve("alice");
    fs::write(bill.signature("bob"), "yes, I agree\n").unwrap();
    bill.refused("signature-malformed", 5);

    bill.approve("alice");
    bill.approve("bob");
    bill.append("bob", "and more\n");
    bill.refused("signature-malformed", 5);

    bill.approve("alice");
    bill.approve("bob");
    let second = fs::read_to_string(bill.signature("alice")).unwrap();
    bill.append("bob", &second);
    bill.refused("signature-malformed", 5);

    bill.approve("alice");
    bill.approve("bob");
    fs::rename(bill.signature("bob"), bill.signature("robert")).unwrap();
    bill.refused("signer-misnamed", 5);

    // Signatures over another plan.
    bill.approve("alice");
    bill.approve("bob");
    let kept: Vec<_> = ["alice", "bob"].map(|stem| fs::read(bill.signature(stem)).unwrap()).into();
    bill.project.revision("b2", &["a1"], "CREATE TABLE dogs ();", "");
    let other = bill.project.plan();
    for (stem, bytes) in ["alice", "bob"].iter().zip(kept) {
        bill.project.write(&format!("{other}/approvals/{stem}.sig"), bytes);
    }
    refused(&bill.database, &bill.project, &[other.as_str()], "signature-mismatch", 5);
}

/// Flips one bit of a byte of the plan, and gives how apply refuses it.
fn flipped(bill: &Bill, at: usize) -> String {
    let path = bill.plan.join("plan.json");
    let bytes = bill.project.read(&path).into_bytes();
    let mut changed = bytes.clone();
    changed[at] ^= 0x02;
    bill.project.write(path.as_str(), changed);
    let run = bill.project.enact(&["apply", bill.plan.as_str()]);
    bill.project.write(path.as_str(), bytes);
    assert!([2, 5].contains(&run.code), "byte {at}: {}\n{}", run.code, run.stderr);
    let code = run.stderr.split_once("error[").and_then(|(_, rest)| rest.split_once(']'));
    code.unwrap_or_else(|| panic!("byte {at}: {}", run.stderr)).0.to_owned()
}

#[tokio::test]
async fn one_flipped_byte_anywhere_in_the_plan() {
    let bill = Bill::new("flip", TWO).await;
    bill.approve("alice");
    bill.approve("bob");
    let before = dump(&bill.database);
    let text = bill.project.read(bill.plan.join("plan.json"));
    let find = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in the plan"));

    // Inside of a value nothing but the signatures can tell.
    assert_eq!(flipped(&bill, find("carol@") + 1), "signature-mismatch");
    // A statement has its own checksum, too; white space and structure have one layout.
    assert_eq!(flipped(&bill, find("CREATE TABLE cats") + 13), "plan-invalid");
    assert_eq!(flipped(&bill, find("  \"environment\"")), "plan-invalid");
    assert_eq!(flipped(&bill, text.len() - 1), "plan-invalid");
    for part in 0..24 {
        let code = flipped(&bill, part * text.len() / 24);
        assert!(
            ["signature-mismatch", "plan-invalid", "plan-version"].contains(&code.as_str()),
            "{code}"
        );
    }
    assert!(dump(&bill.database) == before);
    bill.project.enact(&["apply", bill.plan.as_str()]).success();
}

#[tokio::test]
async fn the_branch_that_brings_a_plan_cannot_bring_its_judges() {
    let config = format!("{TWO}trust_ref = \"main\"\n");
    let bill = Bill::new("judges", &config).await;
    // Carol adds a key of her own as "dave", and lowers the threshold, in the working tree.
    bill.project.git(&["checkout", "--quiet", "-b", "feature"]);
    let dave = bill.project.signer("dave", "dave");
    let signers = bill.project.read("approvers");
    bill.project.write("approvers", signers + &dave);
    bill.project.config(&config.replace("approvals = 2", "approvals = 1"));
    bill.project.commit("a change");
    bill.approve("dave");
    bill.approve("alice");
    bill.refused("signer-unknown", 5);
    bill.approve("alice");
    bill.refused("approvals-missing", 5);
    bill.approve("alice");
    bill.approve("bob");
    bill.project.enact(&["apply", bill.plan.as_str()]).success();
}

#[tokio::test]
async fn a_policy_raised_after_planning_asks_for_a_new_plan() {
    let one = TWO.replace("approvals = 2", "approvals = 1");
    let bill = Bill::new("raised", &one).await;
    let both = || {
        bill.approve("alice");
        bill.approve("bob");
    };
    both();
    bill.project.config(TWO);
    bill.refused("policy-changed", 6);
    both();
    bill.project.config(&format!("{one}plan_ttl = \"1h\"\n"));
    bill.refused("policy-changed", 6);
    both();
    bill.sign("carol", "enact-author-v1", "author");
    bill.project.config(&format!("{one}author_signature = true\n"));
    bill.refused("policy-changed", 6);
    // A policy that was lowered does not stand in the way.
    both();
    bill.project.config(&one.replace("approvals = 1", "approvals = 0"));
    bill.project.enact(&["apply", bill.plan.as_str()]).success();
}

#[tokio::test]
async fn an_environment_that_wants_the_authors_signature() {
    let config = format!("{TWO}author_signature = true\n");
    let bill = Bill::new("author", &config).await;
    let others = || {
        for person in ["alice", "bob"] {
            bill.project.approve(&bill.plan, person);
        }
    };
    others();
    bill.refused("author-signature-missing", 5);
    others();
    bill.sign("alice", "enact-author-v1", "author");
    bill.refused("author-mismatch", 5);
    others();
    bill.sign("carol", "enact-approve-v1", "author");
    bill.refused("signature-namespace", 5);

    let carol = bill.project.key("carol");
    let approve = ["approve", "--yes", "--key", carol.as_str(), bill.plan.as_str()];
    bill.project.enact(&approve).refused(5, "signer-is-author");
    others();
    let sign = ["approve", "--author", "--yes", "--key", carol.as_str(), bill.plan.as_str()];
    bill.project.enact(&sign).success();
    bill.project.enact(&["verify", bill.plan.as_str()]).success();
    bill.project.enact(&["apply", bill.plan.as_str()]).success();
}

#[tokio::test]
async fn ssh_keygen_accepts_what_approve_wrote() {
    let bill = Bill::new("keygen", TWO).await;
    bill.project.approve(&bill.plan, "alice");
    let alice = bill.project.key("alice");
    let again = ["approve", "--yes", "--key", alice.as_str(), bill.plan.as_str()];
    bill.project.enact(&again).refused(2, "file-exists");
    let verify = |person: &str, signature: &Utf8Path| {
        let plan = fs::File::open(bill.project.path().join(&bill.plan).join("plan.json")).unwrap();
        std::process::Command::new("ssh-keygen")
            .current_dir(bill.project.path())
            .args(["-Y", "verify", "-f", "approvers", "-n", "enact-approve-v1"])
            .args(["-I", person, "-s", signature.as_str()])
            .stdin(plan)
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(verify("alice", &bill.signature("alice")));
    assert!(!verify("bob", &bill.signature("alice")));
    // And the other way round: bob signs without enact.
    bill.approve("bob");
    assert!(verify("bob", &bill.signature("bob")));
    bill.project.enact(&["apply", bill.plan.as_str()]).success();
}

#[tokio::test]
async fn edited_readings_are_found() {
    let bill = Bill::new("readings", TWO).await;
    bill.project.enact(&["verify", "--no-approvals", bill.plan.as_str()]).success();
    for reading in ["plan.md", "plan.sql"] {
        let path = bill.plan.join(reading);
        let text = bill.project.read(&path);
        let edited = text.replace("cats", "dogs");
        bill.project.write(path.as_str(), edited);
        let verify = ["verify", "--no-approvals", bill.plan.as_str()];
        bill.project.enact(&verify).refused(5, "reading-differs");
        bill.project.write(path.as_str(), text);
    }
}
