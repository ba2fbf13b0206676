//! The chained setters of requests.

/// Writes `with_…` methods for optional members.
///
/// `value` takes the type itself, `into` what converts to it, `patch` a value, an `Option` or a `Patch`.
macro_rules! setters {
    ($type:ident { $($method:ident($field:ident: $kind:ident $value:ty),)* }) => {
        impl $type {
            $($crate::setters::setter!($kind $type $method $field $value);)*
        }
    };
}

/// Writes one of them.
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
        #[doc = concat!("Sets [`", stringify!($type), "::", stringify!($field), "`].")]
        #[must_use]
        pub fn $method(mut self, $given: $taken) -> Self {
            self.$field = $set;
            self
        }
    };
}

pub(crate) use {setter, setters};
