//! Revision arguments of `upgrade`, `downgrade` and `stamp`.

use super::Transcript;

#[tokio::test]
async fn revision_arguments_mean_what_alembics_mean_and_refusals_say_more() {
    let mut story = Transcript::new("selectors").await;
    for line in ["base1", "cats2 < base1 # left", "cats3 < base1 # right", "dogs4 < cats2"] {
        story.revision(line);
    }
    for command in [
        "upgrade head",
        "upgrade cats",
        "upgrade dgos4",
        "upgrade zz",
        "upgrade -1",
        "upgrade +0",
        "upgrade +x",
        "upgrade left@",
        "upgrade @head",
        "upgrade base1:cats2",
        "upgrade right@dogs4",
        "downgrade -1",
        "downgrade +1",
        "downgrade cats3",
        "stamp +1",
        "stamp base1 cats2",
    ] {
        story.run(command);
    }
    story.go("upgrade +1");
    story.run("upgrade +1");
    story.go("upgrade left@head");
    story.run("upgrade +1");
    story.go("upgrade right@+1");
    story.run("upgrade heads");
    story.run("upgrade +1");
    story.run("downgrade -1");
    story.go("downgrade left@-1");
    story.go("upgrade dogs");
    story.run("current");
    story.run("current --check-heads");
    story.run("heads");
    story.go("downgrade cats2-1");
    story.run("current --check-heads");
    snapbox::assert_data_eq!(story.text, snapbox::file!["selectors.out"].raw());
}
