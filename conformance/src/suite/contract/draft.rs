//! Credentials to be stored: plain ones, ones with every optional member, and ones whose texts are
//! easily lost on the way.

use proptest::{
    collection::btree_map,
    prelude::{Just, Strategy, any},
    prop_oneof,
    strategy::SBoxedStrategy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A create without its name, members in the order in which Skyvern writes them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// What follows the unique part of the name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    /// From `type` on.
    pub(super) members: Map<String, Value>,
}

/// Stands for the unique part of the name.
const UNIQUE: &str = "@NAME@";
/// The members of a card that are texts.
pub(super) const CARD: [&str; 6] = [
    "card_holder_name",
    "card_number",
    "card_exp_month",
    "card_exp_year",
    "card_cvv",
    "card_brand",
];
const ADDRESS: [&str; 8] = [
    "line1",
    "line2",
    "city",
    "state",
    "state_code",
    "postal_code",
    "country",
    "country_code",
];
pub(super) const TOTP_TYPES: [&str; 5] = ["authenticator", "email", "text", "passkey", "none"];

impl Draft {
    fn of(members: Value) -> Self {
        let members = match members {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        let name = String::new();
        Self { name, members }
    }

    /// A user name and a password, without more.
    pub(super) fn password() -> Self {
        Self::of(
            json!({"type": "password", "username": "ada", "password": "hunter2",
            "totp": null, "totp_type": "none"}),
        )
    }

    /// A card, without more.
    pub(super) fn card() -> Self {
        Self::of(
            json!({"type": "credit_card", "card_holder_name": "Ada Lovelace",
            "card_number": "5105105105105100", "card_exp_month": "11", "card_exp_year": "2031",
            "card_cvv": "737", "card_brand": "mastercard"}),
        )
    }

    /// A secret, without more.
    pub(super) fn secret() -> Self {
        Self::of(json!({"type": "secret", "secret_value": "example"}))
    }

    /// One of each type.
    pub(super) fn plain() -> [Self; 3] {
        [Self::password(), Self::card(), Self::secret()]
    }

    /// One of each type, with every member that there is.
    pub(super) fn whole() -> [Self; 3] {
        let address: Map<String, Value> = ADDRESS
            .into_iter()
            .map(|part| (part.to_owned(), format!("the {part}").into()))
            .collect();
        [
            Self::password()
                .with("totp", json!("KRUGKIDROVUWG2ZA"))
                .with("totp_type", json!("authenticator"))
                .with("metadata", json!({"site": "shop", "floor": "third"})),
            Self::card()
                .with("billing_address", Value::Object(address))
                .with("billing_email", json!("ada@example.org"))
                .with("billing_phone", json!("+442071234567"))
                .with("metadata", json!({"owner": "research"})),
            Self::secret().with("secret_label", json!("staging")),
        ]
    }

    /// The same with another member, or another value of it.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The same without a member.
    #[must_use]
    pub(super) fn without(mut self, name: &str) -> Self {
        self.members.shift_remove(name);
        self
    }

    /// The same with more to its name.
    #[must_use]
    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The body of the create; `unique` begins the name, and stands for [`UNIQUE`] in texts.
    pub(super) fn body(&self, unique: &str) -> Value {
        let mut body = Map::new();
        body.insert("name".to_owned(), format!("{unique}{}", self.name).into());
        for (name, value) in &self.members {
            let value = match value {
                Value::String(text) if text.contains(UNIQUE) => text.replace(UNIQUE, unique).into(),
                other => other.clone(),
            };
            body.insert(name.clone(), value);
        }
        Value::Object(body)
    }

    /// A password that no other credential has.
    pub(super) fn unique() -> Self {
        Self::password().with("password", json!(UNIQUE))
    }

    /// Number `number` of many, each with texts of its own.
    pub(super) fn numbered(number: usize) -> Self {
        match number % 3 {
            0 => Self::password()
                .with("username", json!(format!("user{number}@example.org")))
                .with("password", json!(format!("word {number} of many"))),
            1 => Self::card().with("card_number", json!(format!("{:016}", 4_000_000 + number))),
            _ => Self::secret().with("secret_value", json!(format!("value-{number}"))),
        }
    }

    /// One of each type with `text` in every member that takes any.
    pub(super) fn holding(text: &str) -> [Self; 3] {
        let text = json!(text);
        [
            Self::password()
                .with("username", text.clone())
                .with("password", text.clone())
                .with("metadata", json!({"note": text})),
            Self::card()
                .with("card_holder_name", text.clone())
                .with("card_brand", text.clone())
                .with("billing_address", json!({"line1": text})),
            Self::secret()
                .with("secret_value", text.clone())
                .with("secret_label", text),
        ]
    }
}

/// Credentials that Skyvern sends, one feature at a time.
pub(super) fn sent() -> Vec<Draft> {
    let mut drafts = [Draft::plain(), Draft::whole()].concat();
    drafts.push(Draft::secret().with("secret_label", json!("")));
    drafts.push(
        Draft::card()
            .with("billing_email", json!(""))
            .with("billing_phone", json!("")),
    );
    drafts.push(Draft::card().with("billing_address", json!({})));
    drafts.push(Draft::password().named(" \u{1f512} Zoë's <shop>/&?#%20"));
    drafts.push(Draft::secret().named(&"n".repeat(2000)));
    drafts.extend(totp());
    drafts
}

/// Each way of a second factor.
pub(super) fn totp() -> Vec<Draft> {
    let with = |kind: &str| Draft::password().with("totp_type", json!(kind));
    let mut drafts: Vec<Draft> = TOTP_TYPES.into_iter().map(with).collect();
    drafts.push(with("authenticator").with("totp", json!("JBSWY3DPEHPK3PXP")));
    let uri = "otpauth://totp/Shop:ada@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Shop";
    drafts.push(with("authenticator").with("totp", json!(uri)));
    drafts
}

/// Without members that Skyvern always sends.
pub(super) fn without_optionals() -> Vec<Draft> {
    vec![
        Draft::password().without("totp"),
        Draft::password().without("totp_type"),
        Draft::password().without("totp").without("totp_type"),
    ]
}

/// Billing data, together and alone.
pub(super) fn billing() -> Vec<Draft> {
    let mut drafts = vec![Draft::whole()[1].clone()];
    for part in ADDRESS {
        drafts.push(Draft::card().with("billing_address", json!({ part: "somewhere" })));
    }
    for name in ["billing_email", "billing_phone"] {
        drafts.push(Draft::card().with(name, json!("+1 555 0100")));
    }
    drafts
}

/// Metadata of passwords and cards.
pub(super) fn metadata() -> Vec<Draft> {
    let many: Map<String, Value> = (0..20)
        .map(|number| (format!("key{number}"), format!("value {number}").into()))
        .collect();
    let all = [
        json!({"site": "shop"}),
        json!({"a": "1", "b": "two", "c": "three"}),
        json!({"Größe": "gro\u{df}", "with space": "x", "dotted.key": "y", "a/b~c": "z"}),
        json!({"id": "not the id", "type": "not the type", "password": "not the password"}),
        Value::Object(many),
    ];
    all.into_iter()
        .flat_map(|metadata| {
            [Draft::password(), Draft::card()].map(|draft| draft.with("metadata", metadata.clone()))
        })
        .collect()
}

/// Members that are empty texts, where Skyvern sends such.
pub(super) fn empty() -> Vec<Draft> {
    vec![
        Draft::secret().with("secret_label", json!("")),
        Draft::card().with("billing_phone", json!("")),
        Draft::card().with("billing_email", json!("")),
        Draft::card().with("billing_address", json!({"line1": "here", "line2": ""})),
        Draft::card().with("metadata", json!({"note": ""})),
        Draft::password().with("metadata", json!({"note": "", "more": "x"})),
    ]
}

/// Texts that are easily lost, by what they are lost for.
pub(super) mod texts {
    pub(in super::super) const WHITE_SPACE: [&str; 8] = [
        " before",
        "behind ",
        " both ",
        "in  between",
        "   ",
        "no\u{a0}break",
        "\u{3000}wide\u{3000}",
        "thin\u{2009}and\u{2003}em",
    ];
    pub(in super::super) const LINE_ENDS: [&str; 9] = [
        "one\r\ntwo\r\n",
        "one\ntwo\n",
        "one\rtwo",
        "a\ttab",
        "nul\0inside",
        "nul at the end\0",
        "bell\u{7} escape\u{1b}[0m",
        "delete\u{7f} next line\u{85}",
        "\n",
    ];
    pub(in super::super) const SCRIPTS: [&str; 12] = [
        "Zo\u{eb}",
        "Zoe\u{308}",
        "\u{c5}\u{212b}A\u{30a}",
        "\u{65e5}\u{672c}\u{8a9e}",
        "\u{1f600}",
        "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308} flag",
        "\u{feff}mark",
        "zero\u{200b}width",
        "\u{fb01}n\u{2460}",
        "\u{10ffff}\u{fffd}",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}abc",
        "\u{2028}lines\u{2029}",
    ];
    pub(in super::super) const MARKS: [&str; 12] = [
        "\"double\"",
        "it's 'single'",
        "back\\slash\\\\",
        "a&b<c>d",
        "&amp;&lt;&#65;",
        "1+1=2",
        "100%25 %20 %zz",
        "#hash?query=1;semi",
        "\\n \\u0041 \\x41",
        "${HOME} {{x}} $(id) `id`",
        "'; DROP TABLE users; --",
        "[1,2] {\"a\": 1}",
    ];
    pub(in super::super) const DIGITS: [&str; 9] = [
        "007",
        "0000",
        "12345678901234567890",
        "1e5",
        "1.0",
        "-0",
        "+44",
        "0x1F",
        "9007199254740993",
    ];
    pub(in super::super) const LETTERS: [&str; 4] = [
        "MiXeD CaSe",
        "UPPER",
        "\u{130}stanbul \u{131}",
        "Stra\u{df}e \u{3a3}\u{3c2}",
    ];
    /// Lengths at which texts are often cut, each by one too many.
    pub(in super::super) const LENGTHS: [usize; 6] = [256, 513, 1025, 4097, 8193, 10_000];
}

