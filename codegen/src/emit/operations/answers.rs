//! The answers of an operation: the type of its success and the enum of its documented errors.

use std::fmt::Write as _;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};

use crate::emit::source::Source;
use crate::emit::types::{Scope, compact};
use crate::emit::{EmitError, docs};
use crate::ir::{MediaKind, Operation, Response, StatusRange};

pub(super) struct Answers<'a> {
    operation: &'a Operation,
    scope: &'a Scope<'a>,
    successes: Vec<&'a Response>,
    errors: Vec<&'a Response>,
}

impl<'a> Answers<'a> {
    /// `default` is for errors, unless the document names no success.
    pub(super) fn of(operation: &'a Operation, scope: &'a Scope<'a>) -> Self {
        let certain = |status| match status {
            StatusRange::Exactly(code) => (200..300).contains(&code),
            StatusRange::Class(digit) => digit == 2,
            StatusRange::Default => false,
        };
        let named = operation
            .responses
            .iter()
            .any(|response| certain(response.status));
        let mut successes: Vec<_> = operation
            .responses
            .iter()
            .filter(|response| {
                certain(response.status) || (response.status == StatusRange::Default && !named)
            })
            .collect();
        let mut errors: Vec<_> = operation
            .responses
            .iter()
            .filter(|response| !certain(response.status))
            .collect();
        successes.sort_by_key(|response| response.status);
        errors.sort_by_key(|response| response.status);
        Self {
            operation,
            scope,
            successes,
            errors,
        }
    }

    /// Whether a success is read by the caller, piece by piece.
    pub(super) fn streamed(&self) -> bool {
        self.successes.iter().any(|response| is_streamed(response))
    }

