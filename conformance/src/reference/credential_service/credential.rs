//! A credential, and what a create must hold to be one.
//!
//! Every member of a create is kept as it came, also those that nobody knows yet: a read gives back
//! what was stored, character by character. Rules are those of `spec/openapi/credential-service.yaml`
//! as its overlay lets a service keep them.

use std::fmt;

use serde_json::{Map, Value};

/// The six texts of a card.
const CARD: [&str; 6] = [
    "card_holder_name",
    "card_number",
    "card_exp_month",
    "card_exp_year",
    "card_cvv",
    "card_brand",
];
const TOTP_TYPES: [&str; 5] = ["authenticator", "email", "text", "passkey", "none"];

/// A valid credential. It holds secrets: its `Debug` says nothing of them.
#[derive(Clone, PartialEq)]
pub struct Credential(Map<String, Value>);

/// Which kinds there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    CreditCard,
    Secret,
}

/// Why a value is no credential, in words that hold nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The member at fault, if it is one that the document names.
    pub(super) member: Option<&'static str>,
    pub(super) fault: Fault,
}

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    NotObject,
    NotText,
    NotTexts,
    Unknown,
}

impl Fault {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Missing => "is required",
            Self::NotObject => "must be an object",
            Self::NotText => "must be a string",
            Self::NotTexts => "must be an object of strings",
            Self::Unknown => "is none of the possible values",
        }
    }
}

impl Kind {
    pub(super) fn of(members: &Map<String, Value>) -> Option<Self> {
        match members.get("type")?.as_str()? {
            "password" => Some(Self::Password),
            "credit_card" => Some(Self::CreditCard),
            "secret" => Some(Self::Secret),
            _ => None,
        }
    }
}

impl Credential {
    /// What a read answers.
    pub fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// What a store wrote of [`Self::to_value`]; not judged again.
    pub fn from_stored(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// Reads a create.
    pub(super) fn read(value: Value) -> Result<Self, Problem> {
        let Value::Object(members) = value else {
            return Err(Problem {
                member: None,
                fault: Fault::NotObject,
            });
        };
        judge(&members)?;
        Ok(Self(members))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

fn judge(members: &Map<String, Value>) -> Result<(), Problem> {
    let members = Members(members);
    members.text("name")?;
    members.text("type")?;
    match Kind::of(members.0) {
        Some(Kind::Password) => {
            members.text("username")?;
            members.text("password")?;
            if members.get("totp").is_some_and(|totp| !totp.is_null()) {
                members.text("totp")?;
            }
            if members.get("totp_type").is_some() {
                let totp_type = members.text("totp_type")?;
                if !TOTP_TYPES.contains(&totp_type) {
                    return Err(fault("totp_type", Fault::Unknown));
                }
            }
            members.optional_texts("metadata")
        }
        Some(Kind::CreditCard) => {
            for name in CARD {
                members.text(name)?;
            }
            for name in ["billing_email", "billing_phone"] {
                members.optional_text(name)?;
            }
            members.optional_texts("billing_address")?;
            members.optional_texts("metadata")
        }
        Some(Kind::Secret) => {
            members.text("secret_value")?;
            members.optional_text("secret_label")
        }
        None => Err(fault("type", Fault::Unknown)),
    }
}

fn fault(member: &'static str, fault: Fault) -> Problem {
    Problem {
        member: Some(member),
        fault,
    }
}

#[derive(Clone, Copy)]
struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    fn text(self, name: &'static str) -> Result<&'a str, Problem> {
        let value = self.get(name).ok_or(fault(name, Fault::Missing))?;
        value.as_str().ok_or(fault(name, Fault::NotText))
    }

    fn optional_text(self, name: &'static str) -> Result<(), Problem> {
        match self.get(name) {
            Some(_) => self.text(name).map(drop),
            None => Ok(()),
        }
    }

    fn optional_texts(self, name: &'static str) -> Result<(), Problem> {
        let Some(value) = self.get(name) else {
            return Ok(());
        };
        let texts = value.as_object().is_some_and(|members| {
            let mut values = members.values();
            values.all(Value::is_string)
        });
        if texts {
            Ok(())
        } else {
            Err(fault(name, Fault::NotTexts))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(value: Value) -> Option<(Option<&'static str>, Fault)> {
        let problem = Credential::read(value).err()?;
        Some((problem.member, problem.fault))
    }

    #[test]
    fn what_is_missing_or_mistyped_is_named() {
        let password = json!({"name": "n", "type": "password", "username": "u", "password": "p"});
        assert_eq!(problem(password.clone()), None);
        let with = |name: &str, value: Value| {
            let mut one = password.clone();
            one[name] = value;
            problem(one)
        };
        assert_eq!(
            with("password", json!(5)),
            Some((Some("password"), Fault::NotText))
        );
        assert_eq!(with("totp", Value::Null), None);
        assert_eq!(
            with("totp_type", Value::Null),
            Some((Some("totp_type"), Fault::NotText))
        );
        assert_eq!(
            with("totp_type", json!("sms")),
            Some((Some("totp_type"), Fault::Unknown))
        );
        assert_eq!(
            with("metadata", json!({"a": 1})),
            Some((Some("metadata"), Fault::NotTexts))
        );
        assert_eq!(
            with("type", json!("login")),
            Some((Some("type"), Fault::Unknown))
        );
        assert_eq!(
            with("type", json!("secret")),
            Some((Some("secret_value"), Fault::Missing))
        );
        assert_eq!(problem(json!([])), Some((None, Fault::NotObject)));
    }

    #[test]
    fn a_credential_is_not_shown() {
        let one = json!({"name": "n", "type": "secret", "secret_value": "hunter2"});
        let credential = Credential::read(one.clone()).unwrap();
        assert_eq!(format!("{credential:?}"), "Credential(…)");
        assert_eq!(credential.to_value(), one);
    }
}
