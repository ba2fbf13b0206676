//! Puts the key, or what is sent in its place, into a request. The only place where the key is
//! read, besides the redaction.

use std::fmt;

use data_encoding::BASE64;
use zeroize::Zeroize;

use crate::{
    exchange::{Auth, Credential, encode_component},
    target::{AuthPlace, AuthScheme},
};

/// A text that must not be shown: it has no `Display`, its `Debug` says nothing, and it is zeroed
/// when dropped.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for sending and for searching.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Adds to target and headers what `auth` asks for. Without a scheme or a key, nothing of the key.
pub(super) fn apply(
    scheme: Option<&AuthScheme>,
    key: Option<&Secret>,
    auth: &Auth,
    target: &mut String,
    headers: &mut Vec<(String, Vec<u8>)>,
) {
    let Some(scheme) = scheme else {
        return;
    };
    let key = key.map_or("", Secret::expose);
    let value = match auth {
        Auth::None => return,
        Auth::Given if key.is_empty() => return,
        Auth::Given => key.to_owned(),
        Auth::Instead(instead) => match instead {
            Credential::InQuery => {
                return put(&AuthPlace::Query(name(scheme)), key, target, headers);
            }
            Credential::AsBearer => return put(&AuthPlace::Bearer, key, target, headers),
            Credential::InCookie => {
                return put(&AuthPlace::Cookie(name(scheme)), key, target, headers);
            }
            Credential::InHeader(name) => {
                return put(&AuthPlace::Header(name.clone()), key, target, headers);
            }
            Credential::Around { before, after } => {
                let value = format!("{before}{key}{after}");
                let place = AuthPlace::Header("authorization".to_owned());
                return put(&place, &value, target, headers);
            }
            other => changed(key, other),
        },
    };
    put(&scheme.place, &value, target, headers);
}

/// The name under which the key would go in another place.
fn name(scheme: &AuthScheme) -> String {
    match &scheme.place {
        AuthPlace::Header(name) | AuthPlace::Query(name) | AuthPlace::Cookie(name) => name.clone(),
        AuthPlace::Bearer | AuthPlace::Basic => "access_token".to_owned(),
    }
}

fn put(place: &AuthPlace, value: &str, target: &mut String, headers: &mut Vec<(String, Vec<u8>)>) {
    match place {
        AuthPlace::Header(name) => headers.push((name.clone(), value.into())),
        AuthPlace::Bearer => {
            headers.push(("authorization".to_owned(), format!("Bearer {value}").into()));
        }
        AuthPlace::Basic => {
            let value = BASE64.encode(value.as_bytes());
            headers.push(("authorization".to_owned(), format!("Basic {value}").into()));
        }
        AuthPlace::Cookie(name) => {
            headers.push(("cookie".to_owned(), format!("{name}={value}").into()));
        }
        AuthPlace::Query(name) => {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&encode_component(name));
            target.push('=');
            target.push_str(&encode_component(value));
        }
    }
}

/// Whether what should be sent in the place of the key is the key after all.
pub(super) fn changes_nothing(key: Option<&Secret>, auth: &Auth) -> bool {
    let key = key.map_or("", Secret::expose);
    *auth == Auth::Instead(Credential::OtherCase) && changed(key, &Credential::OtherCase) == key
}

/// The key with something wrong about it.
fn changed(key: &str, how: &Credential) -> String {
    let without = |skip: usize| key.chars().skip(skip).collect::<String>();
    match how {
        Credential::Empty => String::new(),
        Credential::Blank => " ".to_owned(),
        Credential::Wrong => wrong(key),
        Credential::WithoutFirst => without(1),
        Credential::WithoutLast => {
            let mut text = key.to_owned();
            text.pop();
            text
        }
        Credential::Lengthened => format!("{key}0"),
        Credential::OtherCase => key.chars().map(other_case).collect(),
        Credential::Text(text) => text.clone(),
        Credential::InQuery
        | Credential::AsBearer
        | Credential::InCookie
        | Credential::InHeader(_)
        | Credential::Around { .. } => key.to_owned(),
    }
}

fn other_case(character: char) -> char {
    if character.is_ascii_uppercase() {
        character.to_ascii_lowercase()
    } else {
        character.to_ascii_uppercase()
    }
}

/// Other characters of the same kinds: every letter and digit is moved on by seven and three.
fn wrong(key: &str) -> String {
    let moved = |character: char| {
        let turn = |first: u8, count: u8, by: u8| {
            char::from(first + (character as u8 - first + by) % count)
        };
        match character {
            'a'..='z' => turn(b'a', 26, 7),
            'A'..='Z' => turn(b'A', 26, 7),
            '0'..='9' => turn(b'0', 10, 3),
            other => other,
        }
    };
    if key.is_empty() {
        return "wrong-key".to_owned();
    }
    key.chars().map(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(auth: &Auth) -> (String, Vec<(String, String)>) {
        let scheme = AuthScheme {
            place: AuthPlace::Header("x-api-key".into()),
            required: true,
        };
        let key = Secret::new("Ab1-zZ9".into());
        let (mut target, mut headers) = ("/a?b=c".to_owned(), Vec::new());
        apply(Some(&scheme), Some(&key), auth, &mut target, &mut headers);
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8(value).unwrap()))
            .collect();
        (target, headers)
    }

    #[test]
    fn each_wrong_key_differs_from_the_right_one() {
        use Credential::*;
        let value = |how| sent(&Auth::Instead(how)).1[0].1.clone();
        assert_eq!(value(Empty), "");
        assert_eq!(value(Blank), " ");
        assert_eq!(value(Wrong), "Hi4-gG2");
        assert_eq!(value(WithoutLast), "Ab1-zZ");
        assert_eq!(value(WithoutFirst), "b1-zZ9");
        assert_eq!(value(Lengthened), "Ab1-zZ90");
        assert_eq!(value(OtherCase), "aB1-Zz9");
    }

    #[test]
    fn the_key_goes_where_it_is_told() {
        let (target, headers) = sent(&Auth::Instead(Credential::InQuery));
        assert_eq!(
            (target.as_str(), headers.len()),
            ("/a?b=c&x-api-key=Ab1-zZ9", 0)
        );
        let (_, headers) = sent(&Auth::Instead(Credential::AsBearer));
        assert_eq!(headers[0].1, "Bearer Ab1-zZ9");
        let (_, headers) = sent(&Auth::Instead(Credential::InCookie));
        assert_eq!(headers[0], ("cookie".into(), "x-api-key=Ab1-zZ9".into()));
        let (_, headers) = sent(&Auth::Instead(Credential::InHeader("x-other".into())));
        assert_eq!(headers[0], ("x-other".into(), "Ab1-zZ9".into()));
        let around = Credential::Around {
            before: "Basic ".into(),
            after: ", x".into(),
        };
        let (_, headers) = sent(&Auth::Instead(around));
        assert_eq!(
            headers[0],
            ("authorization".into(), "Basic Ab1-zZ9, x".into())
        );
        assert_eq!(sent(&Auth::Given).1[0].1, "Ab1-zZ9");
        assert!(sent(&Auth::None).1.is_empty());
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret(…)");
    }

    #[test]
    fn a_key_without_letters_has_no_other_case() {
        let other_case = Auth::Instead(Credential::OtherCase);
        let is_same = |key: &str| changes_nothing(Some(&Secret::new(key.to_owned())), &other_case);
        assert!(is_same("0123-4567"));
        assert!(!is_same("0123-abcd"));
    }
}
