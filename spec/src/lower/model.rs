//! How a part of the typed model is read from a raw value and written back: the two traits, and what
//! holds for strings, numbers, lists, maps and references. The objects themselves are in
//! [`super::objects`] and its siblings.

use indexmap::IndexMap;
use openapiv3::ReferenceOr;
use serde_json::{Map, Number, Value};

use super::walk::{At, Walk};
use crate::{account::Rule, document::Version};

const SIBLINGS_ARE_IGNORED: &str = "OpenAPI 3.0 ignores the siblings of a $ref";

/// A part of the model that stands for one node.
pub(super) trait Node: Sized {
    /// Reads the node. `None` if the model cannot hold it; that is then said, or the node is carried.
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self>;

    /// Writes the node back, but for what an object around it carries.
    fn raise(&self) -> Value;

    /// Whether an object with a `$ref` is such a node itself, and the `$ref` one of its members. If not, it is
    /// a reference to such a node.
    fn has_reference(_members: &Map<String, Value>, _version: Version) -> bool {
        false
    }

    /// Whether `key` names an entry in a map of such nodes.
    fn is_entry(_key: &str) -> bool {
        true
    }
}

/// A field of the model that stands for a member of an object.
pub(super) trait Member: Sized {
    /// Whether the model cannot tell that the member is absent.
    const REQUIRED: bool = false;

    /// The field when there is no such member.
    fn absent() -> Self;

    /// Reads the member; what the field cannot tell is carried.
    fn read(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Self;

    /// Writes the member; `None` if there is none, as far as the field can tell.
    fn write(&self) -> Option<Value>;
}

impl Node for String {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let text = raw.as_str();
        if text.is_none() {
            walk.wrong("a string", raw, at);
        }
        text.map(str::to_owned)
    }

    fn raise(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Node for bool {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let flag = raw.as_bool();
        if flag.is_none() {
            walk.wrong("true or false", raw, at);
        }
        flag
    }

    fn raise(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Node for Value {
    fn lower(raw: &Value, _at: &At<'_>, _walk: &mut Walk) -> Option<Self> {
        Some(raw.clone())
    }

    fn raise(&self) -> Value {
        self.clone()
    }
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Node for $type {
            fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
                let number = number(raw, at, walk)?;
                let integer = whole(number).and_then(|whole| Self::try_from(whole).ok());
                exactly(integer, raw, at, walk)
            }

            fn raise(&self) -> Value {
                Value::from(*self)
            }
        }
    )* };
}

integers!(usize, i64);

impl Node for f64 {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let number = number(raw, at, walk)?;
        exactly(number.as_f64(), raw, at, walk)
    }

    fn raise(&self) -> Value {
        if let Some(whole) = whole_f64(*self) {
            return Value::from(whole);
        }
        Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }
}

fn number<'v>(raw: &'v Value, at: &At<'_>, walk: &mut Walk) -> Option<&'v Number> {
    let number = raw.as_number();
    if number.is_none() {
        walk.wrong("a number", raw, at);
    }
    number
}

/// Carries a number of which the typed form does not tell all.
fn exactly<T: Node>(typed: Option<T>, raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<T> {
    match &typed {
        Some(number) if number.raise() == *raw => {}
        Some(_) => walk.carry_as(Rule::Exact, raw, at),
        None => walk.carry(raw, at),
    }
    typed
}

/// Whether the model can hold the number as an integer.
pub(super) fn is_i64(number: &Number) -> bool {
    whole(number).is_some_and(|whole| i64::try_from(whole).is_ok())
}

/// A number without a fraction, however it is written.
fn whole(number: &Number) -> Option<i128> {
    let integer = number.as_i64().map(i128::from);
    integer
        .or_else(|| number.as_u64().map(i128::from))
        .or_else(|| whole_f64(number.as_f64()?).map(i128::from))
}

/// A float without a fraction, as far as each integer has a float of its own.
fn whole_f64(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number within 2^53"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// `null` among the values of an `enum`.
impl<T: Node> Node for Option<T> {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        match raw {
            Value::Null => Some(None),
            _ => T::lower(raw, at, walk).map(Some),
        }
    }

    fn raise(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::raise)
    }
}

impl<T: Node> Node for Box<T> {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        T::lower(raw, at, walk).map(Box::new)
    }

    fn raise(&self) -> Value {
        (**self).raise()
    }

    fn has_reference(members: &Map<String, Value>, version: Version) -> bool {
        T::has_reference(members, version)
    }
}

impl<T: Node> Node for ReferenceOr<T> {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        match raw {
            Value::Object(members)
                if members.contains_key("$ref") && !T::has_reference(members, walk.version()) =>
            {
                let reference = <String as Node>::lower(&members["$ref"], &at.child("$ref"), walk)?;
                for (key, value) in members.iter().filter(|(key, _)| *key != "$ref") {
                    let at = at.child(key);
                    match walk.version() {
                        Version::V3_0 => walk.report(SIBLINGS_ARE_IGNORED, &at),
                        Version::V3_1 => walk.carry(value, &at),
                    }
                }
                Some(Self::Reference { reference })
            }
            _ => T::lower(raw, at, walk).map(Self::Item),
        }
    }

    fn raise(&self) -> Value {
        match self {
            Self::Reference { reference } => {
                Value::Object(Map::from_iter([("$ref".to_owned(), reference.raise())]))
            }
            Self::Item(item) => item.raise(),
        }
    }

    fn is_entry(key: &str) -> bool {
        T::is_entry(key)
    }
}

