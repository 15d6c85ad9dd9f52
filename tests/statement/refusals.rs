//! What a revision may not hold, and how the refusal reads: one file a defect.

use std::fmt::Write as _;
use std::path::Path;

use enact::diagnostic::Finding;
use enact::source::SourceFile;
use enact::statement::read;
use snapbox::Data;

/// Findings as a person reads them, with the text that each marks.
pub(crate) fn shown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let place = finding.place.as_ref().unwrap();
        writeln!(text, "{finding}\n    {}", place.text).unwrap();
        let (indent, marks) = (" ".repeat(place.column - 1), "^".repeat(place.width));
        writeln!(text, "    {indent}{marks}").unwrap();
        writeln!(text, "    help: {}", finding.help.as_deref().unwrap()).unwrap();
    }
    text
}

#[test]
fn every_defect_is_refused_as_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statement/refusals");
    let mut defects: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    defects.sort();
    assert!(defects.len() >= 15, "only {} defects", defects.len());
    for path in defects {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let length = bytes.len();
        let file = SourceFile::new(name, bytes).unwrap();
        let refusal = read(&file, 0..length).expect_err(name);
        let expected = Data::read_from(&path.with_extension("out"), None);
        snapbox::assert_data_eq!(shown(refusal.findings()), expected.raw());
    }
}
