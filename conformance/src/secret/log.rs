//! Searches a log of the server for what was submitted, line by line.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use super::scan::{Scanner, Sighting};

/// Longest line that is searched as one; what is longer is searched in parts.
const LONGEST_LINE: usize = 1 << 20;
/// How much of a part is searched again with the next, so that nothing is cut in two.
const OVERLAP: usize = 4096;

/// Everything of `scanner` that shows in the log at `path`. The log is named by its last component
/// in the places of the sightings.
///
/// # Errors
/// The log cannot be read.
pub fn scan(scanner: &mut Scanner, path: &Path) -> io::Result<Vec<Sighting>> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    read(
        scanner,
        &name.to_string_lossy(),
        BufReader::new(File::open(path)?),
    )
}

fn read(scanner: &mut Scanner, name: &str, mut log: impl BufRead) -> io::Result<Vec<Sighting>> {
    let mut sightings = Vec::new();
    let mut line = Vec::new();
    let mut number = 1;
    loop {
        let kept = line.len();
        let room = (LONGEST_LINE - kept) as u64;
        let read = io::Read::take(&mut log, room).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(sightings);
        }
        for sighting in scanner.scan_line(name, number, &line) {
            if !sightings.contains(&sighting) {
                sightings.push(sighting);
            }
        }
        if line.ends_with(b"\n") {
            line.clear();
            number += 1;
        } else {
            line.drain(..line.len().saturating_sub(OVERLAP));
        }
    }
}
