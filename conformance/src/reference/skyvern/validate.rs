//! What arrived, to what it asks for: every rule of the document, and the overlay's link between
//! `credential_type` and the shape of `credential`, and between an authenticator and its key.
//!
//! Secrets are checked and dropped here; no later stage has them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use super::answer::{Fault, Problem, Refusal};
use super::clock;
use super::fields::{Fields, choose};
use super::model::{Change, CredentialRequest, ListRequest, ServiceRequest, Shown, TotpRequest};
use super::request::Content;

pub(super) const VAULTS: &[&str] = &["skyvern", "bitwarden", "azure_vault", "gcp", "custom"];
pub(super) const CREDENTIAL_TYPES: &[&str] = &["password", "credit_card", "secret"];
pub(super) const TOTP_TYPES: &[&str] = &["authenticator", "email", "text", "passkey", "none"];
const OTP_TYPES: &[&str] = &["totp", "magic_link"];
pub(super) const PROXY_LOCATIONS: &[&str] = &[
    "RESIDENTIAL",
    "US-CA",
    "US-NY",
    "US-TX",
    "US-FL",
    "US-WA",
    "RESIDENTIAL_ES",
    "RESIDENTIAL_IE",
    "RESIDENTIAL_GB",
    "RESIDENTIAL_IN",
    "RESIDENTIAL_JP",
    "RESIDENTIAL_FR",
    "RESIDENTIAL_DE",
    "RESIDENTIAL_NZ",
    "RESIDENTIAL_ZA",
    "RESIDENTIAL_AR",
    "RESIDENTIAL_AU",
    "RESIDENTIAL_BR",
    "RESIDENTIAL_TR",
    "RESIDENTIAL_CA",
    "RESIDENTIAL_MX",
    "RESIDENTIAL_IT",
    "RESIDENTIAL_NL",
    "RESIDENTIAL_PH",
    "RESIDENTIAL_KR",
    "RESIDENTIAL_SA",
    "RESIDENTIAL_ISP",
    "NONE",
];
const ADDRESS_LINES: &[&str] = &[
    "line1",
    "line2",
    "city",
    "state",
    "state_code",
    "postal_code",
    "country",
    "country_code",
];
/// In characters.
const SEARCH_LIMIT: usize = 200;

pub(super) fn credential(content: &Content) -> Result<CredentialRequest, Refusal> {
    judged(content, |fields| {
        let name = fields.text("name");
        let credential_type = match fields.required("credential_type") {
            Some(_) => fields.choice("credential_type", CREDENTIAL_TYPES),
            None => None,
        };
        Some(CredentialRequest {
            name,
            shown: shown(fields, credential_type)?,
            vault_type: fields.optional_choice("vault_type", VAULTS),
            proxy_location: proxy_location(fields),
            proxy_session_id: match fields.get("proxy_session_id") {
                None => Change::Keep,
                Some(_) => Change::Set(fields.optional_text("proxy_session_id")),
            },
            rotate_proxy_session_id: fields.flag("rotate_proxy_session_id"),
            browser_profile_id: fields.optional_text("browser_profile_id"),
            auto_profile_disabled: fields.flag("auto_profile_disabled"),
            pin_saved_session_ip: fields.flag("pin_saved_session_ip"),
            tested_url: fields.optional_text("tested_url"),
        })
    })
}

fn shown(fields: &mut Fields, credential_type: Option<&'static str>) -> Option<Shown> {
    match credential_type {
        Some("password") => {
            let mut password = fields.object("credential", Some("NonEmptyPasswordCredential"))?;
            password.filled("password");
            password.optional_strings("metadata");
            let totp_type = password.choice("totp_type", TOTP_TYPES).unwrap_or("none");
            if totp_type == "authenticator" {
                password.filled("totp");
            } else {
                password.optional_text("totp");
            }
            Some(Shown::Password {
                username: password.filled("username"),
                totp_type,
                totp_identifier: password.optional_text("totp_identifier"),
            })
        }
        Some("credit_card") => {
            let mut card = fields.object("credential", Some("NonEmptyCreditCardCredential"))?;
            let number = card.filled("card_number");
            for name in [
                "card_cvv",
                "card_exp_month",
                "card_exp_year",
                "card_holder_name",
            ] {
                card.filled(name);
            }
            billing_address(&mut card);
            card.optional_text("billing_email");
            card.optional_text("billing_phone");
            card.optional_strings("metadata");
            Some(Shown::CreditCard {
                last_four: last_four(&number),
                brand: card.filled("card_brand"),
            })
        }
        Some(_) => {
            let mut secret = fields.object("credential", Some("SecretCredential"))?;
            secret.filled("secret_value");
            Some(Shown::Secret {
                label: secret.optional_text("secret_label"),
            })
        }
        // Which rules apply is not known; that it must be an object is.
        None => fields.object("credential", None).and(None),
    }
}

