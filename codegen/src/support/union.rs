//! Reads values that have one of several shapes, without trying one shape after the other.
//!
//! A union looks at the JSON type of a value and, for an object, at the first member that decides.
//! It then commits, so that an error names the member that is wrong. The few members that were read
//! on the way are replayed in front of the rest.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{
    BoolDeserializer, BorrowedStrDeserializer, CowStrDeserializer, F64Deserializer, I64Deserializer, MapAccessDeserializer,
    SeqAccessDeserializer, StrDeserializer, U64Deserializer,
};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde::{Serialize, Serializer, forward_to_deserialize_any};
use serde_json::Value;

use crate::decode::masked;
use crate::place::{Key, shown};
use crate::record::CowVisitor;

/// Writes a union as what it holds, and reads it as its [`OneOf`] says.
macro_rules! plain_union {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::union::deserialize(deserializer)
            }
        }
    };
}

/// A union whose variants are told apart by the texts of one member, which they have themselves. Without that
/// member it is the first variant under `else` whose members are all there, or unknown; where there is no
/// `else`, the member is required.
macro_rules! tagged_union {
    (
        $(#[$meta:meta])*
        pub enum $name:ident by $tag:literal {
            $($(#[$about:meta])* $variant:ident($type:ty) $(= $($value:literal)|+)?,)*
        }
        $(else { $($guess:ident: [$($member:literal),*],)* })?
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub enum $name {
            $($(#[$about])* $variant($type),)*
            /// A shape that this version of the client does not know, kept as it came.
            Unknown($crate::UnknownValue),
        }

        $crate::union::plain_union!($name { $($variant,)* Unknown });

        impl<'de> $crate::union::OneOf<'de> for $name {
            const EXPECTED: &'static str = "an object";

            fn object<A: ::serde::de::MapAccess<'de>>(
                mut members: $crate::union::Members<'de, A>,
            ) -> ::std::result::Result<Self, A::Error> {
                match members.tag($tag)? {
                    $($($(Some($value))|+ => members.read().map(Self::$variant),)?)*
                    Some(_) => members.read().map(Self::Unknown),
                    None => {
                        $crate::union::without_tag!(members $tag $(else { $($guess [$($member),*])* })?)
                    }
                }
            }
        }
    };
}

/// An object without its tag: all of its members have been seen.
macro_rules! without_tag {
    ($members:ident $tag:literal) => {
        Err(::serde::de::Error::missing_field($tag))
    };
    ($members:ident $tag:literal else { $($guess:ident [$($member:literal),*])* }) => {{
        $(if $members.has(&[$($member),*]) {
            return $members.read().map(Self::$guess);
        })*
        $members.read().map(Self::Unknown)
    }};
}

/// A union whose variants are told apart by the JSON type.
macro_rules! one_of {
    ($name:ident: $expected:literal { $($kind:ident => $variant:ident),* $(,)? }) => {
        impl<'de> $crate::union::OneOf<'de> for $name {
            const EXPECTED: &'static str = $expected;

            $($crate::union::take!($kind $variant);)*
        }
    };
}

/// How one JSON type is read.
macro_rules! take {
    (string $variant:ident) => {
        fn string<E: ::serde::de::Error>(text: &str) -> ::std::result::Result<Self, E> {
            $crate::union::from_str(text).map(Self::$variant)
        }
    };
    (object $variant:ident) => {
        fn object<A: ::serde::de::MapAccess<'de>>(
            members: $crate::union::Members<'de, A>,
        ) -> ::std::result::Result<Self, A::Error> {
            members.read().map(Self::$variant)
        }
    };
    ($kind:ident $variant:ident) => {
        fn $kind<D: ::serde::Deserializer<'de>>(
            value: D,
        ) -> ::std::result::Result<Self, D::Error> {
            ::serde::Deserialize::deserialize(value).map(Self::$variant)
        }
    };
}

/// Makes a union from each of these variants.
macro_rules! from_variants {
    ($name:ident { $($variant:ident($type:ty)),* $(,)? }) => {
        $(impl ::std::convert::From<$type> for $name {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

pub(crate) use {from_variants, one_of, plain_union, tagged_union, take, without_tag};

/// A value in a shape that this version of the client does not know, kept as it came.
///
/// `Debug` does not show it: it may hold anything.
#[derive(Clone, PartialEq)]
pub struct UnknownValue(Value);

impl UnknownValue {
    /// The value itself.
    pub fn expose(&self) -> &Value {
        &self.0
    }

    /// The value itself.
    pub fn into_inner(self) -> Value {
        self.0
    }
}

impl From<Value> for UnknownValue {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Serialize for UnknownValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for UnknownValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

/// How a union reads each JSON type. What it does not override, it refuses.
pub(crate) trait OneOf<'de>: Sized {
    /// For messages: what the union takes.
    const EXPECTED: &'static str;

    /// Reads `true` or `false`.
    fn boolean<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        refuse::<Self, _>("boolean")
    }

    /// Reads a number without a fraction.
    fn integer<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        refuse::<Self, _>("integer")
    }

    /// Reads a number with a fraction.
    fn number<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        refuse::<Self, _>("number")
    }

    /// Reads a text.
    fn string<E: de::Error>(_: &str) -> Result<Self, E> {
        refuse::<Self, _>("string")
    }

    /// Reads a list.
    fn array<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        refuse::<Self, _>("array")
    }

    /// Reads an object.
    fn object<A: MapAccess<'de>>(_: Members<'de, A>) -> Result<Self, A::Error> {
        refuse::<Self, _>("object")
    }
}

fn refuse<'de, T: OneOf<'de>, E: de::Error>(kind: &str) -> Result<T, E> {
    let expected = T::EXPECTED;
    Err(E::custom(format_args!(
        "invalid type: {kind}, expected {expected}"
    )))
}

/// Reads a union.
pub(crate) fn deserialize<'de, T: OneOf<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(OneOfVisitor(PhantomData))
}

