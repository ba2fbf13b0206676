//! What can be counted in generated sources without compiling them.

use std::{fs, io, path::Path};

use syn::{
    Attribute, Expr, Field, Ident, Item, Lit, Token, Type, braced,
    ext::IdentExt as _,
    parse::{Parse, ParseStream},
    visit::Visit,
};

/// Names of members that are secrets in the documents of this project, as the overlay lists them.
const SECRETS: [&str; 8] = [
    "access_token",
    "api_token",
    "card_cvv",
    "card_number",
    "client_secret",
    "password",
    "secret_value",
    "totp",
];

/// Names that are secrets in types of one-time codes, and elsewhere are none.
const SECRETS_OF_CODES: [&str; 2] = ["code", "content"];

/// What was counted.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) lines: usize,
    /// Mentions of `serde_json::Value` in types of fields.
    pub(crate) free: usize,
    pub(crate) untagged: usize,
    pub(crate) nested_options: usize,
    /// Structs with a member whose name is a secret's.
    pub(crate) with_secrets: usize,
    /// Those of them that derive `Debug` and hold it as a plain text.
    pub(crate) print_secrets: usize,
}

/// Counts in all Rust files below `folder`.
pub(crate) fn count(folder: &Path) -> io::Result<Counts> {
    let mut counts = Counts::default();
    add(folder, &mut counts)?;
    Ok(counts)
}

fn add(folder: &Path, counts: &mut Counts) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            add(&path, counts)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            counts.lines += text.lines().count();
            counts.untagged += text.matches("untagged").count();
            if let Ok(file) = syn::parse_file(&text) {
                Counter(counts).visit_file(&file);
            }
        }
    }
    Ok(())
}

struct Counter<'c>(&'c mut Counts);

impl<'ast> Visit<'ast> for Counter<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Struct(item) => {
                let named = item.fields.iter().filter_map(|field| {
                    let name = field.ident.as_ref()?;
                    Some((name, &field.ty))
                });
                self.structure(&item.ident, &item.attrs, &named.collect::<Vec<_>>());
            }
            Item::Macro(item) if item.mac.path.is_ident("record") => {
                if let Ok(record) = item.mac.parse_body::<Record>() {
                    let members = record.members.iter().map(|(name, ty)| (name, ty));
                    self.structure(
                        &record.name,
                        &record.attributes,
                        &members.collect::<Vec<_>>(),
                    );
                    record.members.iter().for_each(|(_, ty)| self.member(ty));
                }
            }
            _ => {}
        }
        syn::visit::visit_item(self, item);
    }

    fn visit_field(&mut self, field: &'ast Field) {
        self.member(&field.ty);
    }
}

impl Counter<'_> {
    fn member(&mut self, ty: &Type) {
        let text = text(ty);
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        self.0.free += words.filter(|word| *word == "Value").count();
        self.0.nested_options += usize::from(text.contains("Option<Option<"));
    }

    fn structure(&mut self, name: &Ident, attributes: &[Attribute], members: &[(&Ident, &Type)]) {
        let name = name.to_string().to_lowercase();
        let is_request = ["create", "update", "nonempty"]
            .iter()
            .any(|part| name.contains(part));
        let is_secret = |member: &Ident| {
            let member = member.to_string();
            (is_request && SECRETS.contains(&member.as_str()))
                || (name.contains("totpcode") && SECRETS_OF_CODES.contains(&member.as_str()))
        };
        let secrets = members.iter().filter(|(name, _)| is_secret(name));
        let secrets: Vec<&Type> = secrets.map(|(_, ty)| *ty).collect();
        if secrets.is_empty() {
            return;
        }
        self.0.with_secrets += 1;
        let derives = attributes.iter().any(|attribute| {
            attribute.path().is_ident("derive")
                && attribute
                    .meta
                    .require_list()
                    .is_ok_and(|list| list.tokens.to_string().contains("Debug"))
        });
        let plain = secrets.iter().any(|ty| !text(ty).contains("Secret"));
        self.0.print_secrets += usize::from(derives && plain);
    }
}

/// A struct as this generator declares it.
struct Record {
    attributes: Vec<Attribute>,
    name: Ident,
    members: Vec<(Ident, Type)>,
}

impl Parse for Record {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![pub]>()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        // `by new(…)`.
        while !input.peek(syn::token::Brace) {
            skip(input)?;
        }
        let body;
        braced!(body in input);
        let mut members = Vec::new();
        while !body.is_empty() {
            if body.peek(Lit) {
                body.parse::<Lit>()?;
                body.parse::<Token![=]>()?;
                body.parse::<Expr>()?;
                body.parse::<Token![;]>()?;
                continue;
            }
            body.call(Attribute::parse_outer)?;
            if body.parse::<Option<Token![..]>>()?.is_none() {
                // How it is present.
                body.parse::<Ident>()?;
            }
            let name = body.call(Ident::parse_any)?;
            body.parse::<Token![:]>()?;
            members.push((name, body.parse()?));
            // Its name in JSON, its form and its setter.
            while !body.peek(Token![,]) {
                skip(&body)?;
            }
            body.parse::<Token![,]>()?;
        }
        Ok(Self {
            attributes,
            name,
            members,
        })
    }
}

fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    input.step(|cursor| match cursor.token_tree() {
        Some((_, rest)) => Ok(((), rest)),
        None => Err(cursor.error("the end")),
    })
}

fn text(ty: &Type) -> String {
    let text = quote::quote!(#ty).to_string();
    text.replace(' ', "")
}
