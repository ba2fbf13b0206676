//! The secrets of a scenario, and the same with one property changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::Pointer;

use crate::{
    check::redaction::Field,
    digest,
    secret::{
        canary::{Class, Draw, luhn_digit},
        shape::Shape,
    },
};

/// In what the secrets of two runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Property {
    /// Other characters of the same kinds, equally many.
    Content,
    /// More characters.
    Length,
    /// Digits only.
    Digits,
    /// Quotes, backslashes and the like among them.
    Quotes,
    /// Letters beyond ASCII among them.
    Letters,
    /// Spaces around them, or separators between them.
    Spaces,
    /// An update sends those of before again.
    SameAsBefore,
    /// Two credentials have the same.
    SameAsNeighbour,
    /// The name of the credential is the secret.
    SameAsName,
    /// Which of two credentials has the greater.
    Order,
}

impl Property {
    /// Every property; those first that show most.
    pub(super) const ALL: [Self; 10] = [
        Self::Content,
        Self::Length,
        Self::SameAsBefore,
        Self::SameAsNeighbour,
        Self::Order,
        Self::Digits,
        Self::Quotes,
        Self::Letters,
        Self::Spaces,
        Self::SameAsName,
    ];

    /// The word in case ids.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Length => "length",
            Self::Digits => "digits",
            Self::Quotes => "quotes",
            Self::Letters => "letters",
            Self::Spaces => "spaces",
            Self::SameAsBefore => "same_as_before",
            Self::SameAsNeighbour => "same_as_neighbour",
            Self::SameAsName => "same_as_name",
            Self::Order => "order",
        }
    }

    /// What it is of a secret.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Length => "length",
            Self::Digits | Self::Quotes | Self::Letters => "alphabet",
            Self::Spaces => "white space or separators",
            Self::SameAsBefore => "equality with its earlier value",
            Self::SameAsNeighbour => "equality with that of another credential",
            Self::SameAsName => "equality with a public text",
            Self::Order => "order among others",
        }
    }
}

/// The values of one credential, by field.
type Values = BTreeMap<Pointer, String>;

/// The secrets of the two credentials of a scenario, and those that an update brings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Secrets {
    shapes: BTreeMap<Pointer, Shape>,
    word: String,
    pub(super) first: Values,
    pub(super) updated: Values,
    pub(super) second: Values,
}

impl Secrets {
    /// Values for `fields` that depend on `word` alone.
    pub(super) fn usual(fields: &[Field], word: &str) -> Self {
        let shapes: BTreeMap<Pointer, Shape> = fields
            .iter()
            .map(|field| (field.pointer.clone(), field.shape))
            .collect();
        let values = |slot: &str| -> Values {
            let value = |(field, shape): (&Pointer, &Shape)| {
                let draw = [word, slot, field.as_str()];
                (field.clone(), plain(*shape, &draw, 0))
            };
            shapes.iter().map(value).collect()
        };
        Self {
            first: values("first"),
            updated: values("updated"),
            second: values("second"),
            word: word.to_owned(),
            shapes: shapes.clone(),
        }
    }

    /// The same, ready for a comparison by `property`: in order, and ending alike where the end may
    /// show.
    pub(super) fn prepared(mut self, property: Property) -> Self {
        if property != Property::Order && property != Property::SameAsNeighbour {
            return self;
        }
        for (field, shape) in &self.shapes {
            let (Some(first), Some(second)) =
                (self.first.get_mut(field), self.second.get_mut(field))
            else {
                continue;
            };
            if *shape == Shape::CardNumber {
                *second = ending_like(second, first);
            }
            if property == Property::Order && first > second {
                std::mem::swap(first, second);
            }
        }
        self
    }

    /// The same with `property` changed, in `only` these fields.
    pub(super) fn differing(&self, property: Property, only: &[Pointer], name: &str) -> Self {
        let mut other = self.clone();
        for (field, shape) in &self.shapes {
            if !only.contains(field) {
                continue;
            }
            match property {
                Property::SameAsBefore => copy(field, *shape, &self.first, &mut other.updated),
                Property::SameAsNeighbour => copy(field, *shape, &self.first, &mut other.second),
                Property::Order => {
                    copy(field, *shape, &self.first, &mut other.second);
                    copy(field, *shape, &self.second, &mut other.first);
                }
                _ => {
                    let slots = [
                        ("first", &mut other.first),
                        ("updated", &mut other.updated),
                        ("second", &mut other.second),
                    ];
                    for (slot, values) in slots {
                        let draw = [&*self.word, slot, field.as_str()];
                        if let Some(value) = values.get_mut(field)
                            && let Some(changed) = changed(property, *shape, &draw, value, name)
                        {
                            *value = changed;
                        }
                    }
                }
            }
        }
        other
    }

    /// All fields.
    pub(super) fn fields(&self) -> Vec<Pointer> {
        self.shapes.keys().cloned().collect()
    }

    /// The fields in which `other` differs.
    pub(super) fn differences(&self, other: &Self) -> Vec<Pointer> {
        let differs = |field: &&Pointer| {
            self.first.get(field) != other.first.get(field)
                || self.updated.get(field) != other.updated.get(field)
                || self.second.get(field) != other.second.get(field)
        };
        self.shapes.keys().filter(differs).cloned().collect()
    }

