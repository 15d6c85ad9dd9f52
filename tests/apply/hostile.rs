//! Revisions that step out of their transaction, or reach for enact's own record. Some are refused
//! when the plan is compiled; what hides in the data of a target and so passes the shadow is caught
//! by the fence, and rolled back.

use super::{cats, dump, says};
use crate::postgres::TestDatabase;
use crate::project::Project;

/// A revision that calls `ambush()`, which on the shadow does nothing: there `traps` is empty, and
/// in the target a row of it arms the trap.
async fn ambush(hint: &str, trap: &str) -> (TestDatabase, Project, String) {
    let (database, project) = cats(hint).await;
    project.revision(
        "b2",
        &["a1"],
        &format!(
            "CREATE TABLE traps (armed bool NOT NULL);\n\
             CREATE FUNCTION ambush() RETURNS void LANGUAGE plpgsql AS $$\n\
             BEGIN\n    IF EXISTS (SELECT FROM public.traps) THEN\n        {trap}\n    END IF;\nEND $$;"
        ),
        "",
    );
    project.enact(&["apply", project.plan().as_str()]).success();
    database.run("INSERT INTO traps VALUES (true)").await;
    project.revision(
        "c3",
        &["b2"],
        "CREATE TABLE dogs (id int);\nSELECT ambush();\nINSERT INTO dogs VALUES (1);",
        "",
    );
    let plan = project.plan().into_string();
    (database, project, plan)
}

/// The trap springs: refused with `code` and `exit`, and nothing of the stage stays.
async fn springs(hint: &str, trap: &str, code: &str, exit: i32, fact: &str) {
    let (database, project, plan) = ambush(hint, trap).await;
    let before = dump(&database);
    let run = project.enact(&["apply", &plan]).refused(exit, code);
    says(&run, fact);
    assert!(dump(&database) == before, "`{trap}` left something");
    // Disarmed, the same plan runs.
    database.run("TRUNCATE traps").await;
    project.enact(&["apply", &plan]).success();
    project.enact(&["ledger", "verify"]).success();
}

#[tokio::test]
async fn fault_39_transaction_control_at_top_level() {
    let (_database, project) = cats("toplevel").await;
    for control in ["COMMIT", "ROLLBACK", "BEGIN", "END", "ABORT", "PREPARE TRANSACTION 'x'"] {
        project.revision("b2", &["a1"], &format!("CREATE TABLE d (id int);\n{control};"), "");
        project.enact(&["plan"]).refused(3, "transaction-control");
    }
}

/// No approval is asked for here, so nobody vouches for the bytes.
#[tokio::test]
async fn fault_39_transaction_control_in_a_plan_that_was_edited() {
    let (database, project) = cats("editedplan").await;
    project.revision("b2", &["a1"], "CREATE TABLE d (id int);\nSELECT 1;", "");
    let plan = project.plan();
    let (file, digest) = (plan.join("plan.json"), |sql| enact::digest::Digest::of(sql).to_string());
    let text = project.read(&file).replace("\"SELECT 1\"", "\"COMMIT\"");
    let edited = text.replace(&digest("SELECT 1"), &digest("COMMIT"));
    project.write(file.as_str(), edited);
    let before = dump(&database);
    for command in ["show", "verify", "approve", "apply"] {
        let run = project.enact(&[command, plan.as_str()]);
        let run = run.refused(2, "plan-invalid");
        says(&run, "step 2 is `COMMIT`");
    }
    project.enact(&["apply"]).refused(2, "plan-invalid");
    assert!(dump(&database) == before);
}

#[tokio::test]
async fn fault_40_commit_in_a_function() {
    springs("commit", "COMMIT;", "stage-failed", 9, "2D000").await;
}

