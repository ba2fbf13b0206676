//! `Check`: the constraints of the document that types do not say.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use serde_json::Number;

use super::EmitError;
use super::source::Source;
use super::structs::is_secret;
use super::types::{Scope, definition, ident, present, resolve, signed};
use crate::ir::{
    Api, Constraints, Field, IntegerWidth, Presence, Struct, TypeDef, TypeKind, TypeRef, Union,
};

/// Indices of the types that have constraints in them, or hold a type that has.
pub(super) fn checked_types(api: &Api) -> BTreeSet<usize> {
    let mut checked = BTreeSet::new();
    loop {
        let before = checked.len();
        for (index, def) in api.types.iter().enumerate() {
            let holds = |ty: &TypeRef, constraints: &Constraints| {
                !is_empty(constraints) || leads_to(api, ty, &checked)
            };
            let found = match &def.kind {
                TypeKind::Struct(body) => {
                    !is_empty(&body.constraints)
                        || body.fields.iter().any(|field| {
                            field.fixed.is_none() && holds(&field.ty, &field.constraints)
                        })
                }
                TypeKind::Union(body) => body
                    .variants
                    .iter()
                    .any(|variant| holds(&variant.ty, &variant.constraints)),
                TypeKind::Enum(_) | TypeKind::Alias(_) => false,
            };
            if found && def.in_request {
                checked.insert(index);
            }
        }
        if checked.len() == before {
            return checked;
        }
    }
}

fn is_empty(constraints: &Constraints) -> bool {
    *constraints == Constraints::default()
}

fn leads_to(api: &Api, ty: &TypeRef, checked: &BTreeSet<usize>) -> bool {
    match resolve(api, ty) {
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            leads_to(api, inner, checked)
        }
        _ => definition(api, ty).is_some_and(|(id, _)| checked.contains(&id.0)),
    }
}

pub(super) fn emit(
    api: &Api,
    def: &TypeDef,
    scope: &Scope<'_>,
    checked: &BTreeSet<usize>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let index = api.types.iter().position(|other| std::ptr::eq(other, def));
    if !index.is_some_and(|index| checked.contains(&index)) {
        return Ok(());
    }
    let mut writer = Writer {
        api,
        scope,
        checked,
        stem: shouted(&def.name),
        patterns: Vec::new(),
        depth: 0,
    };
    let body = match &def.kind {
        TypeKind::Struct(body) => writer.structure(body),
        TypeKind::Union(body) => writer.union(body),
        TypeKind::Enum(_) | TypeKind::Alias(_) => return Ok(()),
    };
    let name = ident(&def.name);
    let (check, findings) = (
        scope.import("crate::check::Check"),
        scope.import("crate::check::Findings"),
    );
    let patterns = writer.patterns;
    // A constraint that the type itself keeps asks for no statement.
    let argument = if body.is_empty() {
        quote!(_)
    } else {
        quote!(findings)
    };
    source.push(
        &def.name,
        quote! {
            #(#patterns)*
            impl #check for #name {
                fn check_in(&self, #argument: &mut #findings) {
                    #body
                }
            }
        },
    )
}

fn shouted(name: &str) -> String {
    heck::ToShoutySnakeCase::to_shouty_snake_case(name)
}

struct Writer<'a> {
    api: &'a Api,
    scope: &'a Scope<'a>,
    checked: &'a BTreeSet<usize>,
    stem: String,
    /// Statics beside the `impl`.
    patterns: Vec<TokenStream>,
    /// How many lists and maps are being walked.
    depth: usize,
}

