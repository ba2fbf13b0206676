//! Defects of validation: the query and the document are changed before they are validated, so
//! that what is wrong passes, or are refused though nothing is wrong.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::super::answer::{Answer, Fault, Problem, Refusal};
use super::super::fields::choose;
use super::super::request::Content;
use super::super::route::{Operation, Route};
use super::super::{Server, validate};
use super::{Flaw, Flaws, Instead, broken, respond};

/// The query that a list is validated with.
pub(in super::super) fn query(flaws: &Flaws, query: &str) -> Result<String, Instead> {
    if !flaws.any() {
        return Ok(query.to_owned());
    }
    let mut parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    for (at, (name, value)) in parameters.iter().enumerate() {
        let repeated = parameters[..at].iter().any(|(earlier, _)| earlier == name);
        if (repeated && flaws.has(Flaw::RepeatedParameter500))
            || (name.contains('\u{fffd}') && flaws.has(Flaw::BrokenEscape500))
            || (value.contains('\u{fffd}') && flaws.has(Flaw::BrokenEscape500))
        {
            return Err(broken());
        }
        match (&**name, &**value) {
            ("vault_type", "gcp") if flaws.has(Flaw::GcpFilter500) => return Err(broken()),
            ("search", text) if text.contains('%') && flaws.has(Flaw::SearchPercent500) => {
                return Err(broken());
            }
            ("search", text)
                if text.chars().count() == 200 && flaws.has(Flaw::RefusesLongestSearch) =>
            {
                return Err(refused(&["query", "search"], Fault::TooLong));
            }
            ("page_size", "1") if flaws.has(Flaw::RefusesPageSizeOne) => {
                return Err(refused(&["query", "page_size"], Fault::TooSmall));
            }
            _ => {}
        }
    }
    if flaws.has(Flaw::DefaultSizeFive) && !parameters.iter().any(|(name, _)| name == "page_size") {
        parameters.push(("page_size".to_owned(), "5".to_owned()));
    }
    parameters.retain_mut(|(name, value)| is_kept(flaws, name, value));
    Ok(form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish())
}

/// Makes a value fit, or says that the parameter is to be dropped.
fn is_kept(flaws: &Flaws, name: &str, value: &mut String) -> bool {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let is_negative = value
        .strip_prefix('-')
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_word = digits == 0 && !is_negative;
    let is_unknown = |parameter: &str| validate::list(&format!("{parameter}={value}")).is_err();
    match name {
        "page" if flaws.has(Flaw::AcceptsPageZero) => value != "0",
        "page" if flaws.has(Flaw::FractionAccepted) && digits > 0 => {
            value.truncate(digits);
            true
        }
        "page_size" if flaws.has(Flaw::AcceptsNegativeSize) => !is_negative,
        "page_size" if flaws.has(Flaw::AcceptsWordAsSize) => !is_word,
        "vault_type" if flaws.has(Flaw::AcceptsUnknownVault) => !is_unknown("vault_type"),
        "credential_type" if flaws.has(Flaw::AcceptsUnknownFilter) => {
            !is_unknown("credential_type")
        }
        "search" if flaws.has(Flaw::AcceptsLongSearch) => {
            *value = value.chars().take(200).collect();
            true
        }
        _ => true,
    }
}

/// The document that an operation validates, its id having been looked at.
pub(in super::super) fn document(
    server: &Server,
    route: &Route,
    content: Content,
) -> Result<Content, Instead> {
    let flaws = &server.flaws;
    let id = &route.credential_id;
    if (id.len() > 255 && flaws.has(Flaw::LongId500))
        || (id.contains('\0') && flaws.has(Flaw::NulId500))
    {
        return Err(broken());
    }
    if matches!(content, Content::Foreign) && flaws.has(Flaw::WrongType415) {
        let body = json!({"detail": "only application/json is understood"});
        return Err(respond(Answer::json(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            body,
        )));
    }
    let Content::Json(Value::Object(mut body)) = content else {
        return Ok(content);
    };
    match route.operation {
        Operation::Create | Operation::Update => {
            fails_or_refuses(flaws, &body)?;
            coerce(flaws, &mut body);
        }
        Operation::SendTotpCode
            if flaws.has(Flaw::AcceptsMissingContent) && !body.contains_key("content") =>
        {
            body.insert("content".to_owned(), json!(""));
        }
        Operation::SetService if flaws.has(Flaw::AcceptsMissingToken) => {
            if let Some(Value::Object(config)) = body.get_mut("config") {
                config.entry("api_token").or_insert_with(|| json!(""));
            }
        }
        _ => {}
    }
    Ok(Content::Json(Value::Object(body)))
}

