//! Follows a log of the server and searches what is appended for what was submitted, line by line.
//!
//! Only what comes after the start of the run is searched. A log that is moved away is read to its
//! end before the new one at its path is begun; one that is cut short is begun again. However long
//! its lines are, a bounded part of one is held.

use std::{
    fs::{File, Metadata},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use super::scan::{Scanner, Sighting};

/// Longest line that is searched as one; what is longer is searched in parts.
const LONGEST_LINE: usize = 1 << 20;
/// How much of a part is searched again with the next, so that nothing is cut in two.
const OVERLAP: usize = 4096;

/// A log that is read as it grows.
pub struct Follower {
    path: PathBuf,
    name: String,
    reader: BufReader<File>,
    /// Where the next byte stands in the file.
    offset: u64,
    /// The number of the line that `line` is of, from 1.
    number: u64,
    line: Vec<u8>,
    lines: u64,
}

impl Follower {
    /// Opens the log at `path`; what is in it now is not searched. It is named by the last component
    /// of its path in sightings.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut reader = BufReader::new(File::open(path)?);
        let (offset, lines) = count(&mut reader)?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self {
            path: path.to_owned(),
            name: name.to_string_lossy().into_owned(),
            reader,
            offset,
            number: lines + 1,
            line: Vec::new(),
            lines: 0,
        })
    }

    /// The name in sightings.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many lines were searched.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Everything of `scanner` that shows in what was appended since the last call.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn read(&mut self, scanner: &Scanner) -> io::Result<Vec<Sighting>> {
        let mut sightings = Vec::new();
        if self.reader.get_ref().metadata()?.len() < self.offset {
            self.begin_again()?;
        }
        self.search(scanner, &mut sightings)?;
        if self.was_moved() {
            self.end_line(scanner, &mut sightings);
            self.reader = BufReader::new(File::open(&self.path)?);
            self.begin_again()?;
            self.search(scanner, &mut sightings)?;
        }
        Ok(sightings)
    }

    fn begin_again(&mut self) -> io::Result<()> {
        self.reader.seek(SeekFrom::Start(0))?;
        self.offset = 0;
        self.number = 1;
        self.line.clear();
        Ok(())
    }

    /// Whether another file is at the path by now.
    fn was_moved(&self) -> bool {
        let (Ok(there), Ok(open)) = (self.path.metadata(), self.reader.get_ref().metadata()) else {
            return false;
        };
        !is_same(&there, &open)
    }

    fn search(&mut self, scanner: &Scanner, sightings: &mut Vec<Sighting>) -> io::Result<()> {
        loop {
            let room = (LONGEST_LINE - self.line.len()) as u64;
            let mut part = Read::take(&mut self.reader, room);
            let read = part.read_until(b'\n', &mut self.line)?;
            self.offset += read as u64;
            if read == 0 {
                // The end of a line may be still to come, but what there is of it is seen now.
                self.look(scanner, sightings);
                return Ok(());
            }
            if self.line.ends_with(b"\n") {
                self.end_line(scanner, sightings);
            } else if self.line.len() == LONGEST_LINE {
                self.look(scanner, sightings);
                self.line.drain(..LONGEST_LINE - OVERLAP);
            }
        }
    }

    fn end_line(&mut self, scanner: &Scanner, sightings: &mut Vec<Sighting>) {
        if self.line.is_empty() {
            return;
        }
        self.look(scanner, sightings);
        self.line.clear();
        self.number += 1;
        self.lines += 1;
    }

    fn look(&self, scanner: &Scanner, sightings: &mut Vec<Sighting>) {
        for sighting in scanner.scan_line(&self.name, self.number, &self.line) {
            if !sightings.contains(&sighting) {
                sightings.push(sighting);
            }
        }
    }
}

/// How many bytes and line ends there are, without holding them.
fn count(reader: &mut impl BufRead) -> io::Result<(u64, u64)> {
    let (mut bytes, mut lines) = (0, 0);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            return Ok((bytes, lines));
        }
        lines += chunk
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        let length = chunk.len();
        bytes += length as u64;
        reader.consume(length);
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere a log that is open is not moved away.
#[cfg(not(unix))]
fn is_same(_one: &Metadata, _other: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use spec::Pointer;
    use zeroize::Zeroizing;

    use super::*;
    use crate::secret::{
        canary::Class,
        registry::{Group, Submission},
        shape::Shape,
    };

    const SECRET: &str = "k3J9x0Qmv2Zt7WpLr5";

    fn scanner() -> Scanner {
        let mut scanner = Scanner::default();
        scanner.submit(Submission {
            field: Pointer::root().child("password"),
            shape: Shape::Text,
            class: Class::Plain,
            request: 1,
            group: Group(1),
            permitted: Vec::new(),
            stored: Vec::new(),
            value: Zeroizing::new(SECRET.to_owned()),
        });
        scanner
    }

    fn places(found: &[Sighting]) -> Vec<String> {
        found.iter().map(|one| one.place.to_string()).collect()
    }

    fn append(path: &Path, text: &str) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn only_what_is_appended_is_searched_and_lines_are_numbered_from_the_top() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        append(&path, &format!("old {SECRET}\nstarted\n"));
        let (scanner, mut log) = (scanner(), Follower::open(&path).unwrap());
        assert!(log.read(&scanner).unwrap().is_empty());
        append(
            &path,
            &format!(
                "fine\n{{\"password\": \"{SECRET}\"}}\nhalf {}",
                &SECRET[..9]
            ),
        );
        let found = log.read(&scanner).unwrap();
        assert_eq!(places(&found), ["log:server.log:4"]);
        append(&path, &SECRET[9..]);
        let found = log.read(&scanner).unwrap();
        assert_eq!(places(&found), ["log:server.log:5"]);
        assert_eq!(log.lines(), 2);
    }

    #[test]
    fn a_log_that_is_moved_or_cut_short_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        append(&path, "one\ntwo\n");
        let (scanner, mut log) = (scanner(), Follower::open(&path).unwrap());
        append(&path, &format!("three {SECRET}\n"));
        fs::rename(&path, folder.path().join("server.log.1")).unwrap();
        append(&path, &format!("{SECRET}\n"));
        let found = log.read(&scanner).unwrap();
        assert_eq!(places(&found), ["log:server.log:3", "log:server.log:1"]);
        fs::write(&path, format!("\n{}\n", &SECRET[..12])).unwrap();
        let found = log.read(&scanner).unwrap();
        assert_eq!(places(&found), ["log:server.log:2"]);
    }

    #[test]
    fn a_line_without_end_is_searched_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        append(&path, "");
        let (scanner, mut log) = (scanner(), Follower::open(&path).unwrap());
        let filler = "-".repeat(LONGEST_LINE - 7);
        append(&path, &format!("{filler}{SECRET}{filler}"));
        let found = log.read(&scanner).unwrap();
        assert_eq!(places(&found), ["log:server.log:1"]);
        assert!(log.line.len() <= LONGEST_LINE);
    }
}
