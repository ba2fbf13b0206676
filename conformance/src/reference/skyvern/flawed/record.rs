//! Defects on the way from a request into the store: members are lost or changed, and what is
//! refused leaves traces.

use super::super::Server;
use super::super::model::{Change, CredentialRequest, Shown};
use super::super::request::Content;
use super::{Flaw, Flaws};

/// Loses or changes members of a request.
pub(in super::super) fn alter(flaws: &Flaws, content: &Content, request: &mut CredentialRequest) {
    let name = &mut request.name;
    if flaws.has(Flaw::NameTrimmed) {
        *name = name.trim().to_owned();
    }
    if flaws.has(Flaw::NameLowered) {
        *name = name.to_lowercase();
    }
    if flaws.has(Flaw::NameCut) {
        *name = name.chars().take(64).collect();
    }
    if flaws.has(Flaw::LongNameCut) {
        *name = name.chars().take(1000).collect();
    }
    if flaws.has(Flaw::NameEscaped) {
        *name = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
    }
    if flaws.has(Flaw::NulDropped) {
        name.retain(|character| character != '\0');
    }
    if flaws.has(Flaw::NulCuts)
        && let Some(end) = name.find('\0')
    {
        name.truncate(end);
    }
    if flaws.has(Flaw::VaultUnknown) {
        request.vault_type = request.vault_type.or(Some("default"));
    }
    match &mut request.shown {
        Shown::Password {
            username,
            totp_type,
            totp_identifier,
        } => {
            if flaws.has(Flaw::UsernameLowered) {
                *username = username.to_lowercase();
            }
            if flaws.has(Flaw::TotpTypeLost) {
                *totp_type = "none";
            }
            if flaws.has(Flaw::IdentifierLost) {
                *totp_identifier = None;
            }
        }
        Shown::CreditCard { last_four, brand } => {
            if flaws.has(Flaw::ZerosLost) {
                *last_four = last_four.trim_start_matches('0').to_owned();
            }
            if flaws.has(Flaw::FirstFour)
                && let Content::Json(body) = content
                && let Some(number) = body["credential"]["card_number"].as_str()
            {
                *last_four = number.chars().take(4).collect();
            }
            if flaws.has(Flaw::LastThree) {
                *last_four = last_four.chars().skip(1).collect();
            }
            if flaws.has(Flaw::BrandLowered) {
                *brand = brand.to_lowercase();
            }
            if flaws.has(Flaw::BrandLost) {
                "card".clone_into(brand);
            }
        }
        Shown::Secret { label } => {
            if flaws.has(Flaw::LabelLost)
                || (flaws.has(Flaw::EmptyLabelLost) && label.as_deref() == Some(""))
            {
                *label = None;
            }
        }
    }
}

/// What happens to a request that does not validate.
pub(in super::super) fn refused(server: &Server, content: &Content, id: &str) {
    let name = match content {
        Content::Json(body) => body["name"].as_str(),
        _ => None,
    };
    let Some(name) = name else {
        return;
    };
    let mut store = server.store();
    if server.flaws.has(Flaw::RefusedUpdateRenames)
        && let Some(stored) = store.get_mut(id)
    {
        name.clone_into(&mut stored.name);
    }
    if server.flaws.has(Flaw::RefusedCreateStores) && id.is_empty() {
        store.create(bare(name));
    }
}

/// A secret without a label.
pub(super) fn bare(name: &str) -> CredentialRequest {
    CredentialRequest {
        name: name.to_owned(),
        shown: Shown::Secret { label: None },
        vault_type: None,
        proxy_location: Change::Keep,
        proxy_session_id: Change::Keep,
        rotate_proxy_session_id: false,
        browser_profile_id: None,
        auto_profile_disabled: false,
        pin_saved_session_ip: false,
        tested_url: None,
    }
}
