//! The client in `generated/tests/features` is what its document gives now.
//!
//! `UPDATE_FEATURES=1 cargo test -p codegen features` writes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use codegen::{Extent, NameLock, Settings};
use spec::Document;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/tests/features")
}

fn wanted() -> BTreeMap<PathBuf, String> {
    let document = Document::load(&folder().join("features.yaml"), &[]).unwrap();
    let settings = Settings {
        package: "features-client".to_owned(),
        source: "features.yaml".to_owned(),
        names: NameLock::default(),
        extent: Extent::Sources,
    };
    let generated = codegen::generate(&document, &settings).unwrap();
    let files = generated.files.iter();
    files
        .map(|(path, text)| (folder().join(path), text.to_owned()))
        .collect()
}

fn present(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            present(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path, text);
        }
    }
}

#[test]
fn the_client_of_features_is_fresh() {
    let wanted = wanted();
    if std::env::var_os("UPDATE_FEATURES").is_some() {
        let _ = fs::remove_dir_all(folder().join("src"));
        for (path, text) in &wanted {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let mut found = BTreeMap::new();
    present(&folder().join("src"), &mut found);
    for path in wanted.keys().chain(found.keys()) {
        assert!(
            wanted.get(path) == found.get(path),
            "{} is stale: run `UPDATE_FEATURES=1 cargo test -p codegen features`",
            path.display()
        );
    }
}
