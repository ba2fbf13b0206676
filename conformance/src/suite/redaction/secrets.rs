//! The secrets of a scenario, and the same with one property changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use spec::Pointer;

use super::subject::Subject;
use crate::{
    digest,
    secret::{
        canary::{Class, Draw, luhn_digit},
        shape::Shape,
    },
};

/// In what the secrets of two runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Property {
    /// Other characters of the same kinds, equally many.
    Content,
    /// Many more characters.
    Length,
    /// Few characters; small numbers, early years.
    Small,
    /// An update sends those of before again.
    SameAsBefore,
    /// Two things have the same.
    SameAsNeighbour,
    /// Which of two things has the greater.
    Order,
    /// Digits only.
    Digits,
    /// Quotes, backslashes and the like among them.
    Quotes,
    /// Letters beyond ASCII among them.
    Letters,
    /// Spaces around them, or separators between them.
    Spaces,
    /// The secret is a public text of the same request.
    SameAsPublic,
    /// The secrets were sent before, with things that are deleted.
    Repeated,
    /// Secrets that need not be there are not.
    Absent,
    /// Other characters once more, of another issuer or country.
    OtherContent,
}

impl Property {
    /// Every property; those first that show most.
    pub(super) const ALL: [Self; 14] = [
        Self::Content,
        Self::Length,
        Self::SameAsBefore,
        Self::SameAsNeighbour,
        Self::Small,
        Self::Order,
        Self::SameAsPublic,
        Self::Absent,
        Self::Repeated,
        Self::OtherContent,
        Self::Digits,
        Self::Quotes,
        Self::Letters,
        Self::Spaces,
    ];

    /// The word in labels.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Length => "length",
            Self::Small => "small",
            Self::SameAsBefore => "same_as_before",
            Self::SameAsNeighbour => "same_as_neighbour",
            Self::Order => "order",
            Self::Digits => "digits",
            Self::Quotes => "quotes",
            Self::Letters => "letters",
            Self::Spaces => "spaces",
            Self::SameAsPublic => "same_as_public",
            Self::Repeated => "repeated",
            Self::Absent => "absent",
            Self::OtherContent => "other_content",
        }
    }

    /// What it is of a secret.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Content | Self::OtherContent => "content",
            Self::Length => "length",
            Self::Small => "size",
            Self::SameAsBefore => "equality with its earlier value",
            Self::SameAsNeighbour => "equality with that of another",
            Self::Order => "order among others",
            Self::Digits | Self::Quotes | Self::Letters => "alphabet",
            Self::Spaces => "white space or separators",
            Self::SameAsPublic => "equality with a public text",
            Self::Repeated => "equality with one that was sent before",
            Self::Absent => "presence",
        }
    }

    /// The secrets of the other runs, in a word or two.
    pub(super) fn others(self) -> &'static str {
        match self {
            Self::Content | Self::OtherContent => "other secrets",
            Self::Length => "longer secrets",
            Self::Small => "smaller secrets",
            Self::SameAsBefore => "the secrets of before",
            Self::SameAsNeighbour => "the secrets of the other",
            Self::Order => "secrets in the other order",
            Self::Digits => "secrets of digits",
            Self::Quotes => "secrets with quotes",
            Self::Letters => "secrets beyond ASCII",
            Self::Spaces => "secrets with spaces",
            Self::SameAsPublic => "public texts as secrets",
            Self::Repeated => "secrets sent before",
            Self::Absent => "no secrets",
        }
    }

    /// What whoever sees the difference learns.
    pub(super) fn learned(self) -> &'static str {
        match self {
            Self::Content | Self::OtherContent => {
                "tells one secret from another, and whether a guess is right"
            }
            Self::Length => "learns how long the secret is, and so which guesses to leave out",
            Self::Small => "learns which secrets are weak or out of date, and begins with those",
            Self::SameAsBefore => "learns whether a secret was really changed",
            Self::SameAsNeighbour => {
                "learns who shares a secret: one that is known opens the others"
            }
            Self::Order => {
                "finds a secret by comparing it with own ones, half of what is left each time"
            }
            Self::Digits | Self::Quotes | Self::Letters | Self::Spaces => {
                "learns which characters the secret has, and so which guesses to leave out"
            }
            Self::SameAsPublic => "learns that the secret is a text that everyone sees",
            Self::Repeated => "tries guesses by sending them as secrets of its own",
            Self::Absent => "learns which things have the secret and which are open",
        }
    }
}

/// Which of the secrets of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    First,
    Updated,
    Second,
}

impl Slot {
    const ALL: [Self; 3] = [Self::First, Self::Updated, Self::Second];

    fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Updated => "updated",
            Self::Second => "second",
        }
    }
}

/// The values of one slot, by field.
type Values = BTreeMap<Pointer, String>;

/// The secrets of the two things of a scenario, and those that an update brings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Secrets {
    shapes: BTreeMap<Pointer, Shape>,
    word: String,
    values: BTreeMap<Slot, Values>,
    absent: BTreeSet<Pointer>,
}