#[tokio::test]
async fn fault_40_commit_in_a_procedure() {
    let (database, project) = cats("procedure").await;
    project.revision(
        "b2",
        &["a1"],
        "CREATE TABLE dogs (id int);\n\
         DO $$ BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'armed') THEN COMMIT; END IF; END $$;",
        "",
    );
    let plan = project.plan().into_string();
    database.run("CREATE TEMP TABLE armed ()").await;
    let before = dump(&database);
    let run = project.enact(&["apply", &plan]).refused(9, "stage-failed");
    says(&run, "2D000");
    assert!(dump(&database) == before);
}

#[tokio::test]
async fn fault_41_another_role() {
    let server = crate::postgres::server().await;
    let _ = server.create_role("somebody_else").await;
    springs("role", "SET LOCAL ROLE somebody_else;", "stage-failed", 9, "permission denied").await;
    springs("config", "PERFORM set_config('role', 'pg_monitor', false); GRANT ALL ON SCHEMA public TO pg_monitor;", "stage-failed", 9, "permission denied").await;
}

#[tokio::test]
async fn fault_41_a_role_that_may_do_everything() {
    let database = crate::postgres::fresh_database("super").await;
    database.run("CREATE ROLE boss SUPERUSER").await;
    database.session().client().batch_execute("SELECT 1").await.unwrap();
    springs(
        "boss",
        "PERFORM set_config('role', 'boss', true);",
        "fence-broken",
        9,
        "the role from",
    )
    .await;
    springs(
        "authorization",
        "SET LOCAL SESSION AUTHORIZATION boss;",
        "fence-broken",
        9,
        "the session's user",
    )
    .await;
    database.run("DROP ROLE boss").await;
}

#[tokio::test]
async fn fault_42_the_lock_let_go() {
    springs("unlock", "PERFORM pg_advisory_unlock_all();", "fence-broken", 9, "enact's lock").await;
}

#[tokio::test]
async fn fault_43_names_that_shadow_ours() {
    let (database, project, plan) = ambush(
        "names",
        "CREATE TEMP TABLE alembic_version (version_num varchar(32));\n\
         CREATE FUNCTION pg_temp.length(bytea) RETURNS int LANGUAGE sql AS 'SELECT 0';\n\
         PERFORM set_config('search_path', 'pg_temp, public', false);",
    )
    .await;
    project.enact(&["apply", &plan]).success();
    let row = database.session().client().query_one("TABLE public.alembic_version", &[]).await;
    assert_eq!(row.unwrap().get::<_, String>(0), "c3");
    project.enact(&["ledger", "verify"]).success();
}

#[tokio::test]
async fn fault_44_the_record_itself() {
    springs(
        "edited",
        "UPDATE enact.ledger SET payload = '\\x00';",
        "stage-failed",
        9,
        "append-only",
    )
    .await;
    springs("dropped", "DROP TABLE enact.ledger;", "stage-failed", 9, "stage 1 failed").await;
    springs("unmarked", "DELETE FROM enact.marker;", "fence-broken", 9, "the stage's marker").await;
    springs(
        "cut",
        "ALTER TABLE enact.ledger DISABLE TRIGGER USER; DELETE FROM enact.ledger;",
        "stage-failed",
        9,
        "the ledger's newest entry",
    )
    .await;
    springs(
        "version",
        "DELETE FROM public.alembic_version;",
        "stage-failed",
        9,
        "`alembic_version`",
    )
    .await;
}

#[tokio::test]
async fn fault_27_a_deferred_constraint() {
    springs(
        "deferred",
        "CREATE TABLE public.kittens (cat bigint REFERENCES public.cats DEFERRABLE INITIALLY DEFERRED);\n\
         INSERT INTO public.kittens VALUES (-1);",
        "stage-failed",
        9,
        "kittens_cat_fkey",
    )
    .await;
}

/// What a statement does in the target that it did not do on the shadow is found before COMMIT, as
/// far as the plan names the object.
#[tokio::test]
async fn an_effect_that_the_plan_does_not_have() {
    springs(
        "effect",
        "ALTER TABLE public.dogs ADD COLUMN surprise int;",
        "unexpected-effect",
        9,
        "table public.dogs differs",
    )
    .await;
}
