//! Revisions read from a folder, with every bad thing that it can hold.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use camino::Utf8Path;
use enact::diagnostic::{Code, Refusal};
use enact::source::MAX_BYTES;
use enact::workspace::read_revisions;

use super::{Folder, codes, said};

fn refused(folder: &Folder) -> Refusal {
    read_revisions(folder.path(), Utf8Path::new("revisions")).unwrap_err()
}

#[test]
fn revisions_are_read_whatever_the_order_on_disk() {
    let folder = Folder::new();
    for (id, parent) in [("c", "b"), ("a", ""), ("b", "a")] {
        folder.revision(id, parent);
    }
    folder.write("revisions/README.md", "not SQL");
    folder.write("revisions/.#a.sql", "an editor's lock");
    folder.write("revisions/sub/x.sql", "not read");
    let graph = folder.project().revisions().unwrap();
    let files: Vec<&str> = graph.iter().map(|revision| revision.source().name().as_str()).collect();
    assert_eq!(files, ["revisions/a.sql", "revisions/b.sql", "revisions/c.sql"]);
}

#[test]
fn many_revisions_are_read_in_parallel_and_in_order() {
    let folder = Folder::new();
    for at in 0..1_000 {
        let parent = if at == 0 { String::new() } else { format!("{:04}", at - 1) };
        folder.revision(&format!("{at:04}"), &parent);
    }
    let graph = folder.project().revisions().unwrap();
    assert!(
        graph
            .iter()
            .map(|revision| revision.id.to_string())
            .eq((0..1_000).map(|at| format!("{at:04}")))
    );
}

#[test]
fn no_revisions_and_no_folder_are_told_apart() {
    let folder = Folder::new();
    let project = folder.project();
    assert_eq!(project.revisions().unwrap_err().code(), Code::FileMissing);
    fs::create_dir(folder.path().join("revisions")).unwrap();
    assert_eq!(project.revisions().unwrap_err().code(), Code::RevisionsMissing);
}

#[test]
fn every_bad_file_is_told_at_once() {
    let folder = Folder::new();
    folder.revision("good", "");
    folder.write("revisions/binary.sql", b"\x7fELF\x02\xff\xfe\0\0");
    folder.write("revisions/crlf.sql", "-- m\r\n");
    folder.write("revisions/empty.sql", "");
    folder.write("revisions/header.sql", "-- m\n--\n-- Revision ID: h\n\n-- migrate:up\n");
    fs::create_dir(folder.path().join("revisions/folder.sql")).unwrap();
    let inside = |name: &str| folder.path().join("revisions").join(name);
    symlink("loop.sql", inside("loop.sql")).unwrap();
    symlink("nowhere", inside("dangling.sql")).unwrap();
    symlink("/dev/zero", inside("zero.sql")).unwrap();
    let _socket = UnixListener::bind(inside("socket.sql")).unwrap();
    // 100 MB that take no room on the disk.
    fs::File::create(inside("large.sql")).unwrap().set_len(100 << 20).unwrap();
    let refusal = refused(&folder);
    let short: Vec<String> = said(&refusal)
        .into_iter()
        .map(|line| line.split(" (os error").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        short,
        [
            "revisions/binary.sql:1:6: byte 0xff is not valid UTF-8 [encoding-invalid]",
            "revisions/crlf.sql:1:5: the line ends with CRLF [carriage-return]",
            "`revisions/dangling.sql` is missing [file-missing]",
            "revisions/empty.sql:1:1: `-- migrate:up` is missing [section-invalid]",
            "revisions/empty.sql:1:1: the message is missing [header-invalid]",
            "revisions/empty.sql:1:1: `Revision ID` is missing [header-invalid]",
            "revisions/empty.sql:1:1: `Revises` is missing [header-invalid]",
            "`revisions/folder.sql` is not a regular file [file-unreadable]",
            "revisions/header.sql:1:1: `Revises` is missing [header-invalid]",
            &format!(
                "`revisions/large.sql` has 104857600 bytes; at most {MAX_BYTES} are read [file-too-large]"
            ),
            "`revisions/loop.sql` cannot be read: Too many levels of symbolic links",
            "`revisions/socket.sql` is not a regular file [file-unreadable]",
            "`revisions/zero.sql` is not a regular file [file-unreadable]",
        ]
    );
}

#[test]
fn a_pipe_does_not_make_the_reader_wait() {
    let folder = Folder::new();
    folder.revision("good", "");
    let pipe = folder.path().join("revisions/pipe.sql");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (send, receive) = mpsc::channel();
    let root = folder.path().to_owned();
    std::thread::spawn(move || send.send(read_revisions(&root, Utf8Path::new("revisions"))));
    let result = receive.recv_timeout(Duration::from_secs(20)).expect("the reader waits");
    assert_eq!(codes(&result.unwrap_err()), [Code::FileUnreadable]);
}

#[test]
fn a_folder_that_is_a_file_or_a_loop_is_unreadable() {
    let folder = Folder::new();
    folder.write("revisions", "a file");
    assert_eq!(codes(&refused(&folder)), [Code::FileUnreadable]);
    let folder = Folder::new();
    symlink("revisions", folder.path().join("revisions")).unwrap();
    assert_eq!(codes(&refused(&folder)), [Code::FileUnreadable]);
}

#[test]
fn a_name_that_is_not_utf8_is_a_finding() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    folder.revision("good", "");
    let name = std::ffi::OsStr::from_bytes(b"revisions/\xff.sql");
    fs::write(folder.0.path().join(name), "").unwrap();
    assert_eq!(codes(&refused(&folder)), [Code::FileUnreadable]);
}
