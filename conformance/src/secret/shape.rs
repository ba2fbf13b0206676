//! What a secret member usually holds, told by its name and its schema: a card number, a TOTP key,
//! a month. It decides which values are made up for it.

use serde_json::Value;

use super::canary::Class;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Any text: a password, a token, a note.
    Text,
    /// The number of a payment card.
    CardNumber,
    /// Three or four digits printed on a card.
    VerificationCode,
    /// `01` to `12`.
    Month,
    /// Four digits.
    Year,
    /// A key from which one-time codes are made.
    TotpKey,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The whole body of a request with secrets: only digests of it tell something of them.
    Body,
}

impl Shape {
    /// The shape of the member `name` under `schema`. Card numbers, codes, months and keys are told
    /// by the names that payment and identity APIs give them.
    pub fn of(name: &str, schema: Option<&Value>) -> Self {
        let keyword = |key: &str| schema.and_then(|one| one.get(key)).and_then(Value::as_str);
        if keyword("contentEncoding") == Some("base32") {
            return Self::TotpKey;
        }
        if keyword("format") == Some("email") {
            return Self::Email;
        }
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|one| one.to_ascii_lowercase())
            .collect();
        let has = |parts: &[&str]| parts.iter().any(|part| plain.contains(part));
        if has(&["totp", "otpsecret", "otpkey"]) {
            Self::TotpKey
        } else if has(&["cardnumber", "pannumber"]) || plain == "pan" {
            Self::CardNumber
        } else if has(&["cvv", "cvc", "securitycode"]) {
            Self::VerificationCode
        } else if has(&["expmonth", "expirymonth", "expirationmonth"]) {
            Self::Month
        } else if has(&["expyear", "expiryyear", "expirationyear"]) {
            Self::Year
        } else if has(&["email"]) {
            Self::Email
        } else if has(&["phone"]) {
            Self::Phone
        } else {
            Self::Text
        }
    }

    /// The classes of values that the field takes, the plainest first.
    pub fn classes(self) -> &'static [Class] {
        match self {
            Self::Text => &[
                Class::Plain,
                Class::Quoted,
                Class::Unicode,
                Class::Padded,
                Class::Long,
                Class::Digits,
                Class::Short,
                Class::EmailLike,
            ],
            Self::CardNumber => &[Class::Card, Class::CardSeparated],
            Self::VerificationCode => &[Class::VerificationCode],
            Self::Month => &[Class::Month],
            Self::Year => &[Class::Year],
            Self::TotpKey => &[Class::Base32, Class::OtpAuth],
            Self::Email => &[Class::EmailLike],
            Self::Phone => &[Class::Phone],
            Self::Body => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_schemas_tell_the_shape() {
        let shapes = [
            ("password", Shape::Text),
            ("card_number", Shape::CardNumber),
            ("card_cvv", Shape::VerificationCode),
            ("card_exp_month", Shape::Month),
            ("cardExpYear", Shape::Year),
            ("totp", Shape::TotpKey),
            ("billing_email", Shape::Email),
            ("billing_phone", Shape::Phone),
            ("secret_value", Shape::Text),
        ];
        for (name, shape) in shapes {
            assert_eq!(Shape::of(name, None), shape, "{name}");
        }
        let key = json!({"contentEncoding": "base32"});
        assert_eq!(Shape::of("seed", Some(&key)), Shape::TotpKey);
    }
}
