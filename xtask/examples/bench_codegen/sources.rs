//! What can be counted in generated sources without compiling them.

use std::{fs, io, path::Path};

use syn::{Fields, Item, Type, visit::Visit};

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
        if let Item::Struct(item) = item {
            self.structure(item);
        }
        syn::visit::visit_item(self, item);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        let text = text(&field.ty);
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        self.0.free += words.filter(|word| *word == "Value").count();
        self.0.nested_options += usize::from(text.contains("Option<Option<"));
    }
}

impl Counter<'_> {
    fn structure(&mut self, item: &syn::ItemStruct) {
        let Fields::Named(fields) = &item.fields else {
            return;
        };
        let name = item.ident.to_string().to_lowercase();
        let is_request = ["create", "update", "nonempty"]
            .iter()
            .any(|part| name.contains(part));
        let secret = |field: &&syn::Field| {
            let field = field
                .ident
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            (is_request && SECRETS.contains(&field.as_str()))
                || (name.contains("totpcode") && SECRETS_OF_CODES.contains(&field.as_str()))
        };
        let secrets: Vec<&syn::Field> = fields.named.iter().filter(secret).collect();
        if secrets.is_empty() {
            return;
        }
        self.0.with_secrets += 1;
        let derives = item.attrs.iter().any(|attribute| {
            attribute.path().is_ident("derive")
                && attribute
                    .meta
                    .require_list()
                    .is_ok_and(|list| list.tokens.to_string().contains("Debug"))
        });
        let plain = secrets
            .iter()
            .any(|field| !text(&field.ty).contains("Secret"));
        self.0.print_secrets += usize::from(derives && plain);
    }
}

fn text(ty: &Type) -> String {
    let text = quote::quote!(#ty).to_string();
    text.replace(' ', "")
}