/// Reads a text as one of the types that texts can be.
pub(crate) fn from_str<'de, T: Deserialize<'de>, E: de::Error>(text: &str) -> Result<T, E> {
    T::deserialize(StrDeserializer::new(text))
}

/// Reads a value that was set aside, if it has this shape.
pub(crate) fn attempt<T: de::DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Whether it is a number without a fraction.
pub(crate) fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

struct OneOfVisitor<T>(PhantomData<T>);

impl<'de, T: OneOf<'de>> Visitor<'de> for OneOfVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        T::boolean(BoolDeserializer::new(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::integer(I64Deserializer::new(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::integer(U64Deserializer::new(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        T::number(F64Deserializer::new(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::string(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::array(SeqAccessDeserializer::new(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::object(Members::new(members))
    }
}

/// The members of an object: some already seen, the rest still to be read.
pub(crate) struct Members<'de, A> {
    /// Mostly nothing: the first member decides.
    aside: Option<Box<Aside<'de>>>,
    /// A tag that was looked for and is read. It stands behind what is set aside.
    tag: Option<(Name<'de>, Text<'de>)>,
    /// Its name is read, its value is not.
    pending: Option<Name<'de>>,
    rest: A,
}

/// What was read on the way to the member that decides.
#[derive(Default)]
struct Aside<'de> {
    seen: VecDeque<(Name<'de>, Value)>,
    /// Its name is replayed, its value is not.
    replayed: Option<(String, Value)>,
}

