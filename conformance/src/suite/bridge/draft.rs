//! Credentials to be submitted: plain data that shrinks, and the request bodies they become. Every
//! secret is made up anew for each name, so that it can be told from every other.

use proptest::{
    option,
    prelude::{Just, Strategy, any as arbitrary},
    prop_oneof,
    sample::select,
    strategy::SBoxedStrategy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    digest,
    secret::canary::{Class, Draw},
};

/// A credential that the document allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    /// What the secrets look like.
    pub(super) dress: Dress,
}

/// What differs between the types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Password {
        /// Of what type, and whether its key is submitted.
        totp: Option<(String, bool)>,
        identifier: bool,
        metadata: bool,
    },
    Card {
        billing: Billing,
        metadata: bool,
    },
    Secret {
        label: Option<String>,
    },
}

/// What is submitted of billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Billing {
    None,
    Whole,
    /// With nulls in it and beside it.
    WithNulls,
    /// An e-mail and a telephone number that are empty.
    Empty,
}

/// What layers between a form and a database trim, escape, fold, cut or misread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Dress {
    Plain,
    Padded,
    Quoted,
    Markup,
    Backslashed,
    /// CR LF and tab.
    Lines,
    Unicode,
    /// A composed and a decomposed accent.
    Accents,
    /// Characters beyond the basic plane.
    Astral,
    Long,
}

impl Dress {
    pub(super) const ALL: [Self; 10] = [
        Self::Plain,
        Self::Padded,
        Self::Quoted,
        Self::Markup,
        Self::Backslashed,
        Self::Lines,
        Self::Unicode,
        Self::Accents,
        Self::Astral,
        Self::Long,
    ];

    /// `text` in this dress.
    fn of(self, text: &str) -> String {
        match self {
            Self::Plain | Self::Quoted | Self::Unicode | Self::Long => text.to_owned(),
            Self::Padded => format!("  {text} "),
            Self::Markup => format!("<b>{text}&amp;\"'"),
            Self::Backslashed => format!("{text}\\n\\u0041\\"),
            Self::Lines => format!("{text}\r\n\tend"),
            Self::Accents => format!("{text} \u{e9} e\u{301}"),
            Self::Astral => format!("{text} \u{1f600}\u{1d4b3}"),
        }
    }

    /// A public `text` in a dress of the same kind. It shares nothing with a secret in this dress:
    /// it may come back.
    fn of_public(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Padded => format!(" {text}  "),
            Self::Quoted => format!("\"{text}'"),
            Self::Markup => format!("{text} <i>&lt;"),
            Self::Backslashed => format!("{text}\\t\\"),
            Self::Lines => format!("{text}\r\n."),
            Self::Unicode => format!("{text} Ж東"),
            Self::Accents => format!("{text} o\u{308}"),
            Self::Astral => format!("\u{1f40c} {text}"),
            Self::Long => format!("{text} {}", "and so on ".repeat(40)),
        }
    }

    fn class(self) -> Class {
        match self {
            Self::Quoted => Class::Quoted,
            Self::Unicode => Class::Unicode,
            Self::Long => Class::Long,
            _ => Class::Plain,
        }
    }
}

impl Draft {
    pub(super) fn password() -> Self {
        Self {
            kind: Kind::Password {
                totp: None,
                identifier: false,
                metadata: false,
            },
            dress: Dress::Plain,
        }
    }

    pub(super) fn card(billing: Billing) -> Self {
        Self {
            kind: Kind::Card {
                billing,
                metadata: false,
            },
            dress: Dress::Plain,
        }
    }

    pub(super) fn secret(label: Option<&str>) -> Self {
        Self {
            kind: Kind::Secret {
                label: label.map(str::to_owned),
            },
            dress: Dress::Plain,
        }
    }

    pub(super) fn dressed(mut self, dress: Dress) -> Self {
        self.dress = dress;
        self
    }

    /// The body of a create or update under `name`; `number` tells the updates of a name apart.
    pub(super) fn body(&self, name: &str, number: usize) -> Value {
        let made = Maker {
            name,
            number,
            dress: self.dress,
        };
        let (kind, credential) = match &self.kind {
            Kind::Password {
                totp,
                identifier,
                metadata,
            } => {
                let mut members = Map::new();
                let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
                put("username", json!(self.dress.of_public("Ada Lovelace")));
                put("password", json!(made.text("password")));
                if let Some((totp_type, with_key)) = totp {
                    put("totp_type", json!(totp_type));
                    if *with_key {
                        put("totp", json!(made.drawn("totp", Class::Base32)));
                    }
                }
                if *identifier {
                    put("totp_identifier", json!("+44 20 7946 0018"));
                }
                if *metadata {
                    put("metadata", made.metadata());
                }
                ("password", Value::Object(members))
            }
            Kind::Card { billing, metadata } => {
                let mut card = made.card();
                made.billing(*billing, &mut card);
                if *metadata {
                    card["metadata"] = made.metadata();
                }
                ("credit_card", card)
            }
            Kind::Secret { label } => {
                let mut secret = json!({"secret_value": made.text("secret_value")});
                if let Some(label) = label {
                    secret["secret_label"] = json!(label);
                }
                ("secret", secret)
            }
        };
        json!({"name": self.dress.of_public(name), "credential_type": kind, "credential": credential})
    }
}

