//! The credentials in memory, and the document's operations on them.
//!
//! Ids are a bijection of a counter under a random key: none comes twice, and nothing needs to
//! remember the deleted ones.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use serde_json::Value;

use super::validate::{CredentialRequest, ListRequest, Shown};

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
        self.created += 1;
        let place = self.created;
        self.places.insert(id.clone(), place);
        let credential = Credential {
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
        };
        self.credentials
            .entry(place)
            .insert_entry(credential)
            .into_mut()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Credential> {
        self.credentials.get(self.places.get(id)?)
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

    /// One page of the credentials that fit, newest first.
    pub(super) fn list(&self, request: &ListRequest) -> impl Iterator<Item = &Credential> {
        let search = request.search.as_deref().map(str::to_lowercase);
        let before = (request.page - 1).saturating_mul(request.page_size);
        self.credentials
            .values()
            .rev()
            .filter(move |credential| {
                let shown = &credential.shown;
                request
                    .vault_type
                    .is_none_or(|vault| credential.vault_type == vault)
                    && request
                        .credential_type
                        .is_none_or(|kind| shown.credential_type() == kind)
                    && search
                        .as_deref()
                        .is_none_or(|text| matches(credential, text))
            })
            .skip(before)
            .take(request.page_size)
    }
}

/// Whether a member that the document makes searchable contains `text`, which is in lower case.
fn matches(credential: &Credential, text: &str) -> bool {
    let contains = |member: &str| member.to_lowercase().contains(text);
    contains(&credential.name)
        || match &credential.shown {
            Shown::Password { username, .. } => contains(username),
            Shown::CreditCard { last_four, brand } => contains(last_four) || contains(brand),
            Shown::Secret { label } => label.as_deref().is_some_and(contains),
        }
}
