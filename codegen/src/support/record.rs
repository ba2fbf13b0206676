//! Objects with named members: the struct, how it is written, how it is read.
//!
//! Members are written in the order of the document, those with a fixed value first. Members without
//! a name here are read over, or kept where the struct has a place for them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Declares a struct.
///
/// First come the members that are always the same, e.g. `"kind" = "card";`. Another is `required`,
/// `nullable` (required, and may be null), `optional` (left out when it is `None`) or a `patch`. After
/// its type may stand its name in JSON, `as number` or `as unsent`, and its setter. `by new(…)` gives
/// the struct a constructor; for the words in it and before setters see `setters!`.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident by new($($given:ident: $how:ident $taken:ty),* $(,)?) {
            $($constant:literal = $value:expr;)*
            $(
                $(#[$about:meta])*
                $presence:ident $field:ident: $type:ty $(= $wire:literal)? $(as $form:ident)?
                    $(=> $kind:ident $setter:ident)?,
            )*
            $(..$rest:ident: $kept:ty,)?
        }
    ) => {
        $crate::record::record! {
            $(#[$meta])*
            pub struct $name {
                $($constant = $value;)*
                $($(#[$about])* $presence $field: $type $(= $wire)? $(as $form)?,)*
                $(..$rest: $kept,)?
            }
        }

        impl $name {
            /// With what is required; nothing else is set.
            #[allow(clippy::too_many_arguments, reason = "the document requires them")]
            pub fn new($($given: $crate::setters::taken!($how $taken)),*) -> Self {
                $(let $given = $crate::setters::given!($how $given);)*
                Self {
                    $($field: $crate::record::initial!($presence $field),)*
                    $($rest: ::std::default::Default::default(),)?
                }
            }

            $($($crate::setters::setter!($kind $name $setter $field $type);)?)*
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($constant:literal = $value:expr;)*
            $(
                $(#[$about:meta])*
                $presence:ident $field:ident: $type:ty $(= $wire:literal)? $(as $form:ident)?,
            )*
            $(..$rest:ident: $kept:ty,)?
        }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub struct $name {
            $($(#[$about])* pub $field: $crate::record::held!($presence $type),)*
            $(/// Members without a name of their own.
            pub $rest: $kept,)?
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                #[allow(unused_mut, reason = "a struct may have no members")]
                let mut members = $crate::record::Writer::new(serializer);
                $(members.member($constant, &$value);)*
                $($crate::record::write!(
                    $presence $($form)? members (self.$field) ($crate::record::name!($field $($wire)?))
                );)*
                $(members.rest(&self.$rest);)?
                members.end()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::record::deserialize(deserializer)
            }
        }

        impl<'de> $crate::record::Record<'de> for $name {
            const NAMES: &'static [&'static str] =
                &[$($constant,)* $($crate::record::name!($field $($wire)?),)*];
            const KEEPS_REST: bool = false $(|| $crate::record::yes!($rest))?;

            fn read<A: ::serde::de::MapAccess<'de>>(
                mut members: A,
            ) -> ::std::result::Result<Self, A::Error> {
                $(let mut $field = ::std::option::Option::None;)*
                $(let mut $rest = ::std::default::Default::default();)?
                while let Some(name) = $crate::record::next::<Self, A>(&mut members)? {
                    match &*name {
                        $($crate::record::name!($field $($wire)?) => $crate::record::read!(
                            $presence members $field ($crate::record::name!($field $($wire)?))
                        ),)*
                        $($constant => $crate::record::skip(&mut members),)*
                        _ => $crate::record::otherwise!(members name $($rest)?),
                    }?;
                }
                Ok(Self {
                    $($field: $crate::record::done!(
                        $presence $field ($crate::record::name!($field $($wire)?))
                    ),)*
                    $($rest,)?
                })
            }
        }
    };
}

/// The type of a member.
macro_rules! held {
    (required $type:ty) => { $type };
    (patch $type:ty) => { $crate::Patch<$type> };
    ($presence:ident $type:ty) => { ::std::option::Option<$type> };
}

/// What a member is where nothing but what is required was given.
macro_rules! initial {
    (required $field:ident) => { $field };
    (nullable $field:ident) => { $field };
    ($presence:ident $field:ident) => { ::std::default::Default::default() };
}

/// The name of a member in JSON.
macro_rules! name {
    ($field:ident) => { stringify!($field) };
    ($field:ident $wire:literal) => { $wire };
}

/// Writes a member.
macro_rules! write {
    ($presence:ident unsent $members:ident ($value:expr) ($name:expr)) => {};
    (optional number $members:ident ($value:expr) ($name:expr)) => {
        $members.optional($name, $value.as_ref().map($crate::number::Short).as_ref())
    };
    (patch number $members:ident ($value:expr) ($name:expr)) => {
        $members.optional($name, (!$value.is_absent()).then_some(&$crate::number::Short(&$value)))
    };
    ($presence:ident number $members:ident ($value:expr) ($name:expr)) => {
        $members.member($name, &$crate::number::Short(&$value))
    };
    (optional $members:ident ($value:expr) ($name:expr)) => {
        $members.optional($name, $value.as_ref())
    };
    (patch $members:ident ($value:expr) ($name:expr)) => {
        $members.optional($name, (!$value.is_absent()).then_some(&$value))
    };
    ($presence:ident $members:ident ($value:expr) ($name:expr)) => {
        $members.member($name, &$value)
    };
}

/// Reads a member into its variable.
macro_rules! read {
    (required $members:ident $field:ident ($name:expr)) => {
        $crate::record::member(&mut $members, $name, &mut $field)
    };
    (patch $members:ident $field:ident ($name:expr)) => {
        $crate::record::member(&mut $members, $name, &mut $field)
    };
    ($presence:ident $members:ident $field:ident ($name:expr)) => {
        $crate::record::nullable(&mut $members, $name, &mut $field)
    };
}

/// What a member is when all have been read.
macro_rules! done {
    (required $field:ident ($name:expr)) => { $crate::record::required($field, $name)? };
    (patch $field:ident ($name:expr)) => { $field.unwrap_or_default() };
    ($presence:ident $field:ident ($name:expr)) => { $field };
}

/// Reads a member without a name here.
macro_rules! otherwise {
    ($members:ident $name:ident) => { $crate::record::skip(&mut $members) };
    ($members:ident $name:ident $rest:ident) => {
        $crate::record::keep(&mut $members, $name, &mut $rest)
    };
}

/// `true`, where there is something.
macro_rules! yes {
    ($something:ident) => { true };
}

pub(crate) use {done, held, initial, name, otherwise, read, record, write, yes};

/// A struct that `record!` declares.
pub(crate) trait Record<'de>: Sized {
    /// The names of its members in JSON.
    const NAMES: &'static [&'static str];
    /// Whether it keeps members of other names, which are data then.
    const KEEPS_REST: bool;

    /// Reads an object.
    fn read<A: MapAccess<'de>>(members: A) -> Result<Self, A::Error>;
}