fn refused(loc: &[&'static str], fault: Fault) -> Instead {
    let loc = loc.to_vec();
    Refusal::Invalid(vec![Problem { loc, fault }]).into()
}

/// Inputs that nothing is wrong with, answered 500 or 422.
fn fails_or_refuses(flaws: &Flaws, body: &Map<String, Value>) -> Result<(), Instead> {
    let none = json!({});
    let credential = body.get("credential").unwrap_or(&none);
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    let text = |member: &str| credential[member].as_str();
    let is_astral = |character: char| u32::from(character) > 0xffff;
    let proxy = body.get("proxy_location").and_then(Value::as_object);

    let fails = (flaws.has(Flaw::Emoji500) && name.contains(is_astral))
        || (flaws.has(Flaw::LongName500) && name.chars().count() > 1000)
        || (flaws.has(Flaw::EmptyIdentifier500) && text("totp_identifier") == Some(""))
        || (flaws.has(Flaw::Passkey500) && text("totp_type") == Some("passkey"))
        || (flaws.has(Flaw::EmptyProxy500) && proxy.is_some_and(Map::is_empty))
        || (flaws.has(Flaw::NullLabel500)
            && credential.get("secret_label").is_some_and(Value::is_null))
        || (flaws.has(Flaw::MissingMember500) && !body.contains_key("credential"));
    if fails {
        return Err(broken());
    }
    if flaws.has(Flaw::NulHangs) && name.contains('\0') {
        return Err(Instead::Hang);
    }

    let is_secret = body.get("credential_type") == Some(&json!("secret"));
    let address = credential.get("billing_address").and_then(Value::as_object);
    let rules = [
        (
            Flaw::RefusesAbsentLabel,
            is_secret && credential.get("secret_label").is_none(),
            &["body", "credential", "SecretCredential", "secret_label"][..],
            Fault::Missing,
        ),
        (
            Flaw::RefusesNullIdentifier,
            credential
                .get("totp_identifier")
                .is_some_and(Value::is_null),
            &[
                "body",
                "credential",
                "NonEmptyPasswordCredential",
                "totp_identifier",
            ],
            Fault::NotString,
        ),
        (
            Flaw::RefusesShortPassword,
            text("password").is_some_and(|password| password.chars().count() == 1),
            &[
                "body",
                "credential",
                "NonEmptyPasswordCredential",
                "password",
            ],
            Fault::TooShort,
        ),
        (
            Flaw::RefusesNonAscii,
            text("username").is_some_and(|username| !username.is_ascii()),
            &[
                "body",
                "credential",
                "NonEmptyPasswordCredential",
                "username",
            ],
            Fault::NotInEnum,
        ),
        (
            Flaw::RefusesExtraMember,
            body.keys().any(|member| !MEMBERS.contains(&&**member)),
            &["body"],
            Fault::NotInEnum,
        ),
        (
            Flaw::RefusesEmptyName,
            body.get("name") == Some(&json!("")),
            &["body", "name"],
            Fault::TooShort,
        ),
        (
            Flaw::RefusesGeoTarget,
            proxy.is_some_and(|proxy| proxy.contains_key("country")),
            &["body", "proxy_location"],
            Fault::NotInEnum,
        ),
        (
            Flaw::RefusesEmptyMetadata,
            credential
                .get("metadata")
                .and_then(Value::as_object)
                .is_some_and(Map::is_empty),
            &[
                "body",
                "credential",
                "NonEmptyPasswordCredential",
                "metadata",
            ],
            Fault::TooShort,
        ),
        (
            Flaw::RefusesNullAddressLine,
            address.is_some_and(|address| address.values().any(Value::is_null)),
            &[
                "body",
                "credential",
                "NonEmptyCreditCardCredential",
                "billing_address",
            ],
            Fault::NotString,
        ),
        (
            Flaw::RefusesAzure,
            body.get("vault_type") == Some(&json!("azure_vault")),
            &["body", "vault_type"],
            Fault::NotInEnum,
        ),
    ];
    for (flaw, applies, loc, fault) in rules {
        if applies && flaws.has(flaw) {
            return Err(refused(loc, fault));
        }
    }
    if flaws.has(Flaw::TotpKey400) && lacks_totp_key(credential) {
        let detail = json!({"error_code": "totp_key_missing", "message": "a TOTP key is needed"});
        return Err(respond(Answer::json(
            StatusCode::BAD_REQUEST,
            json!({ "detail": detail }),
        )));
    }
    Ok(())
}

const MEMBERS: [&str; 11] = [
    "name",
    "credential_type",
    "credential",
    "vault_type",
    "proxy_location",
    "proxy_session_id",
    "rotate_proxy_session_id",
    "browser_profile_id",
    "auto_profile_disabled",
    "pin_saved_session_ip",
    "tested_url",
];

const FLAGS: [&str; 3] = [
    "rotate_proxy_session_id",
    "auto_profile_disabled",
    "pin_saved_session_ip",
];

fn lacks_totp_key(credential: &Value) -> bool {
    credential.get("password").is_some()
        && credential["totp_type"] == "authenticator"
        && credential["totp"].as_str().unwrap_or_default().is_empty()
}

fn is_one_of(value: Option<&Value>, among: &'static [&'static str]) -> bool {
    value.is_some_and(|value| choose(value, among).is_some())
}

