//! Files that only their owner can read, and that appear whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

/// The age from which on a part is nobody's any more.
const OLD: Duration = Duration::from_hours(24);

/// A file that is being written beside the place where it will stand.
pub(crate) struct PrivateFile {
    path: PathBuf,
    /// `None` where the path is no place for a file, e.g. a pipe: then it is written to as it stands.
    part: Option<PathBuf>,
    file: BufWriter<File>,
}

impl PrivateFile {
    /// Begins a file that will stand at `path`. Makes the directories above it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        if let Some(parent) = path.parent().filter(|one| !one.as_os_str().is_empty()) {
            fs::create_dir_all(parent)?;
        }
        let mut options = OpenOptions::new();
        options.write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let is_special = fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir());
        let part = (!is_special).then(|| {
            let mut part = path.as_os_str().to_owned();
            part.push(format!(".{}.part", std::process::id()));
            PathBuf::from(part)
        });
        let file = match &part {
            Some(part) => {
                drop_old_parts(path);
                // Left behind by a process of the same number, with whatever permissions.
                let _ = fs::remove_file(part);
                options.create_new(true).open(part)?
            }
            None => options.open(path)?,
        };
        Ok(Self {
            path: path.to_owned(),
            part,
            file: BufWriter::new(file),
        })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        match self.part.take() {
            Some(part) => fs::rename(part, &self.path),
            None => Ok(()),
        }
    }
}

impl Write for PrivateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Takes away what processes that were killed left beside `path`, a day ago or longer: others may be at
/// work.
fn drop_old_parts(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return;
    };
    let parent = path.parent().filter(|one| !one.as_os_str().is_empty());
    let Ok(entries) = fs::read_dir(parent.unwrap_or(Path::new("."))) else {
        return;
    };
    for entry in entries.flatten() {
        let other = entry.file_name();
        let middle = other.to_str().and_then(|other| {
            let rest = other.strip_prefix(name)?.strip_prefix('.')?;
            rest.strip_suffix(".part")
        });
        let is_part = middle.is_some_and(|one| one.bytes().all(|byte| byte.is_ascii_digit()));
        let written = entry.metadata().and_then(|there| there.modified());
        let is_old = written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > OLD));
        if is_part && is_old {
            // What cannot be taken away is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What was not finished is taken away.
impl Drop for PrivateFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            let _ = fs::remove_file(part);
        }
    }
}

/// Writes a file that only its owner can read; it appears whole or not at all.
///
/// # Errors
/// Whatever the file system says.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = PrivateFile::create(path)?;
    file.write_all(bytes)?;
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/report.json");
        write_private(&path, b"old").unwrap();
        let mut file = PrivateFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(file);
        let parent = path.parent().unwrap();
        assert_eq!(fs::read_dir(parent).unwrap().count(), 1, "a part is left");
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn what_a_killed_process_left_goes_after_a_day() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        let beside = |name: &str, hours: u64| {
            let path = directory.path().join(name);
            let file = File::create(&path).unwrap();
            let then = std::time::SystemTime::now() - Duration::from_hours(hours);
            file.set_modified(then).unwrap();
            path
        };
        let old = beside("report.json.17.part", 25);
        let others = [
            beside("report.json.18.part", 23),
            beside("report.json.x.part", 25),
            beside("other.json.17.part", 25),
        ];
        write_private(&path, b"{}").unwrap();
        assert!(!old.exists());
        assert!(others.iter().all(|other| other.exists()));
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it_whatever_stood_there() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.json");
        fs::write(&path, "open to all").unwrap();
        write_private(&path, b"{}").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}