impl Writer<'_> {
    fn structure(&mut self, body: &Struct) -> TokenStream {
        let mut own = Vec::new();
        let (least, most) = (
            body.constraints.min_properties,
            body.constraints.max_properties,
        );
        if least.is_some() || most.is_some() {
            let least = least
                .map(count)
                .map(|bound| quote!(findings.min_properties(count, #bound);));
            let most = most
                .map(count)
                .map(|bound| quote!(findings.max_properties(count, #bound);));
            own.push(quote! {
                let count = crate::check::member_count(self);
                #least
                #most
            });
        }
        let fields: Vec<_> = body
            .fields
            .iter()
            .filter_map(|field| self.field(field))
            .collect();
        quote!(#(#own)* #(#fields)*)
    }

    fn field(&mut self, field: &Field) -> Option<TokenStream> {
        if field.fixed.is_some() {
            return None;
        }
        let rust = ident(&field.rust);
        let wire = &field.wire;
        let stem = format!("{}_{}", self.stem, shouted(&field.rust));
        let ty = present(self.api, &field.ty).clone();
        let bare = field.presence == Presence::Required && !is_nullable(self.api, &field.ty);
        let place = if bare {
            Place::Field(&rust)
        } else {
            Place::Value
        };
        let at = At::Inside(quote!(findings.at(#wire)));
        let statements = self.statements(&ty, &field.constraints, place, &at, &stem)?;
        let statements = quote!(#(#statements;)*);
        Some(match field.presence {
            _ if bare => statements,
            Presence::Patch => quote!(if let Some(value) = self.#rust.value() { #statements }),
            _ => quote!(if let Some(value) = &self.#rust { #statements }),
        })
    }

    fn union(&mut self, body: &Union) -> TokenStream {
        let mut rest = false;
        let arms: Vec<_> = body
            .variants
            .iter()
            .filter_map(|variant| {
                let rust = ident(&variant.rust);
                let stem = format!("{}_{}", self.stem, shouted(&variant.rust));
                let ty = present(self.api, &variant.ty).clone();
                let nullable = is_nullable(self.api, &variant.ty);
                let constraints = &variant.constraints;
                let calls = self.statements(&ty, constraints, Place::Value, &At::Here, &stem);
                let Some(calls) = calls else {
                    rest = true;
                    return None;
                };
                let pattern = if nullable {
                    quote!(Some(value))
                } else {
                    quote!(value)
                };
                rest |= nullable;
                Some(match calls.as_slice() {
                    [call] => quote!(Self::#rust(#pattern) => #call,),
                    calls => quote!(Self::#rust(#pattern) => { #(#calls;)* }),
                })
            })
            .collect();
        if arms.is_empty() {
            return TokenStream::new();
        }
        // `Unknown` is checked by nobody.
        let closed = !rest && !super::unions::has_unknown(self.api, body);
        let rest = (!closed).then(|| quote!(_ => {}));
        quote!(match self { #(#arms)* #rest })
    }

    /// What is to be called for a value at `place`, with findings `at` it; `None` if nothing is.
    fn statements(
        &mut self,
        ty: &TypeRef,
        constraints: &Constraints,
        place: Place<'_>,
        at: &At,
        stem: &str,
    ) -> Option<Vec<TokenStream>> {
        let mut calls = Vec::new();
        match resolve(self.api, ty) {
            TypeRef::String | TypeRef::Binary => {
                self.text(constraints, &place.borrowed(), at, stem, &mut calls);
            }
            TypeRef::Secret => {
                let place = place.receiver();
                self.text(constraints, &quote!(#place.expose()), at, stem, &mut calls);
            }
            TypeRef::DateTime | TypeRef::Date => {
                let place = place.receiver();
                self.text(constraints, &quote!(#place.as_str()), at, stem, &mut calls);
            }
            TypeRef::Integer(width) => integer(constraints, *width, place, at, &mut calls),
            TypeRef::Number => number(constraints, place, at, &mut calls),
            TypeRef::Array(inner) => {
                let list = place.receiver();
                if let Some(least) = constraints.min_items.map(count) {
                    calls.push(quote!(#at.min_items(#list.len(), #least)));
                }
                if let Some(most) = constraints.max_items.map(count) {
                    calls.push(quote!(#at.max_items(#list.len(), #most)));
                }
                if constraints.unique_items {
                    let list = place.borrowed();
                    calls.push(quote!(#at.unique_items(#list)));
                }
                self.each(
                    inner,
                    constraints,
                    &quote!(#list.iter().enumerate()),
                    at,
                    stem,
                    &mut calls,
                );
            }
            TypeRef::Map(inner) => {
                let map = place.receiver();
                properties(constraints, &map, at, &mut calls);
                // The names beside secrets may tell of them.
                let entries = if is_secret(self.api, inner) {
                    quote!(#map.values().map(|value| ("*", value)))
                } else {
                    place.borrowed()
                };
                self.each(inner, constraints, &entries, at, stem, &mut calls);
            }
            TypeRef::AnyObject => properties(constraints, &place.receiver(), at, &mut calls),
            TypeRef::Named { id, .. } if self.checked.contains(&id.0) => {
                // In scope for the trait's method.
                self.scope.import("crate::check::Check");
                let value = place.receiver();
                let at = at.borrowed();
                calls.push(quote!(#value.check_in(#at)));
            }
            _ => {}
        }
        (!calls.is_empty()).then_some(calls)
    }

    fn each(
        &mut self,
        inner: &TypeRef,
        constraints: &Constraints,
        entries: &TokenStream,
        at: &At,
        stem: &str,
        calls: &mut Vec<TokenStream>,
    ) {
        let none = Constraints::default();
        let each = constraints.each.as_deref().unwrap_or(&none);
        let nullable = is_nullable(self.api, inner);
        let inner = present(self.api, inner).clone();
        let token = match self.depth {
            0 => format_ident!("token"),
            depth => format_ident!("token_{depth}"),
        };
        self.depth += 1;
        let at = At::Inside(quote!(#at.at(#token)));
        let stem = format!("{stem}_EACH");
        let statements = self.statements(&inner, each, Place::Value, &at, &stem);
        self.depth -= 1;
        let Some(statements) = statements else {
            return;
        };
        let look = quote!(#(#statements;)*);
        let look = if nullable {
            quote!(if let Some(value) = value { #look })
        } else {
            look
        };
        calls.push(quote!(for (#token, value) in #entries { #look }));
    }

    fn text(
        &mut self,
        constraints: &Constraints,
        text: &TokenStream,
        at: &At,
        stem: &str,
        calls: &mut Vec<TokenStream>,
    ) {
        if let Some(least) = constraints.min_length.map(count) {
            calls.push(quote!(#at.min_length(#text, #least)));
        }
        if let Some(most) = constraints.max_length.map(count) {
            calls.push(quote!(#at.max_length(#text, #most)));
        }
        if let Some(pattern) = &constraints.pattern {
            let name = format_ident!("{stem}_PATTERN");
            let ty = self.scope.import("crate::pattern::Pattern");
            self.patterns
                .push(quote!(static #name: #ty = #ty::new(#pattern);));
            calls.push(quote!(#at.pattern(#text, &#name)));
        }
    }
}

fn is_nullable(api: &Api, ty: &TypeRef) -> bool {
    matches!(resolve(api, ty), TypeRef::Nullable(_))
}

fn count(bound: u64) -> Literal {
    Literal::u64_unsuffixed(bound)
}

/// Where the value to be checked is.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// In this field of `self`.
    Field(&'a Ident),
    /// Behind the reference `value`, of a pattern or a loop.
    Value,
}

impl Place<'_> {
    /// What a method is called on.
    fn receiver(self) -> TokenStream {
        match self {
            Self::Field(name) => quote!(self.#name),
            Self::Value => quote!(value),
        }
    }

    /// A reference to it.
    fn borrowed(self) -> TokenStream {
        match self {
            Self::Field(name) => quote!(&self.#name),
            Self::Value => quote!(value),
        }
    }
}

impl ToTokens for Place<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Field(name) => quote!(self.#name),
            Self::Value => quote!(*value),
        });
    }
}

/// What takes the findings about a value.
enum At {
    /// The parameter of the method, which is a reference already.
    Here,
    /// The findings of a place inside.
    Inside(TokenStream),
}

impl At {
    fn borrowed(&self) -> TokenStream {
        match self {
            Self::Here => quote!(findings),
            Self::Inside(at) => quote!(&mut #at),
        }
    }
}

impl ToTokens for At {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Here => tokens.extend(quote!(findings)),
            Self::Inside(at) => at.to_tokens(tokens),
        }
    }
}

fn properties(constraints: &Constraints, map: &TokenStream, at: &At, calls: &mut Vec<TokenStream>) {
    if let Some(least) = constraints.min_properties.map(count) {
        calls.push(quote!(#at.min_properties(#map.len(), #least)));
    }
    if let Some(most) = constraints.max_properties.map(count) {
        calls.push(quote!(#at.max_properties(#map.len(), #most)));
    }
}

/// Bounds of integers are integers: a fraction is rounded to the side that keeps the meaning.
fn integer(
    constraints: &Constraints,
    width: IntegerWidth,
    place: Place<'_>,
    at: &At,
    calls: &mut Vec<TokenStream>,
) {
    let (lowest, highest) = match width {
        IntegerWidth::I32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
        IntegerWidth::I64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
        IntegerWidth::U64 => (0, i128::from(u64::MAX)),
    };
    let mut bound = |method: &str, bound: &Option<Number>, round: fn(f64) -> f64| {
        let Some(bound) = bound.as_ref().and_then(|number| whole(number, round)) else {
            return;
        };
        // Beyond the width it is either met by every value or by none: a comparison would not compile.
        if (lowest..=highest).contains(&bound) {
            let (method, bound) = (format_ident!("{method}"), signed(bound));
            calls.push(quote!(#at.#method(#place, #bound)));
        }
    };
    bound("minimum", &constraints.minimum, f64::ceil);
    bound("maximum", &constraints.maximum, f64::floor);
    bound(
        "exclusive_minimum",
        &constraints.exclusive_minimum,
        f64::floor,
    );
    bound(
        "exclusive_maximum",
        &constraints.exclusive_maximum,
        f64::ceil,
    );
    let factor = constraints.multiple_of.as_ref().and_then(exact);
    if let Some(factor) = factor.filter(|factor| *factor != 0) {
        let factor = signed(factor);
        calls.push(quote!(#at.multiple_of_integer(#place, #factor)));
    }
}

fn exact(number: &Number) -> Option<i128> {
    whole(number, |value| {
        if value.fract() == 0.0 {
            value
        } else {
            f64::NAN
        }
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what is beyond the range of i128 is beyond every width, and saturates"
)]
fn whole(number: &Number, round: fn(f64) -> f64) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
        .or_else(|| {
            Some(round(number.as_f64()?))
                .filter(|value| value.is_finite())
                .map(|value| value as i128)
        })
}

fn number(constraints: &Constraints, place: Place<'_>, at: &At, calls: &mut Vec<TokenStream>) {
    let bounds = [
        ("minimum", &constraints.minimum),
        ("maximum", &constraints.maximum),
        ("exclusive_minimum", &constraints.exclusive_minimum),
        ("exclusive_maximum", &constraints.exclusive_maximum),
        ("multiple_of", &constraints.multiple_of),
    ];
    for (method, bound) in bounds {
        let bound = bound
            .as_ref()
            .and_then(Number::as_f64)
            .filter(|bound| bound.is_finite());
        if let Some(bound) = bound {
            let method = format_ident!("{method}");
            let minus = bound.is_sign_negative().then(|| quote!(-));
            let bound = Literal::f64_unsuffixed(bound.abs());
            let bound = quote!(#minus #bound);
            calls.push(quote!(#at.#method(#place, #bound)));
        }
    }
}
