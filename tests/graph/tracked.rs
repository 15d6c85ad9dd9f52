//! Tables whose rows do not fit the revisions: what every command says, and the way out.

use super::Transcript;

async fn story(name: &str) -> Transcript {
    let story = Transcript::new(name).await;
    for line in ["base1", "cats2 < base1", "dogs3 < cats2"] {
        story.revision(line);
    }
    story
}

#[tokio::test]
async fn an_unknown_row_is_named_and_a_purge_is_the_way_out() {
    let mut story = story("unknown").await;
    story.run("current");
    story.run("stamp cats2");
    story.meanwhile("UPDATE alembic_version SET version_num = 'lost9'").await;
    for command in [
        "upgrade",
        "plan",
        "downgrade base",
        "current",
        "status",
        "heads",
        "history --lines",
        "history --lines --indicate-current",
        "stamp heads",
        "ledger verify",
        "stamp --purge dogs3",
        "current",
        "ledger verify",
    ] {
        story.run(command);
    }
    snapbox::assert_data_eq!(story.text, snapbox::file!["unknown.out"].raw());
}

#[tokio::test]
async fn an_ancestor_beside_its_descendant_is_named_and_a_stamp_mends_it() {
    let mut story = story("overlap").await;
    story.run("stamp cats2");
    story.meanwhile("INSERT INTO alembic_version VALUES ('base1')").await;
    for command in ["upgrade", "downgrade base", "current", "status", "stamp cats2", "current"] {
        story.run(command);
    }
    snapbox::assert_data_eq!(story.text, snapbox::file!["overlap.out"].raw());
}

#[tokio::test]
async fn a_table_that_alembic_would_not_make_is_refused() {
    let mut story = story("shape").await;
    story.meanwhile("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)").await;
    story.run("upgrade");
    story.run("current");
    story.meanwhile("ALTER TABLE alembic_version ADD PRIMARY KEY (version_num)").await;
    story.run("current");
    story.meanwhile("INSERT INTO alembic_version VALUES ('no id')").await;
    story.run("current");
    story.run("stamp --purge base1");
    story.meanwhile("ALTER TABLE alembic_version ALTER version_num TYPE varchar(8)").await;
    story.run("current");
    snapbox::assert_data_eq!(story.text, snapbox::file!["shape.out"].raw());
}