/// A text of so many characters of which no two parts are equal.
pub(super) fn long(length: usize) -> String {
    let words = (0..).map(|number: usize| format!("{number}."));
    let mut text = String::new();
    for word in words {
        if text.len() >= length {
            break;
        }
        text.push_str(&word);
    }
    text.truncate(length);
    text
}

/// Any text: plain, of what is easily lost, or of anything.
fn any_text() -> impl Strategy<Value = String> {
    let listed: Vec<&'static str> = [
        &texts::WHITE_SPACE[..],
        &texts::LINE_ENDS,
        &texts::SCRIPTS,
        &texts::MARKS,
        &texts::DIGITS,
        &texts::LETTERS,
    ]
    .concat();
    prop_oneof![
        3 => "[a-z]{1,12}",
        3 => proptest::sample::select(listed).prop_map(str::to_owned),
        3 => proptest::collection::vec(any::<char>(), 1..24)
            .prop_map(|all| all.into_iter().collect::<String>()),
        1 => "[!-~ ]{1,40}",
        1 => (200usize..5000).prop_map(long),
    ]
}

/// Any credential that Skyvern might send.
pub(super) fn any_draft() -> SBoxedStrategy<Draft> {
    let texts = || {
        proptest::option::of(btree_map("[a-zA-Z]{1,8}", any_text(), 1..4))
            .prop_map(|all| all.map(|all| json!(all)))
    };
    let maybe = |draft: Draft, name: &str, value: Option<Value>| match value {
        Some(value) => draft.with(name, value),
        None => draft,
    };
    let password = (
        any_text(),
        any_text(),
        proptest::option::of("[A-Z2-7]{16,32}"),
        proptest::sample::select(&TOTP_TYPES[..]),
        texts(),
    )
        .prop_map(move |(username, password, totp, totp_type, metadata)| {
            let draft = Draft::password()
                .with("username", json!(username))
                .with("password", json!(password))
                .with("totp", json!(totp))
                .with("totp_type", json!(totp_type));
            maybe(draft, "metadata", metadata)
        });
    let address = proptest::option::of(btree_map(
        proptest::sample::select(&ADDRESS[..]),
        any_text(),
        0..4,
    ))
    .prop_map(|all| all.map(|all| json!(all)));
    let card = (
        proptest::collection::vec(any_text(), CARD.len()),
        address,
        proptest::option::of(any_text()),
        texts(),
    )
        .prop_map(move |(values, address, phone, metadata)| {
            let mut draft = Draft::card();
            for (name, value) in CARD.into_iter().zip(values) {
                draft = draft.with(name, json!(value));
            }
            let draft = maybe(draft, "billing_address", address);
            let draft = maybe(draft, "billing_phone", phone.map(Value::from));
            maybe(draft, "metadata", metadata)
        });
    let secret = (any_text(), proptest::option::of(any_text())).prop_map(move |(value, label)| {
        let draft = Draft::secret().with("secret_value", json!(value));
        maybe(draft, "secret_label", label.map(Value::from))
    });
    (
        prop_oneof![password, card, secret],
        prop_oneof![4 => Just(String::new()), 1 => any_text()],
    )
        .prop_map(|(draft, name)| draft.named(&name))
        .sboxed()
}
