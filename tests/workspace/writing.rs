//! What is written: whole, in nobody's place, or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::symlink;

use camino::Utf8Path;
use enact::diagnostic::Code;
use enact::workspace::{Project, create_new, init, replace};

use super::{Folder, said};

#[test]
fn a_new_file_never_takes_another_ones_place() {
    let folder = Folder::new();
    let path = folder.path().join("deep/er/new.txt");
    create_new(&path, b"one").unwrap();
    let refusal = create_new(&path, b"two").unwrap_err();
    assert_eq!(refusal.code(), Code::FileExists);
    assert_eq!(fs::read(&path).unwrap(), b"one");
    let dangling = folder.path().join("dangling");
    symlink("nowhere", &dangling).unwrap();
    assert_eq!(create_new(&dangling, b"x").unwrap_err().code(), Code::FileExists);
    assert_eq!(folder.names("deep/er"), ["new.txt"]);
}

#[test]
fn replacing_keeps_the_permissions_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let path = folder.write("file", "old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    replace(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(folder.names("."), ["file"]);
}

#[test]
fn what_cannot_be_written_says_so_and_leaves_all_as_it_was() {
    let folder = Folder::new();
    folder.write("file", "a file");
    let below_a_file = folder.path().join("file/new.sql");
    for result in [create_new(&below_a_file, b"x"), replace(&below_a_file, b"x")] {
        assert_eq!(said(&result.unwrap_err()).len(), 1);
    }
    fs::create_dir(folder.path().join("folder")).unwrap();
    let refusal = replace(&folder.path().join("folder"), b"x").unwrap_err();
    assert_eq!(refusal.code(), Code::FileUnwritable);
    // A read-only file system that binds root too.
    let refusal = create_new(Utf8Path::new("/proc/enact/new.sql"), b"x").unwrap_err();
    assert_eq!(refusal.code(), Code::FileUnwritable);
    assert_eq!(folder.names("."), ["file", "folder"]);
}

#[test]
fn init_makes_a_project_that_works_and_can_run_again() {
    let folder = Folder::new();
    folder.write(".gitattributes", "*.png binary");
    let done = init(folder.path()).unwrap();
    assert_eq!(done.written, ["enact.toml", "revisions/.gitkeep", ".gitattributes"]);
    let attributes = fs::read_to_string(folder.path().join(".gitattributes")).unwrap();
    assert_eq!(attributes, "*.png binary\n*.sql text eol=lf\n");
    let project = Project::find(folder.path(), None).unwrap();
    assert_eq!(project.config.environment("production").unwrap().approvals, 2);
    folder.write("enact.toml", "# mine\n");
    let again = init(folder.path()).unwrap();
    assert!(again.written.is_empty());
    assert_eq!(again.kept, done.written);
    assert_eq!(fs::read_to_string(folder.path().join("enact.toml")).unwrap(), "# mine\n");
}
