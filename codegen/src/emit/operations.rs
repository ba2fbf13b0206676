//! One method of the client for each operation, with its arguments, answers and errors.

mod answers;
mod arguments;

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use self::answers::Answers;
use self::arguments::Arguments;
use super::source::Source;
use super::types::{Scope, ident};
use super::{EmitError, docs};
use crate::ir::{
    Api, Group, IntegerWidth, Media, MediaKind, Method, Operation, PathPiece, TypeRef,
};

/// The file of one group.
pub(super) fn group(api: &Api, group: &Group, header: &str) -> Result<String, EmitError> {
    let own = own_names(group);
    let scope = Scope::operations(api, group, own);
    let mut source = Source::new(format!("Operations: {}.", super::title(&group.module)));
    let parts: Vec<_> = group
        .operations
        .iter()
        .map(|operation| {
            let arguments = Arguments::of(api, operation, &scope);
            let answers = Answers::of(operation, &scope);
            (operation, arguments, answers)
        })
        .collect();
    let methods = parts.iter().map(|(operation, arguments, answers)| {
        let call = call(api, operation, arguments, answers, &scope);
        let pages = pages(api, operation, arguments, answers, &scope);
        quote!(#call #pages)
    });
    let client = scope.import("crate::Client");
    source.push(&group.module, quote!(impl #client { #(#methods)* }))?;
    for (_, arguments, answers) in &parts {
        arguments.emit(&mut source)?;
        answers.emit(&mut source)?;
    }
    Ok(source.finish(header, &scope))
}

/// What the group may define beside methods: names of models that are the same are written with their path.
fn own_names(group: &Group) -> BTreeSet<String> {
    let suffixes = ["Params", "Body", "Response", "Error"];
    group
        .operations
        .iter()
        .flat_map(|operation| suffixes.map(|suffix| format!("{}{suffix}", operation.stem)))
        .collect()
}

/// The type that content in JSON or a form has.
pub(super) fn media_type(media: &Media) -> Option<&TypeRef> {
    match &media.kind {
        MediaKind::Json(ty) | MediaKind::Form(ty) => Some(ty),
        MediaKind::Multipart(_) | MediaKind::Text | MediaKind::Events | MediaKind::Binary => None,
    }
}

/// The path as the document writes it.
fn path(operation: &Operation) -> String {
    operation
        .path
        .iter()
        .map(|piece| match piece {
            PathPiece::Literal(text) => text.clone(),
            PathPiece::Parameter(index) => format!("{{{}}}", operation.parameters[*index].wire),
        })
        .collect()
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Put => "PUT",
        Method::Post => "POST",
        Method::Delete => "DELETE",
        Method::Options => "OPTIONS",
        Method::Head => "HEAD",
        Method::Patch => "PATCH",
        Method::Trace => "TRACE",
    }
}

/// The paragraphs of the method: what the document says, and the request line.
fn documentation(operation: &Operation) -> TokenStream {
    let mut paragraphs = operation.docs.paragraphs.clone();
    let line = format!("`{} {}`", method_name(operation.method), path(operation));
    if paragraphs.is_empty() {
        paragraphs.push(format!("Calls {line}."));
    } else {
        paragraphs.push(line);
    }
    docs::lines(&paragraphs)
}

fn call(
    api: &Api,
    operation: &Operation,
    arguments: &Arguments<'_>,
    answers: &Answers<'_>,
    scope: &Scope<'_>,
) -> TokenStream {
    let docs = documentation(operation);
    let deprecated = docs::deprecated(operation.deprecated);
    let name = ident(&operation.rust);
    let declared = arguments.declared();
    let (call, answer) = (arguments.local("call"), arguments.local("answer"));
    let calls = scope.import("crate::transport::Call");
    let method = ident(&method_name(operation.method).to_ascii_lowercase());
    let path = path(operation);
    let accept = answers
        .accept()
        .map(|media_type| quote!(.accept(#media_type)));
    let credentials = operation.auth.iter().map(|index| {
        let credential = ident(&api.auth[*index].rust);
        quote!(.credential(self.auth.#credential.as_ref()))
    });
    let written = arguments.written();
    let prepared = arguments.prepared();
    let result = scope.prelude("std::result::Result");
    let (success, error) = (answers.success_type(), answers.error_type());
    let sent = answers.sent(&call, &answer);
    quote! {
        #docs
        #deprecated
        pub async fn #name(&self, #(#declared),*) -> #result<#success, #error> {
            #prepared
            let #call = #calls::#method(#path)
                #accept
                #(#credentials)*
                #(#written)*;
            #sent
        }
    }
}

/// The method that walks the pages, where there are pages.
fn pages(
    api: &Api,
    operation: &Operation,
    arguments: &Arguments<'_>,
    answers: &Answers<'_>,
    scope: &Scope<'_>,
) -> Option<TokenStream> {
    let pages = operation.pages.as_ref()?;
    let (page, size) = (
        &operation.parameters[pages.page],
        &operation.parameters[pages.size],
    );
    let counted = |ty: &TypeRef| {
        matches!(
            super::types::present(api, ty),
            TypeRef::Integer(IntegerWidth::I64 | IntegerWidth::I32)
        )
    };
    let walkable = !page.required && !size.required && counted(&page.ty) && counted(&size.ty);
    if !walkable || answers.several() || answers.streamed() || operation.body.is_some() {
        return None;
    }
    let wide =
        |ty: &TypeRef| *super::types::present(api, ty) == TypeRef::Integer(IntegerWidth::I64);
    let name = ident(&operation.rust);
    let walk = format_ident!("{}_pages", operation.rust.trim_start_matches("r#"));
    let docs = docs::lines(&[format!(
        "All elements of [`Client::{}`], page after page, from the page that is asked for.",
        operation.rust.trim_start_matches("r#")
    )]);
    let deprecated = docs::deprecated(operation.deprecated);
    let (declared, lent) = arguments.lent();
    let (page_field, size_field) = (ident(&page.rust), ident(&size.rust));
    // Without a page size only an empty page is surely the last.
    let default_size = super::types::signed(i128::from(pages.default_size.unwrap_or(1)));
    let (lent_params, next_page) = (arguments.local("params"), arguments.local("page"));
    let first = if wide(&page.ty) {
        quote!(#lent_params.#page_field.unwrap_or(1))
    } else {
        quote!(#lent_params.#page_field.map_or(1, i64::from))
    };
    let bound = if wide(&size.ty) {
        quote!(#lent_params.#size_field.unwrap_or(#default_size))
    } else {
        quote!(#lent_params.#size_field.map_or(#default_size, i64::from))
    };
    let next = if wide(&page.ty) {
        quote!(#lent_params.#page_field = Some(#next_page);)
    } else {
        quote!(#lent_params.#page_field = i32::try_from(#next_page).ok();)
    };
    let walker = scope.import("crate::Pages");
    let boxed = scope.prelude("std::boxed::Box");
    let (item, error) = (scope.owned(&pages.item), answers.error_type());
    let params = format_ident!("{}Params", operation.stem);
    Some(quote! {
        #docs
        #deprecated
        pub fn #walk<'a>(&'a self, #(#declared,)* #lent_params: &#params) -> #walker<'a, #item, #error> {
            let #lent_params = #lent_params.clone();
            #walker::new(#first, #bound, move |#next_page| {
                let mut #lent_params = #lent_params.clone();
                #next
                #boxed::pin(async move { self.#name(#(#lent,)* &#lent_params).await })
            })
        }
    })
}

/// The name, or a longer one where an argument has it.
fn free(name: &str, taken: &BTreeSet<String>) -> Ident {
    let mut name = name.to_owned();
    while taken.contains(&name) {
        name.push('_');
    }
    format_ident!("{name}")
}
