//! `dist` with a small program in the place of the runner: what is in the archive, and that its bytes
//! are the same twice.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};

use crate::xtask;

/// Answers as the runner does.
const PROGRAM: &str = r#"#!/bin/sh
case "$1" in
--version) echo 'skyvern-conformance 1.2.3' ;;
completions) echo "completions for $2" ;;
man) mkdir -p "$2" && echo page > "$2/skyvern-conformance.1" && echo run > "$2/skyvern-conformance-run.1" ;;
*) exit 2 ;;
esac
"#;

/// Packs `PROGRAM` into `folder`; the name of the archive and its bytes.
fn packed(folder: &Path) -> (String, Vec<u8>) {
    let binary = folder.join("program");
    fs::write(&binary, PROGRAM).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let output = xtask(
        folder,
        &[
            "dist",
            "--binary",
            "./program",
            "--out",
            "out",
            "--target",
            "a-b-c",
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let mut archive = String::new();
    for file in fs::read_dir(folder.join("out")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if name != "SHA256SUMS" {
            archive = name;
        }
    }
    let bytes = fs::read(folder.join("out").join(&archive)).unwrap();
    let sums = fs::read_to_string(folder.join("out/SHA256SUMS")).unwrap();
    let digest: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(sums, format!("{digest}  {archive}\n"));
    (archive, bytes)
}

#[cfg(unix)]
#[test]
fn the_same_binary_gives_the_same_bytes() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (name, bytes) = packed(one.path());
    assert_eq!(name, "skyvern-conformance-1.2.3-a-b-c.tar.gz");
    assert!(packed(other.path()).1 == bytes, "the archives differ");
}

#[cfg(unix)]
#[test]
fn the_archive_holds_the_program_and_what_belongs_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bytes) = packed(folder.path());
    let mut archive = tar::Archive::new(GzDecoder::new(&bytes[..]));
    let mut found = BTreeMap::new();
    let mut order = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        assert_eq!(header.mtime().unwrap(), 315_532_800);
        let mode = header.mode().unwrap();
        let path = entry.path().unwrap().display().to_string();
        let path = path
            .strip_prefix("skyvern-conformance-1.2.3-a-b-c/")
            .unwrap()
            .to_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        order.push(path.clone());
        found.insert(path, (mode, text));
    }
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(found["skyvern-conformance"], (0o755, PROGRAM.to_owned()));
    assert_eq!(found["man/man1/skyvern-conformance-run.1"].1, "run\n");
    assert_eq!(
        found["completions/_skyvern-conformance"].1,
        "completions for zsh\n"
    );
    for file in [
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "README.md",
        "docs/checks.md",
    ] {
        assert_eq!(found[file].0, 0o644, "{file}");
        assert!(!found[file].1.is_empty(), "{file}");
    }
}

#[test]
fn a_program_that_cannot_be_asked_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let output = xtask(
        folder.path(),
        &["dist", "--binary", "missing", "--target", "a"],
    );
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("error: failed to start missing"));
}
