//! The files of revisions without reading them: what the file system says of each in, a digest out
//! that stays the same only while nobody touched one.

use jiff::Timestamp;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, open, statat};

use super::Project;
use super::revisions::{in_shares, list};
use crate::digest::Digest;

/// How old, in seconds, a file's last change must be before the next is sure to have another time:
/// the coarsest file systems count by two seconds.
const SETTLED_AFTER: i64 = 3;

/// How the files of a project's revisions look from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surface {
    /// Over the name, device, inode, kind, size and times of content and inode of every file.
    pub digest: Digest,
    /// Whether every later change of a file gives another digest. After a change moments ago one
    /// more might leave the same times: such a surface is no proof that files are unchanged.
    pub settled: bool,
}

impl Surface {
    /// Looks at the files that [`Project::revisions`] would read. `now` must have been read before
    /// the call, and files only after it. Nothing, if not all are regular files that can be looked
    /// at: reading them says why.
    ///
    /// A network file system may tell of another machine's change some seconds late.
    pub fn of(project: &Project, now: Timestamp) -> Option<Self> {
        let folder = project.path(&project.config.revisions);
        let mut findings = Vec::new();
        let names = list(&folder, &project.config.revisions, &mut findings).ok()?;
        if !findings.is_empty() {
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let within = open(folder.as_std_path(), flags, Mode::empty()).ok()?;
        let shares = in_shares(&names, |names| {
            let mut seen = Vec::with_capacity(names.len() * 96);
            let mut newest = i64::MIN;
            for name in names {
                let file = statat(&within, name, AtFlags::empty()).ok()?;
                if FileType::from_raw_mode(file.st_mode) != FileType::RegularFile {
                    return None;
                }
                newest = newest.max(file.st_mtime).max(file.st_ctime);
                seen.extend_from_slice(name.as_bytes());
                // No name has it; what follows is of fixed length.
                seen.push(0);
                seen.extend_from_slice(&file.st_dev.to_be_bytes());
                seen.extend_from_slice(&file.st_ino.to_be_bytes());
                seen.extend_from_slice(&file.st_mode.to_be_bytes());
                seen.extend_from_slice(&file.st_size.to_be_bytes());
                seen.extend_from_slice(&file.st_mtime.to_be_bytes());
                seen.extend_from_slice(&file.st_mtime_nsec.to_be_bytes());
                seen.extend_from_slice(&file.st_ctime.to_be_bytes());
                seen.extend_from_slice(&file.st_ctime_nsec.to_be_bytes());
            }
            Some((seen, newest))
        });
        let (seen, newest): (Vec<_>, Vec<_>) =
            shares.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let newest = newest.into_iter().max().unwrap_or(i64::MIN);
        Some(Self {
            digest: Digest::of(seen.concat()),
            settled: now.as_second().saturating_sub(newest) >= SETTLED_AFTER,
        })
    }
}