/// An object whose documented members are strings or null; may be absent or null itself.
fn billing_address(card: &mut Fields) {
    if matches!(card.get("billing_address"), None | Some(Value::Null)) {
        return;
    }
    if let Some(mut address) = card.object("billing_address", None) {
        for name in ADDRESS_LINES {
            address.optional_text(name);
        }
    }
}

/// Its last four characters, or all of a shorter one.
fn last_four(number: &str) -> String {
    let start = number.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    number[start..].to_owned()
}

/// A name of a place, or any object: the document has the members of one kind of object only.
fn proxy_location(fields: &mut Fields) -> Change<Value> {
    match fields.get("proxy_location") {
        None => Change::Keep,
        Some(Value::Null) => Change::Set(None),
        Some(value) => {
            if !value.is_object() && choose(value, PROXY_LOCATIONS).is_none() {
                fields.report("proxy_location", Fault::NotInEnum);
            }
            Change::Set(Some(value.clone()))
        }
    }
}

pub(super) fn totp_code(content: &Content) -> Result<TotpRequest, Refusal> {
    judged(content, |fields| {
        let expired_at = fields.optional_text("expired_at");
        if expired_at
            .as_deref()
            .is_some_and(|at| !clock::is_date_time(at))
        {
            fields.report("expired_at", Fault::NotDateTime);
        }
        Some(TotpRequest {
            totp_identifier: fields.text("totp_identifier"),
            task_id: fields.optional_text("task_id"),
            workflow_id: fields.optional_text("workflow_id"),
            workflow_run_id: fields.optional_text("workflow_run_id"),
            source: fields.optional_text("source"),
            content: fields.text("content"),
            expired_at,
            otp_type: fields.optional_choice("type", OTP_TYPES),
        })
    })
}

pub(super) fn service(content: &Content) -> Result<ServiceRequest, Refusal> {
    judged(content, |fields| {
        let mut config = fields.object("config", None)?;
        Some(ServiceRequest {
            api_base_url: config.text("api_base_url"),
            api_token: config.text("api_token"),
        })
    })
}

/// Reads the object that a body must be, and refuses it if anything is wrong with it.
fn judged<T>(content: &Content, read: impl FnOnce(&mut Fields) -> Option<T>) -> Result<T, Refusal> {
    let invalid = |fault| {
        Refusal::Invalid(vec![Problem {
            loc: vec!["body"],
            fault,
        }])
    };
    let body = match content {
        Content::Absent => return Err(invalid(Fault::Missing)),
        Content::Foreign => return Err(invalid(Fault::NotJson)),
        Content::Json(body) => body,
    };
    let mut problems = Vec::new();
    let request = Fields::of(body, vec!["body"], &mut problems)
        .as_mut()
        .and_then(read);
    match request {
        Some(request) if problems.is_empty() => Ok(request),
        _ => Err(Refusal::Invalid(problems)),
    }
}

/// Reads a query string. Of a repeated parameter the last counts; unknown ones do not.
pub(super) fn list(query: &str) -> Result<ListRequest, Refusal> {
    let mut parameters = Parameters {
        given: form_urlencoded::parse(query.as_bytes()).collect(),
        problems: Vec::new(),
    };
    let request = ListRequest {
        page: parameters.positive("page", 1),
        page_size: parameters.positive("page_size", 10),
        vault_type: parameters.choice("vault_type", VAULTS),
        credential_type: parameters.choice("credential_type", CREDENTIAL_TYPES),
        search: parameters.search(),
    };
    if parameters.problems.is_empty() {
        Ok(request)
    } else {
        Err(Refusal::Invalid(parameters.problems))
    }
}

struct Parameters<'a> {
    given: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    problems: Vec<Problem>,
}

impl Parameters<'_> {
    fn report(&mut self, name: &'static str, fault: Fault) {
        let loc = vec!["query", name];
        self.problems.push(Problem { loc, fault });
    }

    /// An integer from 1. What does not fit a `usize` is as far away as can be.
    fn positive(&mut self, name: &'static str, default: usize) -> usize {
        let Some(text) = self.given.get(name) else {
            return default;
        };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.report(name, Fault::NotInteger);
            return default;
        }
        if text.starts_with('-') || digits.bytes().all(|byte| byte == b'0') {
            self.report(name, Fault::TooSmall);
            return default;
        }
        digits.parse().unwrap_or(usize::MAX)
    }

    fn choice(
        &mut self,
        name: &'static str,
        among: &'static [&'static str],
    ) -> Option<&'static str> {
        let text = self.given.get(name)?;
        let chosen = among.iter().copied().find(|possible| possible == text);
        if chosen.is_none() {
            self.report(name, Fault::NotInEnum);
        }
        chosen
    }

    fn search(&mut self) -> Option<String> {
        let text = self.given.get("search")?.to_string();
        if text.chars().count() > SEARCH_LIMIT {
            self.report("search", Fault::TooLong);
        }
        Some(text)
    }
}
