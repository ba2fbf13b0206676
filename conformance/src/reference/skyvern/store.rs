//! The credentials in memory, and the document's operations on them.
//!
//! Ids are a bijection of a counter under a random key: none comes twice, and nothing needs to
//! remember the deleted ones.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use serde_json::Value;

use super::model::{CredentialRequest, ListRequest, Shown};

/// The vault of a credential that names none.
const DEFAULT_VAULT: &str = "skyvern";

/// A stored credential, without its secrets.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) shown: Shown,
    pub(super) vault_type: &'static str,
    pub(super) proxy_location: Option<Value>,
    pub(super) proxy_session_id: Option<String>,
    pub(super) browser_profile_id: Option<String>,
    pub(super) auto_profile_disabled: bool,
    pub(super) pin_saved_session_ip: bool,
    pub(super) tested_url: Option<String>,
}

/// Draws numbers that do not repeat and cannot be guessed from each other at a glance.
#[derive(Debug)]
pub(super) struct Numbers {
    start: u64,
    drawn: u64,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self {
            start: RandomState::new().hash_one(0),
            drawn: 0,
        }
    }

    /// The mixing steps of SplitMix64, each of which can be undone.
    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        let step = self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut number = self.start.wrapping_add(step);
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    /// An id of that kind: `cred` gives `cred_` and twenty digits.
    pub(super) fn id(&mut self, kind: &str) -> String {
        format!("{kind}_{:020}", self.draw())
    }
}

#[derive(Debug)]
pub(super) struct Store {
    pub(super) numbers: Numbers,
    /// In the order of their creation.
    credentials: BTreeMap<u64, Credential>,
    places: HashMap<String, u64>,
    created: u64,
}

impl Store {
    pub(super) fn new() -> Self {
        Self {
            numbers: Numbers::new(),
            credentials: BTreeMap::new(),
            places: HashMap::new(),
            created: 0,
        }
    }

    pub(super) fn create(&mut self, request: CredentialRequest) -> &Credential {
        let id = self.numbers.id("cred");
        self.put(Credential {
            id,
            name: request.name,
            shown: request.shown,
            vault_type: request.vault_type.unwrap_or(DEFAULT_VAULT),
            proxy_location: request.proxy_location.onto(None),
            proxy_session_id: request.proxy_session_id.onto(None),
            browser_profile_id: request.browser_profile_id,
            auto_profile_disabled: request.auto_profile_disabled,
            pin_saved_session_ip: request.pin_saved_session_ip,
            tested_url: request.tested_url,
        })
    }

    /// Keeps a credential under its id, as the newest.
    pub(super) fn put(&mut self, credential: Credential) -> &Credential {
        self.created += 1;
        self.places.insert(credential.id.clone(), self.created);
        // The number is new: nothing stands in its place.
        self.credentials.entry(self.created).or_insert(credential)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Credential> {
        self.credentials.get(self.places.get(id)?)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Credential> {
        self.credentials.get_mut(self.places.get(id)?)
    }

    /// Everything is as in `request`; only the id, the place in the list, and what the request
    /// keeps are of before.
    pub(super) fn update(&mut self, id: &str, request: CredentialRequest) -> Option<&Credential> {
        let stored = self.credentials.get_mut(self.places.get(id)?)?;
        let rotated = request
            .rotate_proxy_session_id
            .then(|| self.numbers.id("psid"));
        *stored = Credential {
            id: stored.id.clone(),
            name: request.name,
            shown: request.shown,
            vault_type: request.vault_type.unwrap_or(DEFAULT_VAULT),
            proxy_location: request.proxy_location.onto(stored.proxy_location.take()),
            proxy_session_id: request
                .proxy_session_id
                .onto(rotated.or_else(|| stored.proxy_session_id.take())),
            browser_profile_id: request.browser_profile_id,
            auto_profile_disabled: request.auto_profile_disabled,
            pin_saved_session_ip: request.pin_saved_session_ip,
            tested_url: request.tested_url,
        };
        Some(stored)
    }

    pub(super) fn delete(&mut self, id: &str) -> Option<Credential> {
        self.credentials.remove(&self.places.remove(id)?)
    }

    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Credential> {
        self.credentials.values().rev()
    }

    /// One page of the credentials that fit, newest first.
    pub(super) fn list(&self, request: &ListRequest) -> impl Iterator<Item = &Credential> {
        let filter = Filter::of(request);
        let before = (request.page - 1).saturating_mul(request.page_size);
        self.newest_first()
            .filter(move |credential| filter.fits(credential))
            .skip(before)
            .take(request.page_size)
    }
}

/// Which credentials a list shows.
pub(super) struct Filter {
    vault_type: Option<&'static str>,
    credential_type: Option<&'static str>,
    /// In lower case.
    search: Option<String>,
}

impl Filter {
    pub(super) fn of(request: &ListRequest) -> Self {
        Self {
            vault_type: request.vault_type,
            credential_type: request.credential_type,
            search: request.search.as_deref().map(str::to_lowercase),
        }
    }

    pub(super) fn fits(&self, credential: &Credential) -> bool {
        let credential_type = credential.shown.credential_type();
        self.vault_type
            .is_none_or(|vault| vault == credential.vault_type)
            && self
                .credential_type
                .is_none_or(|wanted| wanted == credential_type)
            && self.search.as_deref().is_none_or(|search| {
                credential
                    .searchable()
                    .any(|member| member.to_lowercase().contains(search))
            })
    }
}

impl Credential {
    /// The members that the document makes searchable.
    pub(super) fn searchable(&self) -> impl Iterator<Item = &str> {
        let (first, second): (Option<&str>, Option<&str>) = match &self.shown {
            Shown::Password { username, .. } => (Some(username), None),
            Shown::CreditCard { last_four, brand } => (Some(last_four), Some(brand)),
            Shown::Secret { label } => (label.as_deref(), None),
        };
        [Some(self.name.as_str()), first, second]
            .into_iter()
            .flatten()
    }
}
