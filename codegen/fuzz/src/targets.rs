//! The promises, each as a function that panics when its input breaks it.

use codegen::{Extent, NameLock, Settings, generate};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use spec::{Document, Location, Pointer, Style, diff};

use super::edit::{self, Choices};

/// Bytes of a generated crate that do not depend on the document: its runtime.
const RUNTIME: usize = 200_000;
/// What the smallest document may come to beyond that, and bytes for each byte of a document: see the budget
/// of the lowering.
const LEAST: usize = 8_000_000;
const FOR_A_BYTE: usize = 250;

/// Any text is read as a document, or refused with diagnostics that can be shown. Where it is read, every node
/// has a place within the text, and it says the same written anew.
pub fn loader(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let name = ["a.yaml", "a.json", "a"][usize::from(*first) % 3];
    let text = String::from_utf8_lossy(rest);
    let mut parts = text.split("\n%%%\n");
    let text = parts.next().unwrap_or_default();
    let overlays: Vec<(&str, &str)> = parts.map(|text| ("overlay.yaml", text)).collect();
    let document = match Document::from_text(name, text, &overlays) {
        Ok(document) => document,
        Err(error) => {
            assert!(!error.diagnostics().is_empty());
            shown(&error.render(Style::Plain));
            error.render_github();
            return;
        }
    };
    shown(&document.render(document.warnings(), Style::Plain));
    document.render_github(document.warnings());
    let mut open = vec![Pointer::root()];
    let mut visited = 0;
    while let Some(pointer) = open.pop().filter(|_| visited < 2_000) {
        visited += 1;
        let location = Location::root(pointer.clone());
        let node = document.get(&location).expect("a node that its parent has");
        for at_key in [false, true] {
            let span = document
                .span(&location, at_key)
                .expect("each node has a place");
            let text = document.sources().text(span.source);
            assert!(
                text.get(span.range.clone()).is_some(),
                "{span} cuts a character"
            );
        }
        match node {
            Value::Object(members) => open.extend(members.keys().map(|name| pointer.child(name))),
            Value::Array(items) => open.extend((0..items.len()).map(|index| pointer.index(index))),
            _ => {}
        }
    }
    let again = document.root().to_string();
    let again =
        Document::from_text("again.json", &again, &[]).expect("what was read can be read again");
    assert_eq!(again.root(), document.root());
}

/// A document that loads is lowered or refused; comparing it with itself finds nothing, and comparing it with
/// another finds the same in both directions.
pub fn lowering(data: &[u8]) {
    let (value, seed) = edit::document(&mut Choices::new(data));
    let Some(document) = read(&value) else {
        return;
    };
    match spec::lower::lower(&document) {
        Ok(lowered) => {
            spec::lower::raise(&lowered.api);
        }
        Err(diagnostics) => assert!(!diagnostics.is_empty()),
    }
    spec::skeleton::of(&document);
    let _ = codegen::lower(&document, &NameLock::default());
    assert!(diff::compare(&document, &document).is_empty());
    let seed = read(&seed).expect("the documents of the tests load");
    let there = diff::compare(&seed, &document);
    let back = diff::compare(&document, &seed);
    assert_eq!(
        there.changes.len(),
        back.changes.len(),
        "{there:#?}\n{back:#?}"
    );
}

/// What is generated is Rust, the same each time, of a bounded length, and nothing in it comes from a name
/// that was meant to break out of it.
pub fn generator(data: &[u8]) {
    let (value, _) = edit::document(&mut Choices::new(data));
    let Some(document) = read(&value) else {
        return;
    };
    let settings = Settings {
        package: "fuzzed".to_owned(),
        source: "fuzzed.json".to_owned(),
        names: NameLock::default(),
        extent: Extent::Crate,
    };
    let generated = match generate(&document, &settings) {
        Ok(generated) => generated,
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            let told = document.render(&diagnostics, Style::Plain);
            shown(&told);
            assert!(!told.contains("not-rust"), "{told}");
            return;
        }
    };
    let mut length = 0;
    for (path, text) in generated.files.iter() {
        length += text.len();
        harmless_path(path);
        if path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending == "rs")
        {
            let parsed = syn::parse_file(text);
            assert!(parsed.is_ok(), "{path}: {:?}\n{text}", parsed.err());
            let tokens: TokenStream = text.parse().expect("what parses is tokens");
            assert!(!breaks_out(tokens), "{path}:\n{text}");
        }
    }
    let most = RUNTIME + LEAST + FOR_A_BYTE * document.sources().bytes();
    assert!(
        length <= most,
        "{length} bytes of {} bytes",
        document.sources().bytes()
    );
    let again = generate(
        &document,
        &Settings {
            names: generated.names.clone(),
            ..settings
        },
    )
    .expect("the lock that was written can be read");
    assert!(
        again.files == generated.files,
        "with its own lock it is another client"
    );
}

fn read(value: &Value) -> Option<Document> {
    match Document::from_text("fuzzed.json", &value.to_string(), &[]) {
        Ok(document) => Some(document),
        Err(error) => {
            shown(&error.render(Style::Plain));
            None
        }
    }
}

/// Nothing that a terminal obeys.
fn shown(text: &str) {
    let steers = |one: char| one.is_control() && one != '\n' && one != '\t';
    assert!(!text.contains(steers), "{text:?}");
}

fn harmless_path(path: &str) {
    let plain = |one: char| one.is_alphanumeric() || "_-./".contains(one);
    assert!(
        path.chars().all(plain) && !path.contains("..") && !path.starts_with('/'),
        "{path}"
    );
    assert!(path.split('/').all(|name| name.len() < 200), "{path}");
}

/// Whether the macro that hostile names call is called.
fn breaks_out(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let called = tokens.windows(3).any(|three| {
        matches!(three, [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(_)]
            if name == "fuzz_out" && mark.as_char() == '!')
    });
    called
        || tokens.into_iter().any(|one| match one {
            TokenTree::Group(group) => breaks_out(group.stream()),
            _ => false,
        })
}
