//! What requests ask for, once they are known to be valid, and the part of a credential that may be
//! shown. No type here has a secret but the setting of the custom credential service.

use serde_json::Value;

/// The part of a credential that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Password {
        username: String,
        totp_type: &'static str,
        totp_identifier: Option<String>,
    },
    CreditCard {
        last_four: String,
        brand: String,
    },
    Secret {
        label: Option<String>,
    },
}

impl Shown {
    pub(super) fn credential_type(&self) -> &'static str {
        match self {
            Self::Password { .. } => "password",
            Self::CreditCard { .. } => "credit_card",
            Self::Secret { .. } => "secret",
        }
    }
}

/// What an update does to a member where absent and null differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change<T> {
    /// Absent: what is stored stays.
    Keep,
    /// A value, or null for none.
    Set(Option<T>),
}

impl<T> Change<T> {
    pub(super) fn onto(self, stored: Option<T>) -> Option<T> {
        match self {
            Self::Keep => stored,
            Self::Set(value) => value,
        }
    }
}

/// A `CreateCredentialRequest`, of which a create and an update both have a whole one.
#[derive(Clone, Debug)]
pub(super) struct CredentialRequest {
    pub(super) name: String,
    pub(super) shown: Shown,
    pub(super) vault_type: Option<&'static str>,
    pub(super) proxy_location: Change<Value>,
    pub(super) proxy_session_id: Change<String>,
    pub(super) rotate_proxy_session_id: bool,
    pub(super) browser_profile_id: Option<String>,
    pub(super) auto_profile_disabled: bool,
    pub(super) pin_saved_session_ip: bool,
    pub(super) tested_url: Option<String>,
}

/// A `TOTPCodeCreate`.
#[derive(Clone, Debug)]
pub(super) struct TotpRequest {
    pub(super) totp_identifier: String,
    pub(super) task_id: Option<String>,
    pub(super) workflow_id: Option<String>,
    pub(super) workflow_run_id: Option<String>,
    pub(super) source: Option<String>,
    pub(super) content: String,
    pub(super) expired_at: Option<String>,
    pub(super) otp_type: Option<&'static str>,
}

/// A `CustomCredentialServiceConfig`.
pub(super) struct ServiceRequest {
    pub(super) api_base_url: String,
    pub(super) api_token: String,
}

/// Which credentials a list is asked for.
#[derive(Clone, Debug)]
pub(super) struct ListRequest {
    /// From 1.
    pub(super) page: usize,
    /// From 1.
    pub(super) page_size: usize,
    pub(super) vault_type: Option<&'static str>,
    pub(super) credential_type: Option<&'static str>,
    pub(super) search: Option<String>,
}
