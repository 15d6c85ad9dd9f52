//! `enact validate --no-shadow` over 10,000 revisions, beside `sha256sum` over the same files.

use std::fs;
use std::process::Command;

use super::Outcome;
use super::measure::{Contender, peak_memory, report, timed};
use super::project::Project;

pub(crate) fn run(rounds: usize) -> Outcome {
    let project = Project::new(10_000)?;
    let mut names: Vec<_> = fs::read_dir(project.revisions_folder())?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    names.sort();
    let mut sums = Command::new("sha256sum");
    sums.args(names).current_dir(project.revisions_folder());
    let mut validate = project.enact("", &["validate", "--no-shadow"]);
    let mut sums_of = Contender::new("sha256sum over the files", None);
    let mut enact = Contender::new("enact validate --no-shadow", Some(3.0));
    for _ in 0..rounds {
        sums_of.took(timed(&mut sums)?);
        enact.took(timed(&mut validate)?);
    }
    enact.held(peak_memory(&mut validate)?);
    report("validate 10,000 revisions (memory: at most 60 MB)", &[sums_of, enact]);
    Ok(())
}
