//! What is kept is what is read, by whoever has the key, and nothing else.

use std::path::PathBuf;

use serde_json::{Map, json};

use super::*;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn store(&self) -> PathBuf {
        self.0.path().join("credentials.redb")
    }

    fn key(&self, digit: char) -> Key {
        let path = self.0.path().join(format!("key-{digit}"));
        fs::write(&path, digit.to_string().repeat(64)).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        Key::read(&path).unwrap()
    }
}

fn credential(password: &str) -> Credential {
    let members = json!({"name": "n", "type": "password", "username": "u", "password": password});
    let members: Map<String, Value> = members.as_object().unwrap().clone();
    Credential::from_stored(members)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn what_is_kept_survives_and_is_encrypted() {
    let place = Place::new();
    let secret = "correct horse battery staple \u{1f600}\0";
    {
        let store = Durable::open(&place.store(), &place.key('1')).unwrap();
        block_on(store.create("a", credential(secret))).unwrap();
        block_on(store.create("b", credential("other"))).unwrap();
        block_on(store.delete("b")).unwrap();
        block_on(store.delete("never")).unwrap();
    }
    let store = Durable::open(&place.store(), &place.key('1')).unwrap();
    let kept = block_on(store.read("a")).unwrap().unwrap();
    assert_eq!(kept.to_value(), credential(secret).to_value());
    assert!(block_on(store.read("b")).unwrap().is_none());
    let bytes = fs::read(place.store()).unwrap();
    for text in ["horse", "password", "username"] {
        let found = bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes());
        assert!(!found, "{text} stands in the file");
    }
}

#[test]
fn another_key_opens_nothing() {
    let place = Place::new();
    drop(Durable::open(&place.store(), &place.key('1')).unwrap());
    let refused = Durable::open(&place.store(), &place.key('2')).err();
    assert!(matches!(refused, Some(OpenError::WrongKey)), "{refused:?}");
    assert!(Durable::open(&place.store(), &place.key('1')).is_ok());
}

#[test]
fn a_record_belongs_to_its_id() {
    let place = Place::new();
    let store = Durable::open(&place.store(), &place.key('1')).unwrap();
    let record = store.0.encrypt("a", b"secret").unwrap();
    assert_eq!(store.0.decrypt("a", &record).unwrap().as_slice(), b"secret");
    assert!(store.0.decrypt("b", &record).is_err());
    for place in 0..record.len() {
        let mut changed = record.clone();
        changed[place] ^= 1;
        assert!(store.0.decrypt("a", &changed).is_err(), "byte {place}");
    }
    assert!(store.0.decrypt("a", b"short").is_err());
    assert_ne!(record, store.0.encrypt("a", b"secret").unwrap());
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new();
    let key = place.key('1');
    drop(Durable::open(&place.store(), &key).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.store()), 0o600);
    fs::set_permissions(place.store(), fs::Permissions::from_mode(0o644)).unwrap();
    let refused = Durable::open(&place.store(), &key).err();
    assert!(matches!(refused, Some(OpenError::Shared)), "{refused:?}");
    let file = place.0.path().join("key-1");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Key::read(&file), Err(KeyError::Shared)));
}

#[test]
fn another_file_is_no_database() {
    let place = Place::new();
    drop(private(&place.store()).unwrap());
    fs::write(place.store(), "name,password\n".repeat(500)).unwrap();
    let refused = Durable::open(&place.store(), &place.key('1')).err();
    assert!(
        matches!(refused, Some(OpenError::Database(_))),
        "{refused:?}"
    );
}
