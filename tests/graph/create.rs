//! `create`: where a new revision stands, and what its file says.

use super::Transcript;

#[tokio::test]
async fn new_revisions_stand_where_they_are_told_to() {
    let mut story = Transcript::new("create").await;
    for command in [
        "create first --rev-id base1",
        "create cats --rev-id cats2 --branch-label left",
        "create dogs --rev-id dogs3 --head base1",
        "create dogs --rev-id dogs3 --head base1 --splice --branch-label right",
        "create more --rev-id more4",
        "create more --rev-id more4 --head left@head --depends-on dogs",
        "create join --merge --rev-id join5",
        "create join --merge --rev-id join6",
        "create fish --rev-id fish7 --head base",
        "create fish --rev-id fish8 --head fish7 --depends-on right --depends-on more",
        "create twice --rev-id cats2 --head join5",
        "create bad --rev-id no-id --head join5",
        "create long --rev-id a12345678901234567890123456789012 --head join5",
        "create lost --rev-id lost9 --head zz",
        "create lost --rev-id lost9 --head join5 --depends-on zz",
        "create lost --rev-id lost9 --head join5 --branch-label left",
        "history --lines",
        "heads",
    ] {
        story.run(command);
    }
    let folder = story.project.path().join("revisions");
    let mut files: Vec<_> = folder.read_dir_utf8().unwrap().map(|file| file.unwrap()).collect();
    files.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let undated = text.lines().filter(|line| !line.starts_with("-- Create Date: "));
        story.text +=
            &format!("## {}\n{}\n\n", file.file_name(), undated.collect::<Vec<_>>().join("\n"));
    }
    snapbox::assert_data_eq!(story.text, snapbox::file!["create.out"].raw());
}