    /// What the list is searched for: a usual secret, which is public by that.
    pub(super) fn searched(&self) -> String {
        let mut values = self.first.iter();
        let text = values.find(|(field, _)| {
            matches!(
                self.shapes.get(field),
                Some(Shape::Text | Shape::CardNumber)
            )
        });
        text.map_or_else(|| "nothing".to_owned(), |(_, value)| value.clone())
    }
}

/// `body` with these values in the place of its secrets. The names of free members are as secret
/// as their values: one of them is made from the values.
pub(super) fn fill(body: &mut Value, values: &Values) {
    for (field, value) in values {
        if let Some(place) = body.pointer_mut(field.as_str()) {
            *place = Value::from(value.as_str());
        }
        if let Some(free) = field
            .parent()
            .filter(|parent| parent.last().as_deref() == Some(FREE))
            && let Some(Value::Object(members)) = body.pointer_mut(free.as_str())
        {
            let name = digest::word(&[value.as_bytes()], 8);
            members.insert(format!("q{name}"), Value::from("-"));
        }
    }
}

/// The member with free members.
const FREE: &str = "metadata";

fn copy(field: &Pointer, shape: Shape, from: &Values, to: &mut Values) {
    let (Some(value), Some(place)) = (from.get(field), to.get_mut(field)) else {
        return;
    };
    *place = match shape {
        Shape::CardNumber => ending_like(value, place),
        _ => value.clone(),
    };
}

/// The last characters of a card number may show, so they stay what they are.
const SHOWN: usize = 4;

/// A number like `number` that ends like `other`: its fifth digit from the end makes it pass the
/// Luhn check. The same number if it ends so already.
fn ending_like(number: &str, other: &str) -> String {
    let (head, tail) = number.split_at(number.len() - SHOWN);
    let end = &other[other.len() - SHOWN..];
    if tail == end {
        return number.to_owned();
    }
    with_check(&head[..head.len() - 1], end)
}

/// `head`, one digit, and `end`, together passing the Luhn check.
fn with_check(head: &str, end: &str) -> String {
    ('0'..='9')
        .map(|digit| format!("{head}{digit}{end}"))
        .find(|number| {
            let (body, check) = number.split_at(number.len() - 1);
            luhn_digit(body).to_string() == check
        })
        .unwrap_or_else(|| format!("{head}0{end}"))
}

/// A plain value of `shape`; another for each `variant`, of the same length.
fn plain(shape: Shape, draw: &[&str; 3], variant: u64) -> String {
    let class = shape.classes()[0];
    let digits = variant.to_be_bytes();
    let parts = [
        draw[0].as_bytes(),
        draw[1].as_bytes(),
        draw[2].as_bytes(),
        &digits,
    ];
    let value = Draw::of(&parts).value(class, &[]);
    match shape {
        Shape::CardNumber => {
            let digits = format!("{value}0000000000000000");
            let end = Draw::of(&parts[..3]).value(Class::Digits, &[]);
            with_check(&digits[..11], &end[..SHOWN])
        }
        Shape::VerificationCode => format!("{value}0")[..3].to_owned(),
        _ => value,
    }
}

/// `value` with `property` changed; `None` if a value of that shape cannot be.
fn changed(
    property: Property,
    shape: Shape,
    draw: &[&str; 3],
    value: &str,
    name: &str,
) -> Option<String> {
    let of_class = |class| {
        Draw::of(&[
            draw[0].as_bytes(),
            draw[1].as_bytes(),
            draw[2].as_bytes(),
            b"changed",
        ])
        .value(class, &[])
    };
    let is_text = shape == Shape::Text;
    match property {
        Property::Content => (1..16)
            .map(|variant| plain(shape, draw, variant))
            .find(|other| other != value),
        Property::Length => match shape {
            Shape::Text => Some(format!("{value}{}", &of_class(Class::Plain)[..9])),
            Shape::CardNumber => {
                let (head, end) = value.split_at(value.len() - SHOWN);
                Some(with_check(&format!("{head}74"), end))
            }
            Shape::VerificationCode => Some(format!("{value}7")),
            Shape::TotpKey => Some(value[..16].to_owned()),
            Shape::Email => Some(format!("much.longer.{value}")),
            Shape::Phone => Some(value[..12].to_owned()),
            Shape::Month | Shape::Year | Shape::Body => None,
        },
        Property::Digits => is_text.then(|| {
            let digits = format!("{}{}", of_class(Class::Digits), of_class(Class::Digits));
            digits[..value.len()].to_owned()
        }),
        Property::Quotes => is_text.then(|| of_class(Class::Quoted)),
        Property::Letters => is_text.then(|| of_class(Class::Unicode)),
        Property::Spaces => match shape {
            Shape::Text => Some(of_class(Class::Padded)),
            Shape::CardNumber => {
                let (head, end) = value.split_at(value.len() - SHOWN);
                Some(format!("{head}-{end}"))
            }
            _ => None,
        },
        Property::SameAsName => is_text.then(|| name.to_owned()),
        Property::SameAsBefore | Property::SameAsNeighbour | Property::Order => None,
    }
}
