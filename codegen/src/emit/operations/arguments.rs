//! The arguments of an operation: required ones one by one, optional ones in a struct.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::free;
use crate::emit::source::Source;
use crate::emit::structs::{Member, default_note, optional, setters};
use crate::emit::types::{Scope, compact, ident, present, resolve, setter};
use crate::emit::{EmitError, docs};
use crate::ir::{
    Api, Docs, MediaKind, Operation, Parameter, ParameterEncoding, ParameterPlace, Part, Presence,
    RequestBody, Style, TypeRef,
};

/// More than these, and required parameters outside the path move into the struct.
const MANY: usize = 5;

pub(super) struct Arguments<'a> {
    api: &'a Api,
    operation: &'a Operation,
    scope: &'a Scope<'a>,
    /// Required parameters that are arguments of the method.
    direct: Vec<&'a Parameter>,
    /// Parameters that are members of the struct.
    gathered: Vec<&'a Parameter>,
    /// The names that arguments have.
    taken: BTreeSet<String>,
}

impl<'a> Arguments<'a> {
    pub(super) fn of(api: &'a Api, operation: &'a Operation, scope: &'a Scope<'a>) -> Self {
        let required = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.required)
            .count();
        let many = required > MANY;
        let (direct, gathered): (Vec<_>, Vec<_>) =
            operation.parameters.iter().partition(|parameter| {
                parameter.place == ParameterPlace::Path || (parameter.required && !many)
            });
        let taken = direct
            .iter()
            .map(|parameter| parameter.rust.clone())
            .collect();
        Self {
            api,
            operation,
            scope,
            direct,
            gathered,
            taken,
        }
    }

    /// A name for a local variable.
    pub(super) fn local(&self, name: &str) -> Ident {
        free(name, &self.taken)
    }

    fn params_name(&self) -> Ident {
        format_ident!("{}Params", self.operation.stem)
    }

    fn body_name(&self) -> Ident {
        format_ident!("{}Body", self.operation.stem)
    }

    fn required_body(&self) -> Option<&'a RequestBody> {
        self.operation
            .body
            .as_ref()
            .filter(|body| body.required || Self::is_once(body))
    }

    fn optional_body(&self) -> Option<&'a RequestBody> {
        self.operation
            .body
            .as_ref()
            .filter(|body| !body.required && !Self::is_once(body))
    }

    /// A body that cannot be cloned, and so is no member of the struct.
    fn is_once(body: &RequestBody) -> bool {
        matches!(
            body.media.kind,
            MediaKind::Multipart(_) | MediaKind::Binary | MediaKind::Events
        )
    }

    fn has_params(&self) -> bool {
        !self.gathered.is_empty() || self.optional_body().is_some()
    }

    /// The arguments of the method.
    pub(super) fn declared(&self) -> Vec<TokenStream> {
        let mut declared: Vec<_> = self
            .direct
            .iter()
            .map(|parameter| {
                let (rust, ty) = (ident(&parameter.rust), self.borrowed(&parameter.ty, None));
                quote!(#rust: #ty)
            })
            .collect();
        if let Some(body) = self.required_body() {
            let (name, ty) = (self.local("body"), self.body_type(body));
            let ty = if body.required {
                ty
            } else {
                self.scope.option(&ty)
            };
            declared.push(quote!(#name: #ty));
        }
        if self.has_params() {
            let (name, ty) = (self.local("params"), self.params_name());
            declared.push(quote!(#name: &#ty));
        }
        declared
    }

    /// The arguments before the struct, with a lifetime, and how they are passed on.
    pub(super) fn lent(&self) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let lifetime = quote!('a);
        self.direct
            .iter()
            .map(|parameter| {
                let rust = ident(&parameter.rust);
                let ty = self.borrowed(&parameter.ty, Some(&lifetime));
                (quote!(#rust: #ty), quote!(#rust))
            })
            .unzip()
    }

    /// How a caller lends a value.
    fn borrowed(&self, ty: &TypeRef, lifetime: Option<&TokenStream>) -> TokenStream {
        match resolve(self.api, ty) {
            TypeRef::String | TypeRef::Binary => quote!(&#lifetime str),
            TypeRef::Bool | TypeRef::Integer(_) | TypeRef::Number | TypeRef::Null => {
                self.scope.owned(ty)
            }
            TypeRef::Array(inner) => {
                let inner = self.scope.owned(inner);
                quote!(&#lifetime [#inner])
            }
            TypeRef::Nullable(_) => {
                let inner = self.scope.owned(present(self.api, ty));
                let option = self.scope.option(&inner);
                quote!(&#lifetime #option)
            }
            _ => {
                let owned = self.scope.owned(ty);
                quote!(&#lifetime #owned)
            }
        }
    }

    fn is_value(&self, ty: &TypeRef) -> bool {
        matches!(
            resolve(self.api, ty),
            TypeRef::Bool | TypeRef::Integer(_) | TypeRef::Number | TypeRef::Null
        )
    }

    fn body_type(&self, body: &RequestBody) -> TokenStream {
        match &body.media.kind {
            MediaKind::Json(ty) | MediaKind::Form(ty) => self.borrowed(ty, None),
            MediaKind::Multipart(_) => {
                let name = self.body_name();
                quote!(#name)
            }
            MediaKind::Text => quote!(&str),
            MediaKind::Binary | MediaKind::Events => quote!(::reqwest::Body),
        }
    }

    /// Statements before the call is made.
    pub(super) fn prepared(&self) -> Option<TokenStream> {
        let body = self.operation.body.as_ref()?;
        let MediaKind::Multipart(parts) = &body.media.kind else {
            return None;
        };
        let (name, form) = (self.local("body"), self.local("form"));
        let multipart = self.scope.import("crate::multipart::Multipart");
        let adds = parts.iter().map(|part| add_part(part, &name, &form));
        if body.required {
            return Some(quote! {
                let mut #form = #multipart::new();
                #(#adds)*
            });
        }
        Some(quote! {
            let mut #form = #multipart::new();
            if let Some(#name) = #name {
                #(#adds)*
            }
        })
    }

    /// The calls that write the arguments into the request.
    pub(super) fn written(&self) -> Vec<TokenStream> {
        let params = self.local("params");
        let mut written: Vec<_> = self
            .operation
            .parameters
            .iter()
            .map(|parameter| {
                let rust = ident(&parameter.rust);
                let direct = self
                    .direct
                    .iter()
                    .any(|other| std::ptr::eq(*other, parameter));
                let value = match direct {
                    true if self.is_value(&parameter.ty) => quote!(&#rust),
                    true => quote!(#rust),
                    false => quote!(&#params.#rust),
                };
                write(parameter, &value, self.scope)
            })
            .collect();
        written.extend(
            self.operation
                .body
                .as_ref()
                .map(|body| self.write_body(body)),
        );
        written
    }

    fn write_body(&self, body: &RequestBody) -> TokenStream {
        let (name, params) = (self.local("body"), self.local("params"));
        let media_type = &body.media.media_type;
        let value = |ty: &TypeRef| {
            if self.is_value(ty) {
                quote!(&#name)
            } else {
                quote!(#name)
            }
        };
        let optional = !body.required;
        match &body.media.kind {
            MediaKind::Json(ty) => match (optional, media_type == "application/json") {
                (true, _) => quote!(.optional_json(#media_type, #params.body.as_ref())),
                (false, true) => {
                    let value = value(ty);
                    quote!(.json(#value))
                }
                (false, false) => {
                    let value = value(ty);
                    quote!(.json_as(#media_type, #value))
                }
            },
            MediaKind::Form(_) if optional => quote!(.optional_form(#params.body.as_ref())),
            MediaKind::Form(ty) => {
                let value = value(ty);
                quote!(.form(#value))
            }
            MediaKind::Text if optional => {
                quote!(.optional_bytes(#media_type, #params.body.clone()))
            }
            MediaKind::Text => quote!(.bytes(#media_type, #name.to_owned())),
            MediaKind::Multipart(_) => {
                let form = self.local("form");
                quote!(.multipart(#form))
            }
            MediaKind::Binary | MediaKind::Events if optional => {
                quote!(.optional_stream(#media_type, #name))
            }
            MediaKind::Binary | MediaKind::Events => quote!(.stream(#media_type, #name)),
        }
    }

    /// The struct of optional arguments and that of the parts of a body.
    pub(super) fn emit(&self, source: &mut Source) -> Result<(), EmitError> {
        if self.has_params() {
            if self.gathered.iter().any(|parameter| parameter.required) {
                self.emit_params(source)?;
            } else {
                self.emit_optional(source)?;
            }
        }
        if let Some(MediaKind::Multipart(parts)) =
            self.operation.body.as_ref().map(|body| &body.media.kind)
        {
            self.emit_parts(parts, source)?;
        }
        Ok(())
    }

    /// The struct where nothing in it is required.
    fn emit_optional(&self, source: &mut Source) -> Result<(), EmitError> {
        let name = self.params_name().to_string();
        let method = self.operation.rust.trim_start_matches("r#");
        let mut lines = String::new();
        let mut add = |rust: &str, ty: &TypeRef, docs: &Docs, deprecated: bool| {
            let (how, owned) = (optional(self.api, ty), compact(&self.scope.owned(ty)));
            let setter = setter(rust);
            lines += &docs::text(docs, "", "    ///");
            if deprecated {
                lines += "    #[deprecated]\n";
            }
            let _ = writeln!(lines, "    {rust}: {how} {owned} => {setter},");
        };
        for parameter in &self.gathered {
            let note = default_note(parameter.default.as_ref(), &parameter.ty);
            let docs = docs::noted(&parameter.docs, note.as_deref());
            let ty = present(self.api, &parameter.ty);
            add(&parameter.rust, ty, &docs, parameter.deprecated);
        }
        if let Some(body) = self.optional_body() {
            add("body", self.optional_body_type(body), &body.docs, false);
        }
        let params = self.scope.import("crate::setters::params");
        let text = format!("{params}!({name} of {method} {{\n{lines}}});\n");
        source.push_text(&name, text)
    }

    fn optional_body_type(&self, body: &'a RequestBody) -> &'a TypeRef {
        match &body.media.kind {
            MediaKind::Json(ty) | MediaKind::Form(ty) => present(self.api, ty),
            _ => &TypeRef::String,
        }
    }

    /// The struct where some of it is required.
    fn emit_params(&self, source: &mut Source) -> Result<(), EmitError> {
        let name = self.params_name();
        let method = self.operation.rust.trim_start_matches("r#");
        let doc = docs::lines(&[format!("Further arguments of [`Client::{method}`].")]);
        let mut fields: Vec<_> = self
            .gathered
            .iter()
            .map(|parameter| {
                let rust = ident(&parameter.rust);
                let owned = self.scope.owned(present(self.api, &parameter.ty));
                let ty = if parameter.required {
                    owned
                } else {
                    self.scope.option(&owned)
                };
                let note = default_note(parameter.default.as_ref(), &parameter.ty);
                let doc = docs::with_note(&parameter.docs, note.as_deref());
                let deprecated = docs::deprecated(parameter.deprecated);
                quote!(#doc #deprecated pub #rust: #ty,)
            })
            .collect();
        let body = self
            .optional_body()
            .map(|body| (body, self.optional_body_type(body)));
        if let Some((body, ty)) = body {
            let doc = docs::item(&body.docs);
            let ty = self.scope.option(&self.scope.owned(ty));
            fields.push(quote!(#doc pub body: #ty,));
        }
        source.push(
            &name.to_string(),
            quote! {
                #doc
                #[derive(Clone, Debug)]
                #[non_exhaustive]
                pub struct #name { #(#fields)* }
            },
        )?;
        let parameters = self.gathered.iter().map(|parameter| Member {
            rust: &parameter.rust,
            ty: &parameter.ty,
            presence: if parameter.required {
                Presence::Required
            } else {
                Presence::Optional
            },
        });
        let body = body.map(|(_, ty)| Member {
            rust: "body",
            ty,
            presence: Presence::Optional,
        });
        let members: Vec<_> = parameters.chain(body).collect();
        setters(self.api, &name.to_string(), &members, self.scope, source)
    }

    fn emit_parts(&self, parts: &[Part], source: &mut Source) -> Result<(), EmitError> {
        let name = self.body_name();
        let method = self.operation.rust.trim_start_matches("r#");
        let doc = docs::lines(&[format!("The parts that [`Client::{method}`] sends.")]);
        let declared = parts.iter().map(|part| {
            let (rust, ty) = (ident(&part.rust), self.part_type(part));
            let doc = docs::item(&part.docs);
            quote!(#doc pub #rust: #ty,)
        });
        let arguments = parts.iter().filter(|part| part.required).map(|part| {
            let (rust, ty) = (ident(&part.rust), self.part_type(part));
            quote!(#rust: #ty)
        });
        let values = parts.iter().map(|part| {
            let rust = ident(&part.rust);
            match (part.required, part.repeated) {
                (true, _) => quote!(#rust,),
                (false, false) => quote!(#rust: None,),
                (false, true) => {
                    let list = self.scope.prelude("std::vec::Vec");
                    quote!(#rust: #list::new(),)
                }
            }
        });
        let lone = parts.iter().all(|part| !part.required).then(|| {
            let default = self.scope.prelude("std::default::Default");
            quote! {
                impl #default for #name {
                    fn default() -> Self {
                        Self::new()
                    }
                }
            }
        });
        source.push(
            &name.to_string(),
            quote! {
                #doc
                #[derive(Debug)]
                #[non_exhaustive]
                pub struct #name { #(#declared)* }

                impl #name {
                    #[doc = " With what is required; the members are public."]
                    pub fn new(#(#arguments),*) -> Self {
                        Self { #(#values)* }
                    }
                }

                #lone
            },
        )
    }

    fn part_type(&self, part: &Part) -> TokenStream {
        let one = match &part.ty {
            TypeRef::Binary => self.scope.import("crate::Upload"),
            ty => self.scope.owned(present(self.api, ty)),
        };
        if part.repeated {
            let list = self.scope.prelude("std::vec::Vec");
            quote!(#list<#one>)
        } else if part.required {
            one
        } else {
            self.scope.option(&one)
        }
    }
}

fn add_part(part: &Part, body: &Ident, form: &Ident) -> TokenStream {
    let (rust, wire) = (ident(&part.rust), &part.wire);
    let add = |value: TokenStream| {
        if part.ty == TypeRef::Binary {
            quote!(#form = #form.file(#wire, #value);)
        } else {
            quote!(#form = #form.value(#wire, &#value);)
        }
    };
    match (part.repeated, part.required, &part.ty) {
        (true, _, _) => {
            let add = add(quote!(part));
            quote!(for part in #body.#rust { #add })
        }
        (false, false, TypeRef::Binary) => {
            let add = add(quote!(part));
            quote!(if let Some(part) = #body.#rust { #add })
        }
        _ => add(quote!(#body.#rust)),
    }
}

/// The call that writes a parameter; the usual style of its place goes without saying.
fn write(parameter: &Parameter, value: &TokenStream, scope: &Scope<'_>) -> TokenStream {
    let wire = &parameter.wire;
    let (style, reserved) = match parameter.encoding {
        ParameterEncoding::Json => {
            let named = matches!(
                parameter.place,
                ParameterPlace::Query | ParameterPlace::Cookie
            );
            (quote!(Json { named: #named }), false)
        }
        ParameterEncoding::Style {
            style,
            explode,
            allow_reserved,
        } => {
            let usual = match parameter.place {
                ParameterPlace::Query => style == Style::Form && explode && !allow_reserved,
                ParameterPlace::Path | ParameterPlace::Header => style == Style::Simple && !explode,
                ParameterPlace::Cookie => style == Style::Form && explode,
            };
            if usual {
                let method = place(parameter.place);
                return quote!(.#method(#wire, #value));
            }
            let style = match style {
                Style::Matrix => quote!(Matrix { explode: #explode }),
                Style::Label => quote!(Label { explode: #explode }),
                Style::Simple => quote!(Simple { explode: #explode }),
                Style::Form => quote!(Form { explode: #explode }),
                Style::SpaceDelimited | Style::PipeDelimited if explode => {
                    quote!(Form { explode: true })
                }
                Style::SpaceDelimited => quote!(SpaceDelimited),
                Style::PipeDelimited => quote!(PipeDelimited),
                Style::DeepObject => quote!(DeepObject),
            };
            (style, allow_reserved)
        }
    };
    let method = format_ident!("{}_as", place(parameter.place));
    let escape = (parameter.place == ParameterPlace::Query).then(|| {
        let escape = if reserved {
            quote!(KeepReserved)
        } else {
            quote!(Reserved)
        };
        let escapes = scope.import("crate::parameters::Escape");
        quote!(, #escapes::#escape)
    });
    let styles = scope.import("crate::parameters::Style");
    quote!(.#method(#wire, #value, #styles::#style #escape))
}

fn place(place: ParameterPlace) -> Ident {
    format_ident!(
        "{}",
        match place {
            ParameterPlace::Path => "path",
            ParameterPlace::Query => "query",
            ParameterPlace::Header => "header",
            ParameterPlace::Cookie => "cookie",
        }
    )
}
