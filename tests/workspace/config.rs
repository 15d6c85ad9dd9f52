//! Where a project is found, and what its configuration says.

use std::fs;
use std::time::Duration;

use enact::diagnostic::{Code, Refusal};
use enact::source::SourceFile;
use enact::workspace::{Config, Project};

use super::{Folder, said};

fn config(text: &str) -> Result<Config, Refusal> {
    Config::parse(&SourceFile::new("enact.toml", text.into()).unwrap())
}

#[test]
fn a_project_is_found_from_anywhere_inside_it() {
    let folder = Folder::new();
    folder.write("enact.toml", "[project]\nrevisions = \"db\"\n");
    let inside = folder.path().join("a/b");
    fs::create_dir_all(&inside).unwrap();
    let project = Project::find(&inside, None).unwrap();
    assert_eq!(project.root, folder.path());
    assert_eq!(project.path(&project.config.revisions), folder.path().join("db"));
    let named = folder.write("other/my.toml", "");
    let project = Project::find(&inside, Some(&named)).unwrap();
    assert_eq!(project.root, folder.path().join("other"));
}

#[test]
fn without_a_project_the_way_to_one_is_told() {
    let folder = Folder::new();
    let refusal = Project::find(folder.path(), None).unwrap_err();
    assert_eq!(refusal.code(), Code::ProjectMissing);
    assert!(refusal.findings()[0].help.as_ref().unwrap().contains("enact init"));
    let named = folder.path().join("none.toml");
    let refusal = Project::find(folder.path(), Some(&named)).unwrap_err();
    assert_eq!(refusal.code(), Code::FileMissing);
}

#[test]
fn a_whole_configuration_is_read() {
    let config = config(
        "[project]\nrevisions = \"r\"\nplans = \"p\"\ntemplates = \"t\"\n\
         [approvals]\nsigners = \"who\"\nrevoked = \"gone\"\n[shadow]\nroles = [\"app\", \"ro\"]\n\
         [env.dev]\n\
         [env.production]\nurl_env = \"P_URL\"\napprovals = 2\nauthor_signature = true\ntrust_ref = \"origin/main\"\n\
         plan_ttl = \"36h\"\nlock_timeout = \"50ms\"\nlock_wait = \"1h\"\nstatement_timeout = \"30s\"\n",
    )
    .unwrap();
    assert_eq!((config.revisions.as_str(), config.plans.as_str()), ("r", "p"));
    assert_eq!((config.signers.as_str(), config.revoked.as_deref()), ("who", Some("gone".into())));
    assert_eq!(config.templates, Some("t".into()));
    assert_eq!(config.shadow_roles, ["app", "ro"]);
    let production = config.environment("production").unwrap();
    assert_eq!(production.url_env.as_deref(), Some("P_URL"));
    assert_eq!((production.approvals, production.author_signature), (2, true));
    assert_eq!(production.trust_ref.as_deref(), Some("origin/main"));
    assert_eq!(production.plan_ttl, Duration::from_hours(36));
    assert_eq!(production.lock_timeout, Duration::from_millis(50));
    assert_eq!(production.lock_wait, Duration::from_hours(1));
    assert_eq!(production.statement_timeout, Duration::from_secs(30));
    let dev = config.environment("dev").unwrap();
    assert_eq!(dev.approvals, 0);
    assert_eq!(dev.plan_ttl, Duration::from_hours(168));
}

#[test]
fn every_fault_of_a_configuration_is_told_with_its_place() {
    let refusal = config(
        "wat = 1\n[project]\nrevision = \"r\"\nplans = \"\"\n[shadow]\nroles = [1]\n[env]\n\"../x\" = {}\nflat = 3\n\
         [env.production]\napprovals = -1\nauthor_signature = \"yes\"\nlock_timeout = \"5m\"\nstatement_timeout = \"25d\"\nplan_ttl = \"0s\"\ntrust_ref = 7\n",
    )
    .unwrap_err();
    assert_eq!(
        said(&refusal),
        [
            "enact.toml:4:9: `plans` in `[project]` is not a path, like `\"some/folder\"` [config-invalid]",
            "enact.toml:6:9: `roles` in `[shadow]` is not a list of names, like `[\"app\"]` [config-invalid]",
            "enact.toml:8:1: `../x` is no name for an environment [config-invalid]",
            "enact.toml:9:1: `flat` in `[env]` is not a table [config-invalid]",
            "enact.toml:15:12: `plan_ttl` in `[env.production]` is not a time, like `\"30min\"`, `\"12h\"` or `\"7d\"` [config-invalid]",
            "enact.toml:13:16: `lock_timeout` in `[env.production]` is not a time up to 24 days, like `\"100ms\"`, `\"30s\"`, `\"5min\"` or `\"1h\"` [config-invalid]",
            "enact.toml:14:21: `statement_timeout` in `[env.production]` is not a time up to 24 days, like `\"100ms\"`, `\"30s\"`, `\"5min\"` or `\"1h\"` [config-invalid]",
            "enact.toml:11:13: `approvals` in `[env.production]` is not a whole number from 0 to 65535 [config-invalid]",
            "enact.toml:12:20: `author_signature` in `[env.production]` is not `true` or `false` [config-invalid]",
            "enact.toml:16:13: `trust_ref` in `[env.production]` is not a name in quotes [config-invalid]",
            "enact.toml:3:1: `revision` is not a key of `[project]` [config-invalid]",
            "enact.toml:1:1: `wat` is not a key of `enact.toml` [config-invalid]",
        ]
    );
    let helps: Vec<&str> =
        refusal.findings().iter().filter_map(|finding| finding.help.as_deref()).collect();
    assert_eq!(helps[10], "did you mean `revisions`?");
}

#[test]
fn broken_toml_is_told_once_with_its_place() {
    let refusal = config("[project]\nplans = plans\n").unwrap_err();
    let place = refusal.findings()[0].place.as_ref().unwrap();
    assert_eq!((refusal.code(), place.line, place.column), (Code::ConfigInvalid, 2, 9));
    assert_eq!(config("a = 1\na = 2\n").unwrap_err().code(), Code::ConfigInvalid);
}

#[test]
fn a_secret_in_the_configuration_is_never_repeated() {
    for line in [
        "url = \"postgres://u:canary@h/d\"",
        "url_env = \"postgres://u:canary@h/d\"",
        "approvals = \"postgres://u:canary@h/d\"",
        "url = postgres://u:canary@h/d",
        "password = \"canary\"",
        "plan_ttl = \"postgres://u:canary@h/d",
    ] {
        let refusal = config(&format!("[env.dev]\n{line}\n")).unwrap_err();
        assert_eq!(refusal.code(), Code::ConfigInvalid);
        assert!(!format!("{refusal:?}").contains("canary"), "{refusal:?}");
    }
}

#[test]
fn an_unknown_environment_is_answered_with_the_known_ones() {
    let config = config("[env.staging]\n[env.production]\n").unwrap();
    let help = |name| config.environment(name).unwrap_err().findings()[0].help.clone().unwrap();
    assert_eq!(help("prodution"), "did you mean `production`?");
    assert_eq!(help("x"), "`enact.toml` has production, staging");
}
