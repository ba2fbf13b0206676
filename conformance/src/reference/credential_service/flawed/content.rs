//! Defects of what is kept of a credential, and of what a read shows of it.

use serde_json::{Map, Number, Value, json};

use super::super::credential::Credential;
use super::{Flaw, Flaws};

/// What is stored of a credential.
pub(super) fn kept(flaws: &Flaws, credential: Credential) -> Credential {
    if !flaws.any() {
        return credential;
    }
    let Value::Object(mut members) = credential.to_value() else {
        return credential;
    };
    lose(flaws, &mut members);
    for (name, value) in &mut members {
        if matches!(&**name, "name" | "type" | "totp_type") {
            continue;
        }
        match value {
            Value::String(text) => *text = altered(flaws, name, text),
            Value::Object(inner) => {
                if flaws.has(Flaw::EmptyDropped) {
                    inner.retain(|_, value| value != "");
                }
                for text in inner.values_mut() {
                    if let Value::String(text) = text {
                        *text = altered(flaws, "", text);
                    }
                }
            }
            _ => {}
        }
        if flaws.has(Flaw::EmptyIsNull) && value == "" {
            *value = Value::Null;
        }
    }
    Credential::from_stored(members)
}

/// Members that are lost.
fn lose(flaws: &Flaws, members: &mut Map<String, Value>) {
    let lost = |name: &str| match name {
        "card_holder_name" => flaws.has(Flaw::CardLost) || flaws.has(Flaw::HolderLost),
        "secret_value" => flaws.has(Flaw::SecretLost),
        "secret_label" => flaws.has(Flaw::LabelLost),
        "metadata" => flaws.has(Flaw::MetadataLost),
        "totp" => flaws.has(Flaw::TotpLost),
        "name" => flaws.has(Flaw::NoNames),
        _ if name.starts_with("card_") => flaws.has(Flaw::CardLost),
        _ if name.starts_with("billing_") => flaws.has(Flaw::BillingLost),
        _ => false,
    };
    members.retain(|name, _| !lost(name));
    if flaws.has(Flaw::AddressCut)
        && let Some(Value::Object(address)) = members.get_mut("billing_address")
    {
        address.retain(|name, _| matches!(&**name, "line1" | "city"));
    }
    if flaws.has(Flaw::MetadataOne)
        && let Some(Value::Object(metadata)) = members.get_mut("metadata")
    {
        let first = metadata.keys().next().cloned();
        metadata.retain(|name, _| Some(name) == first.as_ref());
    }
    if flaws.has(Flaw::TotpTypeNone) && members.contains_key("totp_type") {
        members.insert("totp_type".to_owned(), "none".into());
    }
    if flaws.has(Flaw::UsernameLost)
        && members.contains_key("username")
        && let Some(name) = members.get("name").cloned()
    {
        members.insert("username".to_owned(), name);
    }
    let mut replace = |name: &str, with: fn(&str) -> String| {
        if let Some(Value::String(text)) = members.get_mut(name) {
            *text = with(text);
        }
    };
    if flaws.has(Flaw::PasswordMasked) {
        replace("password", |_| "********".to_owned());
    }
    if flaws.has(Flaw::NumberMasked) {
        replace("card_number", |text| {
            let skipped = text.chars().count().saturating_sub(4);
            text.chars().skip(skipped).collect()
        });
    }
    if flaws.has(Flaw::LowerCased) {
        replace("username", str::to_lowercase);
        replace("card_holder_name", str::to_lowercase);
    }
}