    /// The media types of successes, where they are not JSON.
    pub(super) fn accept(&self) -> Option<String> {
        let mut types: Vec<&str> = self
            .successes
            .iter()
            .filter_map(|response| response.media.as_ref())
            .map(|media| media.media_type.as_str())
            .collect();
        types.dedup();
        let usual = types.is_empty() || types == ["application/json"];
        let plain = types
            .iter()
            .all(|name| name.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        (!usual && plain).then(|| types.join(", "))
    }

    fn response_name(&self) -> Ident {
        format_ident!("{}Response", self.operation.stem)
    }

    fn error_name(&self) -> Ident {
        format_ident!("{}Error", self.operation.stem)
    }

    /// Whether several types of success need an enum.
    pub(super) fn several(&self) -> bool {
        let kinds: Vec<_> = self
            .successes
            .iter()
            .map(|response| self.held(response))
            .collect();
        kinds
            .windows(2)
            .any(|pair| text(pair[0].as_ref()) != text(pair[1].as_ref()))
    }

    /// What a response holds, as a type.
    fn held(&self, response: &Response) -> Option<TokenStream> {
        Some(match &response.media.as_ref()?.kind {
            MediaKind::Json(ty) => self.scope.owned(ty),
            MediaKind::Text => self.scope.string(),
            MediaKind::Events => self.scope.import("crate::Events"),
            MediaKind::Binary | MediaKind::Multipart(_) | MediaKind::Form(_) => {
                self.scope.import("crate::Download")
            }
        })
    }

    /// What an error response holds: streams are not read.
    fn held_by_error(&self, response: &Response) -> Option<TokenStream> {
        (!is_streamed(response))
            .then(|| self.held(response))
            .flatten()
    }

    pub(super) fn success_type(&self) -> TokenStream {
        match self.successes.first() {
            _ if self.several() => {
                let name = self.response_name();
                quote!(#name)
            }
            Some(response) => self.held(response).unwrap_or_else(|| quote!(())),
            None => quote!(()),
        }
    }

    pub(super) fn error_type(&self) -> TokenStream {
        let error = self.scope.import("crate::Error");
        if self.errors.is_empty() {
            return quote!(#error);
        }
        let name = self.error_name();
        quote!(#error<#name>)
    }

    /// Sends the call and reads the answer.
    pub(super) fn sent(&self, call: &Ident, answer: &Ident) -> TokenStream {
        if self.several() || self.streamed() {
            return self.matched(call, answer);
        }
        let statuses = self.statuses();
        let kind = self
            .successes
            .first()
            .and_then(|response| response.media.as_ref());
        let send = match kind.map(|media| &media.kind) {
            Some(MediaKind::Json(_)) => quote!(json),
            Some(MediaKind::Text) => quote!(text),
            _ => quote!(empty),
        };
        quote!(self.transport.#send(#call, #statuses).await)
    }

    /// The statuses of a success: no error has one of them.
    fn statuses(&self) -> TokenStream {
        let exact: Option<Vec<u16>> = self
            .successes
            .iter()
            .map(|response| exact(response.status))
            .collect();
        match exact.as_deref() {
            Some([]) | None => quote!(200..=299),
            Some([code]) => Literal::u16_unsuffixed(*code).into_token_stream(),
            Some(codes) => {
                let codes = codes.iter().copied().map(Literal::u16_unsuffixed);
                quote!([#(#codes),*])
            }
        }
    }

    /// A match over the status, where successes differ or are read by the caller.
    fn matched(&self, call: &Ident, answer: &Ident) -> TokenStream {
        let (send, whole, wait) = if self.streamed() {
            (
                quote!(open),
                quote!(#answer.read().await?),
                Some(quote!(.await)),
            )
        } else {
            (quote!(send), quote!(#answer), None)
        };
        let codes: Vec<u16> = self
            .successes
            .iter()
            .filter_map(|response| exact(response.status))
            .collect();
        let mut merged: Vec<(TokenStream, TokenStream)> = Vec::new();
        for response in &self.successes {
            let (pattern, read) = (
                pattern(response.status, &codes),
                self.success(response, answer, &whole),
            );
            match merged.last_mut() {
                Some((patterns, same)) if same.to_string() == read.to_string() => {
                    *patterns = quote!(#patterns | #pattern);
                }
                _ => merged.push((pattern, read)),
            }
        }
        let arms = merged
            .iter()
            .map(|(pattern, read)| quote!(#pattern => #read,));
        quote! {
            let #answer = self.transport.#send(#call).await?;
            match #answer.status() {
                #(#arms)*
                _ => #answer.refused()#wait,
            }
        }
    }

    fn success(&self, response: &Response, answer: &Ident, whole: &TokenStream) -> TokenStream {
        let (events, download) = (quote!(crate::Events), quote!(crate::Download));
        let variant = self.several().then(|| {
            let (name, variant) = (self.response_name(), variant_name(response.status));
            quote!(#name::#variant)
        });
        let kind = response.media.as_ref().map(|media| &media.kind);
        match kind {
            None => {
                let value = variant.unwrap_or_else(|| quote!(()));
                quote!(Ok(#value))
            }
            Some(MediaKind::Json(_)) => {
                let mapped = variant.map(|variant| quote!(.map(#variant)));
                quote!(#whole.json()#mapped)
            }
            Some(MediaKind::Text) => {
                let mapped = variant.map(|variant| quote!(.map(#variant)));
                quote!(#whole.text()#mapped)
            }
            Some(kind) => {
                let stream = if matches!(kind, MediaKind::Events) {
                    events
                } else {
                    download
                };
                let value = quote!(#stream::new(#answer));
                let value = variant.map_or(value.clone(), |variant| quote!(#variant(#value)));
                quote!(Ok(#value))
            }
        }
    }

    pub(super) fn emit(&self, source: &mut Source) -> Result<(), EmitError> {
        let method = self.operation.rust.trim_start_matches("r#");
        if self.several() {
            let name = self.response_name();
            let doc = docs::lines(&[format!("The successes of [`Client::{method}`].")]);
            let variants = self.successes.iter().map(|response| {
                let held = self.held(response);
                variant(response, held)
            });
            // A stream cannot be cloned.
            let clone = (!self.streamed()).then(|| quote!(Clone,));
            let tokens = quote! {
                #doc
                #[derive(#clone Debug)]
                #[non_exhaustive]
                pub enum #name { #(#variants)* }
            };
            source.push(&name.to_string(), tokens)?;
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        let (errors, name) = (
            self.scope.import("crate::answer::errors"),
            self.error_name(),
        );
        let mut lines = String::new();
        for response in &self.errors {
            let docs = docs::text(&response.docs, "", "    ///");
            let held = self.held_by_error(response).map(|held| {
                let text = matches!(
                    response.media.as_ref().map(|media| &media.kind),
                    Some(MediaKind::Text)
                );
                let how = if text { "text" } else { "json" };
                format!("({how} {})", compact(&held))
            });
            let (status, variant) = (label(response.status), variant_name(response.status));
            let held = held.unwrap_or_default();
            let _ = writeln!(lines, "{docs}    {variant}{held} = {status},");
        }
        let text = format!("{errors}!({name} of {method} {{\n{lines}}});\n");
        source.push_text(&name.to_string(), text)
    }
}

fn is_streamed(response: &Response) -> bool {
    response
        .media
        .as_ref()
        .is_some_and(|media| !matches!(media.kind, MediaKind::Json(_) | MediaKind::Text))
}

fn text(tokens: Option<&TokenStream>) -> String {
    tokens.map(ToString::to_string).unwrap_or_default()
}

fn variant(response: &Response, held: Option<TokenStream>) -> TokenStream {
    let name = variant_name(response.status);
    let mut described = response.docs.clone();
    let status = match label(response.status).as_str() {
        "_" => "Any other status.".to_owned(),
        status => format!("Status {status}."),
    };
    match described.paragraphs.first_mut() {
        Some(first) => *first = format!("{status} {first}"),
        None => described.paragraphs.push(status),
    }
    let doc = docs::item(&described);
    let held = held.map(|held| quote!((#held)));
    quote!(#doc #name #held,)
}

/// The status as the document writes it; `_` is any other.
fn label(status: StatusRange) -> String {
    match status {
        StatusRange::Exactly(code) => code.to_string(),
        StatusRange::Class(digit) => format!("{digit}XX"),
        StatusRange::Default => "_".to_owned(),
    }
}

fn exact(status: StatusRange) -> Option<u16> {
    match status {
        StatusRange::Exactly(code) => Some(code),
        StatusRange::Class(_) | StatusRange::Default => None,
    }
}

/// The default, where it is for a success, is for any. The class begins and ends within the codes that have an
/// arm of their own, so that no reader (and not clippy) takes one for the other.
fn pattern(status: StatusRange, codes: &[u16]) -> TokenStream {
    let literal = Literal::u16_unsuffixed;
    match status {
        StatusRange::Exactly(code) => literal(code).into_token_stream(),
        StatusRange::Class(_) | StatusRange::Default => {
            let (mut first, mut last) = (200, 299);
            while codes.contains(&first) && first < last {
                first += 1;
            }
            while codes.contains(&last) && first < last {
                last -= 1;
            }
            let (first, last) = (literal(first), literal(last));
            quote!(#first..=#last)
        }
    }
}

/// The reason phrase of the status as a name (IANA's registry of HTTP status codes).
fn variant_name(status: StatusRange) -> Ident {
    let name = match status {
        StatusRange::Class(1) => "Informational",
        StatusRange::Class(2) => "Success",
        StatusRange::Class(3) => "Redirection",
        StatusRange::Class(4) => "ClientError",
        StatusRange::Class(_) => "ServerError",
        StatusRange::Default => "Other",
        StatusRange::Exactly(code) => match code {
            200 => "Ok",
            201 => "Created",
            202 => "Accepted",
            203 => "NonAuthoritativeInformation",
            204 => "NoContent",
            205 => "ResetContent",
            206 => "PartialContent",
            300 => "MultipleChoices",
            301 => "MovedPermanently",
            302 => "Found",
            303 => "SeeOther",
            304 => "NotModified",
            307 => "TemporaryRedirect",
            308 => "PermanentRedirect",
            400 => "BadRequest",
            401 => "Unauthorized",
            402 => "PaymentRequired",
            403 => "Forbidden",
            404 => "NotFound",
            405 => "MethodNotAllowed",
            406 => "NotAcceptable",
            407 => "ProxyAuthenticationRequired",
            408 => "RequestTimeout",
            409 => "Conflict",
            410 => "Gone",
            411 => "LengthRequired",
            412 => "PreconditionFailed",
            413 => "ContentTooLarge",
            414 => "UriTooLong",
            415 => "UnsupportedMediaType",
            416 => "RangeNotSatisfiable",
            417 => "ExpectationFailed",
            421 => "MisdirectedRequest",
            422 => "UnprocessableContent",
            423 => "Locked",
            424 => "FailedDependency",
            425 => "TooEarly",
            426 => "UpgradeRequired",
            428 => "PreconditionRequired",
            429 => "TooManyRequests",
            431 => "RequestHeaderFieldsTooLarge",
            451 => "UnavailableForLegalReasons",
            500 => "InternalServerError",
            501 => "NotImplemented",
            502 => "BadGateway",
            503 => "ServiceUnavailable",
            504 => "GatewayTimeout",
            505 => "HttpVersionNotSupported",
            507 => "InsufficientStorage",
            508 => "LoopDetected",
            511 => "NetworkAuthenticationRequired",
            other => return format_ident!("Status{other}"),
        },
    };
    format_ident!("{name}")
}