impl<T: Node> Node for Vec<T> {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let Value::Array(elements) = raw else {
            walk.wrong("an array", raw, at);
            return None;
        };
        let elements = elements.iter().enumerate();
        // An element that the model cannot hold is wrong: then nobody sees this list.
        Some(
            elements
                .filter_map(|(index, raw)| T::lower(raw, &at.index(index), walk))
                .collect(),
        )
    }

    fn raise(&self) -> Value {
        self.iter().map(T::raise).collect()
    }
}

impl<T: Node> Node for IndexMap<String, T> {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        let mut entries = Self::with_capacity(members.len());
        for (key, value) in members {
            let at = at.child(key);
            if !T::is_entry(key) {
                walk.carry(value, &at);
            } else if let Some(entry) = T::lower(value, &at, walk) {
                entries.insert(key.clone(), entry);
            }
        }
        Some(entries)
    }

    fn raise(&self) -> Value {
        let entries = self.iter();
        entries
            .map(|(key, entry)| (key.clone(), entry.raise()))
            .collect()
    }
}

impl Member for bool {
    fn absent() -> Self {
        false
    }

    fn read(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Self {
        let flag = Node::lower(raw, at, walk) == Some(true);
        if raw == &Value::Bool(false) {
            walk.carry(raw, at);
        }
        flag
    }

    fn write(&self) -> Option<Value> {
        self.then_some(Value::Bool(true))
    }
}

impl<T: Node> Member for Option<T> {
    fn absent() -> Self {
        None
    }

    fn read(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Self {
        T::lower(raw, at, walk)
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().map(T::raise)
    }
}

impl<T: Node> Member for Vec<T> {
    fn absent() -> Self {
        Self::new()
    }

    fn read(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Self {
        let list: Self = Node::lower(raw, at, walk).unwrap_or_default();
        if raw.as_array().is_some_and(Vec::is_empty) {
            walk.carry(raw, at);
        }
        list
    }

    fn write(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Node::raise(self))
    }
}

impl<T: Node> Member for IndexMap<String, T> {
    fn absent() -> Self {
        Self::new()
    }

    fn read(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Self {
        let map: Self = Node::lower(raw, at, walk).unwrap_or_default();
        if raw.as_object().is_some_and(Map::is_empty) {
            walk.carry(raw, at);
        }
        map
    }

    fn write(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Node::raise(self))
    }
}

/// Fields that the model always has: an empty one stands in for an absent member.
macro_rules! required {
    ($($type:ty),*) => { $(
        impl Member for $type {
            const REQUIRED: bool = true;

            fn absent() -> Self {
                Self::default()
            }

            fn read(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Self {
                Node::lower(raw, at, walk).unwrap_or_default()
            }

            fn write(&self) -> Option<Value> {
                Some(Node::raise(self))
            }
        }
    )* };
}

required!(
    String,
    openapiv3::Info,
    openapiv3::Paths,
    openapiv3::Responses,
    openapiv3::OAuth2Flows
);

/// The members of a node that has to be an object.
pub(super) fn members<'v>(
    raw: &'v Value,
    at: &At<'_>,
    walk: &mut Walk,
) -> Option<&'v Map<String, Value>> {
    let members = raw.as_object();
    if members.is_none() {
        walk.wrong("an object", raw, at);
    }
    members
}

/// Writes a field as the member `key`.
pub(super) fn put(members: &mut Map<String, Value>, key: &str, field: &impl Member) {
    if let Some(value) = field.write() {
        members.insert(key.to_owned(), value);
    }
}

/// The field, or what stands for it when the document has no such member.
pub(super) fn settle<T: Member>(field: Option<T>, key: &str, absent: &mut Vec<Value>) -> T {
    field.unwrap_or_else(|| {
        if T::REQUIRED {
            absent.push(Value::from(key));
        }
        T::absent()
    })
}

/// What an object is known to be like before its members are read.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape<'a> {
    /// Members that this object has no place for though others of its kind do.
    pub(super) without: &'a [&'a str],
    /// A member that the object should have and does not, beyond what its fields tell.
    pub(super) lacking: Option<&'a str>,
}

/// Reads an object: `let`s each field from the member of its key, in the order of the document, and
/// `extensions` from the others.
macro_rules! read {
    (
        $members:expr, $at:expr, $walk:expr, $shape:expr => $extensions:ident;
        $($field:ident: $key:literal),* $(,)?
    ) => {
        $( let mut $field = None; )*
        let shape: $crate::lower::model::Shape<'_> = $shape;
        let owner = $walk.begin($at);
        for (key, value) in $members {
            let at = $at.child(key);
            if value.is_null() || shape.without.contains(&key.as_str()) {
                $walk.unknown(key, value, &at);
                continue;
            }
            match key.as_str() {
                $( $key => $field = Some($crate::lower::model::Member::read(value, &at, $walk)), )*
                _ => $walk.unknown(key, value, &at),
            }
        }
        let mut absent: Vec<Value> = shape.lacking.map(Value::from).into_iter().collect();
        $( let $field = $crate::lower::model::settle($field, $key, &mut absent); )*
        $walk.absent(absent, &owner, $at);
        let $extensions = $walk.end(&owner);
    };
}

pub(super) use read;