impl Secrets {
    /// Values for the fields of `subject` that depend on `word` alone, ready for every comparison:
    /// those of the two things are in order, and end alike where the end may show.
    pub(super) fn usual(subject: &Subject, word: &str) -> Self {
        let shapes: BTreeMap<Pointer, Shape> = subject
            .fields
            .iter()
            .map(|field| (field.pointer.clone(), field.shape))
            .collect();
        let values = |slot: Slot| -> Values {
            let value = |(field, shape): (&Pointer, &Shape)| {
                let value = plain(*shape, &[word, slot.name(), field.as_str()], 0);
                subject.takes(field, &value).then(|| (field.clone(), value))
            };
            shapes.iter().filter_map(value).collect()
        };
        let mut usual = Self {
            values: Slot::ALL.map(|slot| (slot, values(slot))).into(),
            word: word.to_owned(),
            absent: BTreeSet::new(),
            shapes: shapes.clone(),
        };
        for (field, shape) in &shapes {
            usual.prepare(field, *shape);
        }
        usual
    }

    fn prepare(&mut self, field: &Pointer, shape: Shape) {
        let at = |slot| self.values.get(&slot).and_then(|values| values.get(field));
        let (Some(first), Some(second)) = (at(Slot::First), at(Slot::Second)) else {
            return;
        };
        let (first, mut second) = (first.clone(), second.clone());
        if shape == Shape::CardNumber {
            second = ending_like(&second, &first);
        }
        let (smaller, greater) = if first > second {
            (second, first)
        } else {
            (first, second)
        };
        self.set(Slot::First, field, smaller);
        self.set(Slot::Second, field, greater);
    }

    fn set(&mut self, slot: Slot, field: &Pointer, value: String) {
        if let Some(place) = self
            .values
            .get_mut(&slot)
            .and_then(|all| all.get_mut(field))
        {
            *place = value;
        }
    }