/// Makes up the secrets of one body.
struct Maker<'a> {
    name: &'a str,
    number: usize,
    dress: Dress,
}

impl Maker<'_> {
    fn drawn(&self, field: &str, class: Class) -> String {
        let number = (self.number as u64).to_be_bytes();
        Draw::of(&[self.name.as_bytes(), field.as_bytes(), &number]).value(class, &[])
    }

    fn text(&self, field: &str) -> String {
        self.dress.of(&self.drawn(field, self.dress.class()))
    }

    fn metadata(&self) -> Value {
        json!({"note": self.text("note"), "Zweck": self.text("purpose")})
    }

    fn card(&self) -> Value {
        let mut number = self.drawn("card_number", Class::Card);
        if self.dress == Dress::Padded {
            let digits: Vec<char> = number.chars().collect();
            let groups: Vec<String> = digits
                .chunks(4)
                .map(|group| group.iter().collect())
                .collect();
            number = groups.join(" ");
        }
        // With a leading zero, which a number would lose.
        let month = 1 + digest::number(&[self.name.as_bytes()]) % 9;
        json!({
            "card_number": number,
            "card_cvv": self.drawn("card_cvv", Class::VerificationCode),
            "card_exp_month": format!("0{month}"),
            "card_exp_year": self.drawn("card_exp_year", Class::Year),
            "card_brand": "visa",
            "card_holder_name": self.text("card_holder_name"),
        })
    }

    fn billing(&self, billing: Billing, card: &mut Value) {
        let line = |name: &str| json!(self.text(name));
        match billing {
            Billing::None => {}
            Billing::Whole => {
                card["billing_address"] = json!({"line1": line("line1"), "line2": line("line2"),
                    "city": line("city"), "state": line("state"), "postal_code": line("postal_code"),
                    "country": line("country")});
                card["billing_email"] = json!(self.drawn("billing_email", Class::EmailLike));
                card["billing_phone"] = json!(self.drawn("billing_phone", Class::Phone));
            }
            Billing::WithNulls => {
                card["billing_address"] = json!({"line1": line("line1"), "line2": null,
                    "city": line("city"), "state": null});
                card["billing_email"] = Value::Null;
                card["billing_phone"] = json!(self.drawn("billing_phone", Class::Phone));
            }
            Billing::Empty => {
                card["billing_email"] = json!("");
                card["billing_phone"] = json!("");
            }
        }
    }
}

/// One of each type, with everything that can be submitted.
pub(super) fn whole() -> [Draft; 3] {
    [
        Draft {
            kind: Kind::Password {
                totp: Some(("authenticator".to_owned(), true)),
                identifier: true,
                metadata: true,
            },
            dress: Dress::Plain,
        },
        Draft {
            kind: Kind::Card {
                billing: Billing::Whole,
                metadata: true,
            },
            dress: Dress::Plain,
        },
        Draft::secret(Some("staging area")),
    ]
}

/// Drafts that go through what can be left out.
pub(super) fn sparse() -> Vec<Draft> {
    let mut drafts = vec![
        Draft::password(),
        Draft::secret(None),
        Draft::secret(Some("")),
    ];
    for totp_type in ["email", "text", "passkey", "none"] {
        drafts.push(Draft {
            kind: Kind::Password {
                totp: Some((totp_type.to_owned(), false)),
                identifier: totp_type != "none",
                metadata: false,
            },
            dress: Dress::Plain,
        });
    }
    for billing in [Billing::None, Billing::WithNulls, Billing::Empty] {
        drafts.push(Draft::card(billing));
    }
    drafts
}

/// Any draft.
pub(super) fn any() -> SBoxedStrategy<Draft> {
    let totp_type = select(vec!["email", "text", "passkey", "none"]);
    let totp = prop_oneof![
        1 => Just(None),
        1 => Just(Some(("authenticator".to_owned(), true))),
        1 => totp_type.prop_map(|totp_type| Some((totp_type.to_owned(), false))),
    ];
    let password = (totp, arbitrary::<bool>(), arbitrary::<bool>()).prop_map(
        |(totp, identifier, metadata)| Kind::Password {
            totp,
            identifier,
            metadata,
        },
    );
    let billing = select(vec![
        Billing::None,
        Billing::Whole,
        Billing::WithNulls,
        Billing::Empty,
    ]);
    let card = (billing, arbitrary::<bool>())
        .prop_map(|(billing, metadata)| Kind::Card { billing, metadata });
    let label = option::of(select(vec!["", " label ", "Étage"]).prop_map(str::to_owned));
    let secret = label.prop_map(|label| Kind::Secret { label });
    (
        prop_oneof![password, card, secret],
        select(Dress::ALL.as_slice()),
    )
        .prop_map(|(kind, dress)| Draft { kind, dress })
        .sboxed()
}
