//! What callers make requests with: a constructor that takes what is required, and chained setters.

/// Writes `new` and the `with_…` methods of a type.
///
/// In `new`, `value` takes the type itself, `into` what converts to it, `boxed` what is put into a
/// `Box`. In a setter, `value` and `into` mean the same, and `patch` takes a value, an `Option` or a
/// `Patch`.
macro_rules! setters {
    ($type:ident::new($($given:ident: $how:ident $taken:ty),* $(,)?) {
        $($method:ident($field:ident: $kind:ident $value:ty),)*
    }) => {
        impl $type {
            /// With what is required; nothing else is set.
            #[allow(clippy::too_many_arguments, reason = "the document requires them")]
            pub fn new($($given: $crate::setters::taken!($how $taken)),*) -> Self {
                Self {
                    $($given: $crate::setters::given!($how $given),)*
                    $($field: ::std::default::Default::default(),)*
                }
            }

            $($crate::setters::setter!($kind $type $method $field $value);)*
        }
    };
}

/// The optional arguments of an operation: a struct of what may be set, and its setters.
macro_rules! params {
    ($name:ident of $method:ident {
        $($(#[$about:meta])* $field:ident: $kind:ident $value:ty => $setter:ident,)*
    }) => {
        #[doc = concat!("Further arguments of [`Client::", stringify!($method), "`].")]
        #[derive(Clone, Debug, Default)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$about])* pub $field: ::std::option::Option<$value>,)*
        }

        $crate::setters::setters!($name::new() { $($setter($field: $kind $value),)* });
    };
}

/// The type of an argument.
macro_rules! taken {
    (into $type:ty) => { impl ::std::convert::Into<$type> };
    ($how:ident $type:ty) => { $type };
}

/// What is made of an argument.
macro_rules! given {
    (value $given:ident) => { $given };
    (into $given:ident) => { $given.into() };
    (boxed $given:ident) => { ::std::boxed::Box::new($given) };
}

/// Writes one setter.
macro_rules! setter {
    (value $type:ident $method:ident $field:ident $value:ty) => {
        $crate::setters::setter!(@ $type $method $field ($value) |value| Some(value));
    };
    (into $type:ident $method:ident $field:ident $value:ty) => {
        $crate::setters::setter!(@ $type $method $field (impl ::std::convert::Into<$value>) |value| Some(value.into()));
    };
    (patch $type:ident $method:ident $field:ident $value:ty) => {
        $crate::setters::setter!(@ $type $method $field (impl ::std::convert::Into<$crate::Patch<$value>>) |value| value.into());
    };
    (@ $type:ident $method:ident $field:ident ($taken:ty) |$given:ident| $set:expr) => {
        #[doc = concat!("Sets `", stringify!($field), "` of [`", stringify!($type), "`].")]
        #[must_use]
        pub fn $method(mut self, $given: $taken) -> Self {
            self.$field = $set;
            self
        }
    };
}

pub(crate) use {given, params, setter, setters, taken};