    /// The same with `property` changed, in `only` these fields. `turn` makes those that are changed
    /// by chance others for each number.
    pub(super) fn differing(
        &self,
        subject: &Subject,
        property: Property,
        only: &[Pointer],
        (name, turn): (&str, u64),
    ) -> Self {
        let mut other = self.clone();
        for (field, shape) in &self.shapes {
            if !only.contains(field) {
                continue;
            }
            let value = |slot| self.values.get(&slot).and_then(|values| values.get(field));
            let (Some(first), Some(second), Some(updated)) = (
                value(Slot::First),
                value(Slot::Second),
                value(Slot::Updated),
            ) else {
                continue;
            };
            match property {
                Property::SameAsBefore => {
                    other.set(Slot::Updated, field, like(*shape, first, updated));
                }
                Property::SameAsNeighbour => {
                    other.set(Slot::Second, field, like(*shape, first, second));
                }
                Property::Order => {
                    other.set(Slot::Second, field, like(*shape, first, second));
                    other.set(Slot::First, field, like(*shape, second, first));
                }
                Property::Absent => {
                    other.absent.insert(field.clone());
                }
                _ => {
                    for slot in Slot::ALL {
                        let draw = [&*self.word, slot.name(), field.as_str()];
                        let Some(value) = value(slot) else { continue };
                        let named = subject.has_name().then_some(name);
                        let public = match slot {
                            Slot::First => subject.beside(field).or(named),
                            _ => named,
                        };
                        let change = Change {
                            property,
                            shape: *shape,
                            draw: &draw,
                            public,
                            turn,
                        };
                        let changed = change.of(value);
                        let changed = changed.map(|changed| like(*shape, &changed, value));
                        if let Some(changed) = changed
                            && subject.takes(field, &changed)
                        {
                            other.set(slot, field, changed);
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
            let values = |secrets: &Self| -> Vec<Option<String>> {
                let slots = secrets.values.values();
                slots.map(|values| values.get(*field).cloned()).collect()
            };
            values(self) != values(other) || other.absent.contains(*field)
        };
        self.shapes.keys().filter(differs).cloned().collect()
    }

    /// What the list is searched for: a usual secret, which is public by that.
    pub(super) fn searched(&self) -> String {
        let values = self.values.get(&Slot::First);
        let mut values = values.into_iter().flatten();
        let text = values.find(|(field, _)| {
            matches!(
                self.shapes.get(field),
                Some(Shape::Text | Shape::CardNumber)
            )
        });
        text.map_or_else(|| "nothing".to_owned(), |(_, value)| value.clone())
    }

    /// `template` under `name`, with the secrets of `slot` in it.
    pub(super) fn body(
        &self,
        subject: &Subject,
        template: &Value,
        slot: Slot,
        name: &str,
    ) -> Value {
        let mut body = template.clone();
        if let Some(Value::String(text)) = body.get_mut("name") {
            name.clone_into(text);
        }
        if let Some(values) = self.values.get(&slot) {
            fill(&mut body, values);
        }
        for field in &self.absent {
            let mut without = body.clone();
            remove(&mut without, field);
            if subject.accepts(&without) {
                body = without;
            }
        }
        body
    }
}

/// Takes a member out of a body, and what holds nothing then.
pub(super) fn remove(body: &mut Value, at: &Pointer) {
    let (Some(parent), Some(name)) = (at.parent(), at.last()) else {
        return;
    };
    let Some(Value::Object(members)) = body.pointer_mut(parent.as_str()) else {
        return;
    };
    members.remove(&name);
    // The free members that were made of a value go with it.
    if parent.last().as_deref() == Some(FREE) {
        members.clear();
    }
    if members.is_empty() && parent != Pointer::root() {
        remove(body, &parent);
    }
}

/// `body` with these values in the place of its secrets. The names of free members are as secret
/// as their values: one of them is made from the values.
fn fill(body: &mut Value, values: &Values) {
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
            // It comes before the others, whether members are sorted or as they were written.
            let rest = std::mem::take(members);
            members.insert(format!("a{name}"), Value::from("-"));
            members.extend(rest);
        }
    }
}

/// The member with free members.
const FREE: &str = "metadata";

/// `from`, ending like `to` where the end may show.
fn like(shape: Shape, from: &str, to: &str) -> String {
    match shape {
        Shape::CardNumber => ending_like(from, to),
        _ => from.to_owned(),
    }
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
    let Some(class) = shape.classes().first() else {
        return String::new();
    };
    let digits = variant.to_be_bytes();
    let parts = [
        draw[0].as_bytes(),
        draw[1].as_bytes(),
        draw[2].as_bytes(),
        &digits,
    ];
    let value = Draw::of(&parts).value(*class, &[]);
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

/// A change of one value.
struct Change<'a> {
    property: Property,
    shape: Shape,
    draw: &'a [&'a str; 3],
    /// A public text of the same request, if it has one.
    public: Option<&'a str>,
    turn: u64,
}

/// Characters that a long secret has more than a usual one.
const MORE: usize = 110;

impl Change<'_> {
    /// `value` with the property changed; `None` if a value of that shape cannot be.
    fn of(&self, value: &str) -> Option<String> {
        let shape = self.shape;
        let draw = self.draw;
        let of_class = |class: Class| {
            Draw::of(&[
                draw[0].as_bytes(),
                draw[1].as_bytes(),
                draw[2].as_bytes(),
                // No two classes have characters in common by more than chance.
                class.name().as_bytes(),
            ])
            .value(class, &[])
        };
        let is_text = shape == Shape::Text;
        let card_end = || value.split_at(value.len() - SHOWN);
        match self.property {
            Property::Content | Property::Repeated => self.another(value, 1 + 16 * self.turn),
            Property::OtherContent => match shape {
                Shape::CardNumber => {
                    let other = self.another(value, 1 << 32)?;
                    let (head, end) = other.split_at(other.len() - SHOWN);
                    Some(with_check(&format!("5{}", &head[1..head.len() - 1]), end))
                }
                _ => self.another(value, 1 << 32),
            },
            Property::Length => match shape {
                Shape::Text => Some(format!("{value}{}", &of_class(Class::Long)[..MORE])),
                Shape::CardNumber => {
                    let (head, end) = card_end();
                    Some(with_check(&format!("{head}74"), end))
                }
                Shape::VerificationCode => Some(format!("{value}7")),
                Shape::TotpKey => Some(format!("{value}{value}")),
                Shape::Email => Some(format!("much.longer.{value}")),
                Shape::Phone => Some(value[..12].to_owned()),
                Shape::Month | Shape::Year | Shape::Body => None,
            },
            Property::Small => match shape {
                Shape::Text => Some(of_class(Class::Short)),
                Shape::CardNumber => {
                    let (_, end) = card_end();
                    Some(with_check("40000000", end))
                }
                Shape::VerificationCode => Some("007".to_owned()),
                Shape::TotpKey => Some(value[..16].to_owned()),
                Shape::Year => Some("2019".to_owned()),
                Shape::Month => Some("1".to_owned()),
                Shape::Email => Some("a@b.example".to_owned()),
                Shape::Phone => Some("+1555".to_owned()),
                Shape::Body => None,
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
                    let (head, end) = card_end();
                    Some(format!("{head}-{end}"))
                }
                _ => None,
            },
            Property::SameAsPublic => self.public.filter(|_| is_text).map(str::to_owned),
            Property::SameAsBefore
            | Property::SameAsNeighbour
            | Property::Order
            | Property::Absent => None,
        }
    }

    /// Another plain value, from the variant `from` on.
    fn another(&self, value: &str, from: u64) -> Option<String> {
        (from..from + 16)
            .map(|variant| plain(self.shape, self.draw, variant))
            .find(|other| other != value)
    }
}
