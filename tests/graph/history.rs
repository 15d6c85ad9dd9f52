//! `history` in all its forms.

use super::Transcript;

#[tokio::test]
async fn history_is_lines_a_drawing_a_chart_and_json() {
    let mut story = Transcript::new("history").await;
    for line in [
        "base1",
        "cats2 < base1 # left",
        "dogs3 < base1 # right",
        "join4 < cats2,dogs3",
        "fish5",
        "fish6 < fish5 & join4",
    ] {
        story.revision(line);
    }
    story.run("stamp dogs3");
    for command in [
        "history",
        "history --graph",
        "history --indicate-current",
        "history --graph --indicate-current",
        "history base1:join4",
        "history :dogs3",
        "history current:",
        "history -2:join4",
        "history --limit 2",
        "history join4:base1",
        "history zz:",
        "history --format mermaid",
        "history --format json --limit 1 --indicate-current",
        "heads --format json",
        "current --format json",
    ] {
        story.run(command);
    }
    snapbox::assert_data_eq!(story.text, snapbox::file!["history.out"].raw());
}
