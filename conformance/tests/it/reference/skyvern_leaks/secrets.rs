//! Two sets of secrets, and the requests with them. They differ in content, length, alphabet, order,
//! and in which of them are equal; nothing else of the requests differs.

use serde_json::{Value, json};

/// The secrets of a run.
pub(super) struct Secrets {
    pub(super) password: &'static str,
    /// Of the second password credential.
    pub(super) twin: &'static str,
    /// Of the third one, whose name is public.
    pub(super) named: &'static str,
    /// What the first one is updated to.
    pub(super) changed: &'static str,
    pub(super) totp: Option<&'static str>,
    pub(super) metadata: &'static [(&'static str, &'static str)],
    pub(super) value: &'static str,
    pub(super) wide: &'static str,
    pub(super) number: &'static str,
    pub(super) cvv: &'static str,
    pub(super) month: &'static str,
    pub(super) year: &'static str,
    pub(super) holder: &'static str,
    pub(super) email: &'static str,
    pub(super) phone: &'static str,
    pub(super) city: &'static str,
    pub(super) postal_code: &'static str,
    pub(super) token: &'static str,
}

pub(super) static FIRST: Secrets = Secrets {
    password: "qZ7-window-Lamp",
    twin: "qZ7-window-Lamp",
    named: "in Public it is 1",
    changed: "qZ7-window-Lamp",
    totp: None,
    metadata: &[("ward", "q-meta-one")],
    value: "needle-8-in-hay",
    wide: "w1de",
    number: "4929102938470042",
    cvv: "907",
    month: "03",
    year: "2021",
    holder: "Quill Zephyr",
    email: "quill@zephyr.example",
    phone: "+31 555 0142",
    city: "Oudezand",
    postal_code: "QZ 88 1",
    token: "tok-Zx81",
};

pub(super) static SECOND: Secrets = Secrets {
    password: "drowsy BADGER",
    twin: "Plum",
    named: "nothing of the kind 22",
    changed: "kettle & Sons 33",
    totp: Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
    metadata: &[("moat", "m-meta-two"), ("keep", "x")],
    value: "a pin",
    wide: "größer: 😀 und länger als die andere, denn sie braucht hundert Bytes und noch ein paar \
           mehr davon, bis es reicht.",
    number: "5105 1051 0510 50042",
    cvv: "1234",
    month: "11",
    year: "2031",
    holder: "Vera van der Ode",
    email: "vera.ode@mail.example.org",
    phone: "0044 7700 900118",
    city: "Ü",
    postal_code: "1017",
    token: "another-token-of-another-length",
};

impl Secrets {
    pub(super) fn texts(&self) -> [&'static str; 10] {
        [
            self.password,
            self.value,
            self.wide,
            &self.number[..12],
            self.holder,
            self.email,
            self.phone,
            self.city,
            self.postal_code,
            self.token,
        ]
    }

    pub(super) fn login(&self, name: &str, password: &str) -> Value {
        let metadata: Value = self
            .metadata
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect::<serde_json::Map<String, Value>>()
            .into();
        json!({
            "name": name,
            "credential_type": "password",
            "credential": {
                "username": "in Public it is 1", "password": password,
                "totp": self.totp, "metadata": metadata,
            },
        })
    }

    pub(super) fn card(&self) -> Value {
        json!({
            "name": "Card",
            "credential_type": "credit_card",
            "credential": {
                "card_number": self.number, "card_cvv": self.cvv, "card_exp_month": self.month,
                "card_exp_year": self.year, "card_brand": "Visa", "card_holder_name": self.holder,
                "billing_email": self.email, "billing_phone": self.phone,
                "billing_address": {"city": self.city, "postal_code": self.postal_code},
            },
        })
    }

    pub(super) fn secret(&self, label: Option<&str>) -> Value {
        json!({
            "name": "Secret",
            "credential_type": "secret",
            "credential": {"secret_value": self.value, "secret_label": label},
        })
    }

    pub(super) fn wide(&self) -> Value {
        json!({
            "name": "Wide",
            "credential_type": "secret",
            "credential": {"secret_value": self.wide, "secret_label": "wide"},
        })
    }
}