impl<'de, A: MapAccess<'de>> Members<'de, A> {
    fn new(rest: A) -> Self {
        Self {
            aside: None,
            tag: None,
            pending: None,
            rest,
        }
    }

    /// The name of the next member; the one before it is set aside.
    #[inline]
    pub(crate) fn next_name(&mut self) -> Result<Option<&str>, A::Error> {
        self.set_pending_aside()?;
        self.pending = self.rest.next_key()?;
        Ok(self.pending.as_ref().map(|name| &*name.0))
    }

    /// The value of the member that [`Self::next_name`] has named; it is set aside.
    pub(crate) fn value(&mut self) -> Result<&Value, A::Error> {
        self.set_pending_aside()?;
        Ok(self.seen().last().map_or(&Value::Null, |(_, value)| value))
    }

    #[inline]
    fn set_pending_aside(&mut self) -> Result<(), A::Error> {
        if let Some(name) = self.pending.take() {
            let value = self.rest.next_value()?;
            self.set_aside(name, value);
        }
        Ok(())
    }

    #[cold]
    fn set_aside(&mut self, name: Name<'de>, value: Value) {
        self.aside
            .get_or_insert_default()
            .seen
            .push_back((name, value));
    }

    fn seen(&self) -> impl DoubleEndedIterator<Item = &(Name<'de>, Value)> {
        self.aside.iter().flat_map(|aside| &aside.seen)
    }

    /// The text of the member `name`, left in place; `None` if there is no such member, or it is null.
    pub(crate) fn tag(&mut self, name: &str) -> Result<Option<&str>, A::Error> {
        while let Some(next) = self.next_name()? {
            if next == name
                && let Some(found) = self.pending.take()
            {
                let text = self.rest.next_value::<Option<Text<'de>>>().map_err(|_| {
                    <A::Error as de::Error>::custom(format_args!(
                        ".{name}: invalid type, expected a string"
                    ))
                })?;
                if let Some(text) = text {
                    let (_, text) = self.tag.insert((found, text));
                    return Ok(Some(&text.0));
                }
                self.set_aside(found, Value::Null);
            }
        }
        Ok(None)
    }

    /// The text of the member `name`, taken out; `None` if there is no such member.
    pub(crate) fn take_tag(&mut self, name: &str) -> Result<Option<Cow<'de, str>>, A::Error> {
        self.tag(name)?;
        Ok(self.tag.take().map(|(_, text)| text.0))
    }

    /// Like [`Self::read`], with a tag that was taken out back in front.
    pub(crate) fn read_with<T: Deserialize<'de>>(
        mut self,
        name: &'static str,
        tag: &str,
    ) -> Result<T, A::Error> {
        let text = Text(Cow::Owned(tag.to_owned()));
        self.tag = Some((Name(Cow::Borrowed(name)), text));
        self.read()
    }

    /// Whether all of these members were set aside.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names
            .iter()
            .all(|name| self.seen().any(|(seen, _)| seen.0 == *name))
    }

    /// Whether nothing was set aside, or one of these members was.
    pub(crate) fn may_be(&self, names: &[&str]) -> bool {
        let mut seen = self.seen().peekable();
        seen.peek().is_none() || seen.any(|(seen, _)| names.contains(&&*seen.0))
    }

    /// Commits: reads all members, those set aside first.
    #[inline]
    pub(crate) fn read<T: Deserialize<'de>>(self) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(self))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        if let Some(aside) = &mut self.aside
            && let Some((name, value)) = aside.seen.pop_front()
        {
            let is_data = Cell::new(false);
            let key = seed.deserialize(Key::new(&name.0, &is_data))?;
            aside.replayed = Some((shown(&name.0, &is_data), value));
            return Ok(Some(key));
        }
        if let Some((name, _)) = &self.tag {
            return name.read(seed).map(Some);
        }
        if let Some(name) = self.pending.take() {
            return name.read(seed).map(Some);
        }
        self.rest.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        if let Some(aside) = &mut self.aside
            && let Some((name, value)) = aside.replayed.take()
        {
            return replay(seed, value, &name);
        }
        if let Some((_, text)) = self.tag.take() {
            return seed.deserialize(TextDeserializer(text.0, PhantomData));
        }
        self.rest.next_value_seed(seed)
    }
}

/// Reads a value that was set aside; an error names its member, which the reader of the text has left behind.
#[cold]
fn replay<'de, V: DeserializeSeed<'de>, E: de::Error>(
    seed: V,
    value: Value,
    name: &str,
) -> Result<V::Value, E> {
    seed.deserialize(value).map_err(|error| {
        let message = masked(&error);
        let colon = if message.starts_with('.') { "" } else { ": " };
        E::custom(format_args!(".{name}{colon}{message}"))
    })
}

/// The name of a member, borrowed from the text where it can be.
struct Name<'de>(Cow<'de, str>);

impl<'de> Name<'de> {
    #[inline]
    fn read<K: DeserializeSeed<'de>, E: de::Error>(&self, seed: K) -> Result<K::Value, E> {
        match self.0 {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            Cow::Owned(ref name) => seed.deserialize(StrDeserializer::new(name)),
        }
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_str(CowVisitor("the name of a member"))
            .map(Self)
    }
}

/// The value of a tag, borrowed likewise.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_str(CowVisitor("a string"))
            .map(Self)
    }
}

/// A tag that is read once more, as what the variant has for it: it may be optional there.
struct TextDeserializer<'de, E>(Cow<'de, str>, PhantomData<E>);

impl<'de, E: de::Error> Deserializer<'de> for TextDeserializer<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        CowStrDeserializer::new(self.0).deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        newtype_struct unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
