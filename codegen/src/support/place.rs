//! Reads a value that failed to be read once more, to learn where it is wrong.
//!
//! The place is made of indexes and of names that the document has. The names of a map are data,
//! which may be secret: they are `*`.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::marker::PhantomData;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// Reads the value; an error comes with its place, e.g. `items[2].name`.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, (String, Error)> {
    let trail = RefCell::new(Vec::new());
    T::deserialize(Located {
        value,
        trail: &trail,
    })
    .map_err(|error| (written(&trail.take()), error))
}

/// The way to where reading is; what failed stays on it.
type Trail = RefCell<Vec<Step>>;

enum Step {
    Member(String),
    Element(usize),
}

fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        // Writing to a text does not fail.
        let _ = match step {
            Step::Element(index) => write!(text, "[{index}]"),
            Step::Member(name) if text.is_empty() => write!(text, "{name}"),
            Step::Member(name) => write!(text, ".{name}"),
        };
    }
    text
}

#[derive(Clone, Copy)]
struct Located<'a> {
    value: &'a Value,
    trail: &'a Trail,
}

fn within<T>(
    trail: &Trail,
    step: Step,
    read: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    trail.borrow_mut().push(step);
    let read = read()?;
    trail.borrow_mut().pop();
    Ok(read)
}

impl<'de> Deserializer<'de> for Located<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let trail = self.trail;
        match self.value {
            Value::Array(list) => visitor.visit_seq(Elements {
                next: 0,
                rest: list.iter(),
                trail,
            }),
            Value::Object(members) => visitor.visit_map(Members {
                rest: members.iter(),
                value: None,
                trail,
            }),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Elements<'a> {
    next: usize,
    rest: std::slice::Iter<'a, Value>,
    trail: &'a Trail,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.rest.next() else {
            return Ok(None);
        };
        let (step, trail) = (Step::Element(self.next), self.trail);
        self.next += 1;
        within(trail, step, || seed.deserialize(Located { value, trail })).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members<'a> {
    rest: serde_json::map::Iter<'a>,
    value: Option<(String, &'a Value)>,
    trail: &'a Trail,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        let is_data = Cell::new(false);
        let key = seed.deserialize(Key::new(name, &is_data))?;
        self.value = Some((shown(name, &is_data), value));
        Ok(Some(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (name, value) = self
            .value
            .take()
            .ok_or_else(|| de::Error::custom("a value before its name"))?;
        let trail = self.trail;
        within(trail, Step::Member(name), || {
            seed.deserialize(Located { value, trail })
        })
    }
}

/// The name of a member in a message.
pub(crate) fn shown(name: &str, is_data: &Cell<bool>) -> String {
    let name = if is_data.get() { "*" } else { name };
    name.to_owned()
}

/// The name of a member. Structs ask for an identifier, or for one of their names where they keep
/// others; who asks for a text to keep has a map.
pub(crate) struct Key<'a, E> {
    name: &'a str,
    is_data: &'a Cell<bool>,
    error: PhantomData<E>,
}

impl<'a, E> Key<'a, E> {
    pub(crate) fn new(name: &'a str, is_data: &'a Cell<bool>) -> Self {
        Self {
            name,
            is_data,
            error: PhantomData,
        }
    }
}

impl<'de, E: de::Error> Deserializer<'de> for Key<'_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_str(self.name)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.is_data.set(true);
        visitor.visit_str(self.name)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        self.is_data.set(!names.contains(&self.name));
        visitor.visit_str(self.name)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf option
        newtype_struct unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
