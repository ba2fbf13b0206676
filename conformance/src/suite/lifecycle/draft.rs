//! Credentials to be created: plain data that shrinks, and the request bodies they become.

use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy},
    prop_oneof,
    sample::select,
    strategy::SBoxedStrategy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::secret::canary::{Class, Draw};

/// Texts that servers trim, escape, fold, cut or misread.
const DELICATE: [&str; 14] = [
    " padded ",
    "MiXed Case",
    "<b>&amp;\"'</b>",
    "Zoë Kraków 東京",
    "naïve 😀",
    "100% _under_ \\ back/slash",
    "tab\tnew\nline",
    "O'Brien; DROP TABLE",
    "null",
    "0012",
    "{\"json\": true}",
    "e\u{301} combining",
    "${name} {{name}} %s",
    "a name of more than sixty-four characters, which is where a column may end",
];

/// A credential that the document allows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Draft {
    /// What follows the unique part of the name.
    pub(super) suffix: String,
    pub(super) kind: Kind,
}

/// What differs between the types; secrets are made up from nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Kind {
    Password {
        username: String,
        totp_type: Option<String>,
        totp_identifier: Option<String>,
    },
    Card {
        number: String,
        brand: String,
    },
    Secret {
        label: Option<String>,
    },
}

impl Draft {
    /// A draft without anything delicate about it.
    pub(super) fn plain(kind: Kind) -> Self {
        Self {
            suffix: String::new(),
            kind,
        }
    }

    /// A password credential of this user.
    pub(super) fn password(username: &str) -> Self {
        Self::plain(Kind::Password {
            username: username.to_owned(),
            totp_type: None,
            totp_identifier: None,
        })
    }

    /// A card of this number and brand.
    pub(super) fn card(number: &str, brand: &str) -> Self {
        Self::plain(Kind::Card {
            number: number.to_owned(),
            brand: brand.to_owned(),
        })
    }

    /// A secret of this label.
    pub(super) fn secret(label: Option<&str>) -> Self {
        Self::plain(Kind::Secret {
            label: label.map(str::to_owned),
        })
    }

    /// With this after the unique part of the name.
    pub(super) fn suffixed(mut self, suffix: &str) -> Self {
        suffix.clone_into(&mut self.suffix);
        self
    }

    /// The body of a create or update under `name`, with secrets of its own.
    pub(super) fn body(&self, name: &str) -> Value {
        let canary = |class| Draw::of(&[name.as_bytes()]).value(class, &[]);
        let (kind, credential) = match &self.kind {
            Kind::Password {
                username,
                totp_type,
                totp_identifier,
            } => {
                let mut members = Map::new();
                members.insert("username".into(), json!(username));
                members.insert("password".into(), json!(canary(Class::Plain)));
                if let Some(totp_type) = totp_type {
                    members.insert("totp_type".into(), json!(totp_type));
                    if totp_type == "authenticator" {
                        members.insert("totp".into(), json!(canary(Class::Base32)));
                    }
                }
                if let Some(identifier) = totp_identifier {
                    members.insert("totp_identifier".into(), json!(identifier));
                }
                ("password", Value::Object(members))
            }
            Kind::Card { number, brand } => (
                "credit_card",
                json!({"card_number": number, "card_cvv": "123", "card_exp_month": "01",
                    "card_exp_year": "2031", "card_brand": brand,
                    "card_holder_name": "Conformance Test"}),
            ),
            Kind::Secret { label } => {
                let mut members = Map::new();
                members.insert("secret_value".into(), json!(canary(Class::Plain)));
                if let Some(label) = label {
                    members.insert("secret_label".into(), json!(label));
                }
                ("secret", Value::Object(members))
            }
        };
        json!({"name": name, "credential_type": kind, "credential": credential})
    }

    /// A text of it, beside the name, that a search should find.
    pub(super) fn searchable(&self) -> Option<&str> {
        match &self.kind {
            Kind::Password { username, .. } => Some(username),
            Kind::Card { brand, .. } => Some(brand),
            Kind::Secret { label } => label.as_deref(),
        }
    }
}

/// Drafts that go through each member that shows: every delicate text in every place.
pub(super) fn listed() -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for totp_type in ["authenticator", "email", "text", "passkey", "none"] {
        drafts.push(Draft::plain(Kind::Password {
            username: "ada@example.org".to_owned(),
            totp_type: Some(totp_type.to_owned()),
            totp_identifier: Some("+44 20 7946 0018".to_owned()),
        }));
    }
    drafts.push(Draft::secret(Some("")));
    for text in DELICATE {
        drafts.push(Draft::password(text).suffixed(text));
        drafts.push(Draft::secret(Some(text)));
    }
    drafts.push(Draft::plain(Kind::Password {
        username: "ada".to_owned(),
        totp_type: Some("email".to_owned()),
        totp_identifier: Some(" Ada@Example.org ".to_owned()),
    }));
    drafts
}

/// Cards whose ends are easily mistaken for numbers, and brands of all sorts.
pub(super) fn cards() -> Vec<Draft> {
    [
        ("5555555555554444", "mastercard"),
        ("4000000000000007", "Visa"),
        ("4242424242420000", "American Express"),
        ("6011000990139424", "discover"),
        ("36227206270042", "Diners Club"),
        ("4111 1111 1111 0011", "visa "),
        ("123", "other"),
    ]
    .into_iter()
    .map(|(number, brand)| Draft::card(number, brand))
    .collect()
}

/// A text of at least one character.
fn text() -> SBoxedStrategy<String> {
    prop_oneof![
        3 => "[a-zA-Z0-9][a-zA-Z0-9 @.-]{0,11}",
        3 => select(DELICATE.as_slice()).prop_map(str::to_owned),
        1 => "\\PC{1,12}",
    ]
    .sboxed()
}

/// Any draft.
pub(super) fn any() -> SBoxedStrategy<Draft> {
    let totp_type = select(vec!["authenticator", "email", "text", "passkey", "none"]);
    let password = (
        text(),
        option::of(totp_type.prop_map(str::to_owned)),
        option::of(text()),
    )
        .prop_map(|(username, totp_type, totp_identifier)| Kind::Password {
            username,
            totp_type,
            totp_identifier,
        });
    let brand = select(vec!["visa", "Mastercard", "amex"]).prop_map(str::to_owned);
    let number = prop_oneof!["[1-9][0-9]{11,14}0[0-9]{3}", "[1-9][0-9]{15}"];
    let card = (number, brand).prop_map(|(number, brand)| Kind::Card { number, brand });
    let secret = option::of(text()).prop_map(|label| Kind::Secret { label });
    let suffix = prop_oneof![
        Just(String::new()),
        text().prop_map(|text| format!(" {text}"))
    ];
    (suffix, prop_oneof![password, card, secret])
        .prop_map(|(suffix, kind)| Draft { suffix, kind })
        .sboxed()
}

/// Several drafts.
pub(super) fn several() -> impl Strategy<Value = Vec<Draft>> {
    vec(any(), 2..=4)
}