/// What becomes of a text.
fn altered(flaws: &Flaws, name: &str, text: &str) -> String {
    let has = |flaw| flaws.has(flaw);
    let without = |dropped: fn(char) -> bool| text.chars().filter(|one| !dropped(*one)).collect();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if has(Flaw::Trimmed) {
        text.trim_matches(' ').to_owned()
    } else if has(Flaw::SpacesJoined) {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        words.join(" ")
    } else if has(Flaw::LineEndsUnix) {
        text.replace("\r\n", "\n")
    } else if has(Flaw::CutAtNul) {
        text.split('\0').next().unwrap_or_default().to_owned()
    } else if has(Flaw::ControlsDropped) {
        without(|one| one.is_ascii_control() && !matches!(one, '\n' | '\r' | '\t'))
    } else if has(Flaw::Composed) {
        text.replace("e\u{308}", "\u{eb}")
            .replace("A\u{30a}", "\u{c5}")
    } else if has(Flaw::AstralLost) {
        let plain = |one: char| if u32::from(one) > 0xffff { '?' } else { one };
        text.chars().map(plain).collect()
    } else if has(Flaw::MarkDropped) {
        without(|one| matches!(one, '\u{feff}' | '\u{200b}'))
    } else if has(Flaw::HtmlEscaped) {
        text.replace('&', "&amp;").replace('<', "&lt;")
    } else if has(Flaw::PlusIsSpace) {
        text.replace('+', " ")
    } else if has(Flaw::QuotesDoubled) {
        text.replace('\'', "''")
    } else if has(Flaw::BackslashesLost) {
        without(|one| one == '\\')
    } else if has(Flaw::ZerosLost) && is_number {
        match text.trim_start_matches('0') {
            "" => "0".to_owned(),
            rest => rest.to_owned(),
        }
    } else if has(Flaw::DigitsRounded) && is_number && text.len() > 15 {
        text.parse::<f64>()
            .map_or_else(|_| text.to_owned(), |number| format!("{number}"))
    } else if has(Flaw::CutAt255) {
        text.chars().take(255).collect()
    } else if has(Flaw::CutAt8192) {
        text.chars().take(8192).collect()
    } else if has(Flaw::LargeCut) && name == "password" {
        text.chars().take(1 << 10).collect()
    } else {
        text.to_owned()
    }
}

/// What a read shows.
pub(in super::super) fn shown(flaws: &Flaws, credential: &Credential) -> Value {
    let mut shown = credential.to_value();
    if !flaws.any() {
        return shown;
    }
    let Some(members) = shown.as_object_mut() else {
        return shown;
    };
    if flaws.has(Flaw::ReadOfSecretsEmpty) && members.get("type") == Some(&json!("secret")) {
        members.clear();
    }
    if flaws.has(Flaw::TypeLost) {
        members.shift_remove("type");
    }
    let is_password = members.get("type") == Some(&json!("password"));
    let mut replace = |name: &str, with: fn(&str) -> Value| {
        if let Some(value) = members.get_mut(name)
            && let Value::String(text) = value
        {
            *value = with(text);
        }
    };
    if flaws.has(Flaw::TypeUpperCase) {
        replace("type", |text| text.to_uppercase().into());
    }
    let number = |text: &str| match text.parse::<u64>() {
        Ok(number) => Value::Number(Number::from(number)),
        Err(_) => text.into(),
    };
    if flaws.has(Flaw::CvvIsNumber) {
        replace("card_cvv", number);
    }
    if flaws.has(Flaw::DigitsAreNumbers) {
        replace("password", number);
    }
    if flaws.has(Flaw::TotpTypeCapital) {
        replace("totp_type", |text| {
            let (first, rest) = text.split_at(1);
            format!("{}{rest}", first.to_uppercase()).into()
        });
    }
    if flaws.has(Flaw::TotpTypeNull) && is_password {
        members.entry("totp_type").or_insert(Value::Null);
    }
    if flaws.has(Flaw::TotpTypeAbsent) && members.get("totp_type") == Some(&json!("none")) {
        members.shift_remove("totp_type");
    }
    if flaws.has(Flaw::MetadataIsText)
        && let Some(metadata) = members.get_mut("metadata")
    {
        *metadata = metadata.to_string().into();
    }
    if flaws.has(Flaw::AddressIsText)
        && let Some(address) = members.get_mut("billing_address")
    {
        let parts = address.as_object().into_iter().flatten();
        let parts: Vec<&str> = parts.filter_map(|(_, part)| part.as_str()).collect();
        *address = parts.join(", ").into();
    }
    if flaws.has(Flaw::NullsAnswered) {
        for name in [
            "totp",
            "metadata",
            "secret_label",
            "billing_address",
            "billing_email",
        ] {
            members.entry(name).or_insert(Value::Null);
        }
    }
    if flaws.has(Flaw::MoreMembers) {
        members.insert("version".to_owned(), json!(3));
        members.insert("tags".to_owned(), json!(["a", {"b": null}]));
    }
    if flaws.has(Flaw::ReadIsList) {
        return json!([shown]);
    }
    shown
}