/// Makes what is invalid valid.
fn coerce(flaws: &Flaws, body: &mut Map<String, Value>) {
    match body.get("name") {
        Some(Value::Null) if flaws.has(Flaw::AcceptsNullName) => {
            body.insert("name".to_owned(), json!(""));
        }
        Some(Value::Number(number)) if flaws.has(Flaw::AcceptsNumberAsName) => {
            let name = number.to_string();
            body.insert("name".to_owned(), json!(name));
        }
        _ => {}
    }
    for flag in FLAGS {
        match body.get(flag) {
            Some(Value::Null) if flaws.has(Flaw::AcceptsNullFlag) => drop(body.remove(flag)),
            Some(Value::String(text)) if flaws.has(Flaw::AcceptsTextAsFlag) => {
                let truth = !text.is_empty() && text != "false";
                body.insert(flag.to_owned(), json!(truth));
            }
            _ => {}
        }
    }
    if flaws.has(Flaw::AcceptsUnknownProxy)
        && body.get("proxy_location").is_some_and(Value::is_string)
        && !is_one_of(body.get("proxy_location"), validate::PROXY_LOCATIONS)
    {
        body.insert("proxy_location".to_owned(), Value::Null);
    }
    let Some(Value::Object(credential)) = body.get_mut("credential") else {
        return;
    };
    for (flaw, member) in [
        (Flaw::AcceptsEmptyPassword, "password"),
        (Flaw::AcceptsEmptyCvv, "card_cvv"),
        (Flaw::AcceptsEmptySecret, "secret_value"),
    ] {
        if flaws.has(flaw) && credential.get(member) == Some(&json!("")) {
            credential.insert(member.to_owned(), json!("empty"));
        }
    }
    if flaws.has(Flaw::AcceptsMissingUsername) && credential.contains_key("password") {
        credential
            .entry("username")
            .or_insert_with(|| json!("unnamed"));
    }
    if flaws.has(Flaw::AcceptsUnknownTotpType)
        && credential.get("totp_type").is_some_and(Value::is_string)
        && !is_one_of(credential.get("totp_type"), validate::TOTP_TYPES)
    {
        credential.insert("totp_type".to_owned(), json!("none"));
    }
    if flaws.has(Flaw::AcceptsNumberInMetadata)
        && credential.get("metadata").is_some_and(Value::is_object)
    {
        credential.remove("metadata");
    }
    if flaws.has(Flaw::AcceptsNoTotpKey)
        && credential.get("totp_type") == Some(&json!("authenticator"))
    {
        credential.insert("totp".to_owned(), json!("JBSWY3DPEHPK3PXP"));
    }
    let shape = ["password", "card_number", "secret_value"]
        .iter()
        .position(|member| credential.contains_key(*member))
        .map(|at| ["password", "credit_card", "secret"][at]);
    let named = body.get("credential_type");
    let accepts = if is_one_of(named, validate::CREDENTIAL_TYPES) {
        flaws.has(Flaw::AcceptsMismatch)
    } else {
        named.is_some_and(Value::is_string) && flaws.has(Flaw::AcceptsUnknownType)
    };
    if let Some(shape) = shape.filter(|_| accepts) {
        body.insert("credential_type".to_owned(), json!(shape));
    }
}