/// Reads a struct; nothing but an object is one.
pub(crate) fn deserialize<'de, T: Record<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(RecordVisitor(PhantomData))
}

struct RecordVisitor<T>(PhantomData<T>);

impl<'de, T: Record<'de>> de::Visitor<'de> for RecordVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::read(members)
    }
}

/// The name of the next member.
#[inline]
pub(crate) fn next<'de, T: Record<'de>, A: MapAccess<'de>>(
    members: &mut A,
) -> Result<Option<Cow<'de, str>>, A::Error> {
    members.next_key_seed(NameSeed {
        names: T::NAMES,
        keeps_rest: T::KEEPS_REST,
    })
}

/// Reads the value of a member that may come once.
#[inline]
pub(crate) fn member<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    members: &mut A,
    name: &'static str,
    value: &mut Option<T>,
) -> Result<(), A::Error> {
    once(value.as_ref(), name)?;
    *value = Some(members.next_value()?);
    Ok(())
}

/// Reads the value of a member that may come once, and may be null.
#[inline]
pub(crate) fn nullable<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    members: &mut A,
    name: &'static str,
    value: &mut Option<T>,
) -> Result<(), A::Error> {
    once(value.as_ref(), name)?;
    *value = members.next_value()?;
    Ok(())
}

fn once<T, E: de::Error>(value: Option<&T>, name: &'static str) -> Result<(), E> {
    match value {
        Some(_) => Err(E::duplicate_field(name)),
        None => Ok(()),
    }
}

/// Reads over a value.
#[inline]
pub(crate) fn skip<'de, A: MapAccess<'de>>(members: &mut A) -> Result<(), A::Error> {
    members.next_value::<IgnoredAny>().map(drop)
}

/// Keeps a member without a name of its own.
pub(crate) fn keep<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    members: &mut A,
    name: Cow<'de, str>,
    rest: &mut BTreeMap<String, T>,
) -> Result<(), A::Error> {
    let value = members.next_value()?;
    rest.insert(name.into_owned(), value);
    Ok(())
}

/// What a required member must have been.
#[inline]
pub(crate) fn required<T, E: de::Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| de::Error::missing_field(name))
}

/// Writes the members of an object one by one, and keeps the first error for the end.
pub(crate) struct Writer<S: Serializer>(Result<S::SerializeMap, S::Error>);

impl<S: Serializer> Writer<S> {
    pub(crate) fn new(serializer: S) -> Self {
        Self(serializer.serialize_map(None))
    }

    #[inline]
    pub(crate) fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        if let Ok(members) = &mut self.0
            && let Err(error) = members.serialize_entry(name, value)
        {
            self.0 = Err(error);
        }
    }

    #[inline]
    pub(crate) fn optional<T: Serialize + ?Sized>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    pub(crate) fn rest<T: Serialize>(&mut self, rest: &BTreeMap<String, T>) {
        for (name, value) in rest {
            self.member(name, value);
        }
    }

    pub(crate) fn end(self) -> Result<S::Ok, S::Error> {
        self.0.and_then(SerializeMap::end)
    }
}

/// Reads the name of a member, borrowed from the text where it can be.
///
/// It asks for an identifier or, where names that are not among these are data, for a struct with these:
/// so whoever reads for a message knows what may be shown.
struct NameSeed {
    names: &'static [&'static str],
    keeps_rest: bool,
}

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.keeps_rest {
            deserializer.deserialize_struct("", self.names, NAME)
        } else {
            deserializer.deserialize_identifier(NAME)
        }
    }
}

const NAME: CowVisitor = CowVisitor("the name of a member");

/// Borrows a text where it can; for messages, what it reads.
pub(crate) struct CowVisitor(pub(crate) &'static str);

impl<'de> de::Visitor<'de> for CowVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}
