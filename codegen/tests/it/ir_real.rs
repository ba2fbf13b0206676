//! Real documents: the project's own, reviewed as a whole, and those beside the workspace.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use codegen::{
    Lowered, NameLock,
    ir::{ObjectRule, TypeKind, TypeRef, dump::dump},
    lower,
};
use spec::{Document, Input, Overlay, OverlayMode, Style};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn lowered(path: &Path, overlays: &[&Path]) -> Lowered {
    let document = match Document::load(path, overlays) {
        Ok(document) => document,
        Err(error) => panic!("{}", error.render(Style::Plain)),
    };
    lower(&document, &NameLock::default())
        .unwrap_or_else(|errors| panic!("{}", document.render(&errors, Style::Plain)))
}

/// The real documents, or nothing where they are not at hand.
fn shared() -> Vec<PathBuf> {
    let folder = workspace().join("../shared/specs");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not there", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[test]
fn our_own_document() {
    let spec = workspace().join("spec");
    let document = spec.join("openapi/skyvern.yaml");
    let overlay = spec.join("overlays/skyvern.yaml");
    let lowered = lowered(&document, &[&overlay]);
    assert_eq!(
        lowered.report.unclassified,
        [],
        "say in the overlay whether these are secrets"
    );
    assert_eq!(lowered.report.warnings, []);
    assert!(
        lowered
            .report
            .fallbacks
            .iter()
            .all(|fallback| fallback.reason.is_the_documents())
    );
    crate::ir::snapshot("skyvern", &dump(&lowered.api));
}

#[test]
fn the_contract_of_a_credential_service() {
    let spec = workspace().join("spec");
    let document = spec.join("openapi/credential-service.yaml");
    let overlay = spec.join("overlays/credential-service.yaml");
    let lowered = lowered(&document, &[&overlay]);
    assert_eq!(
        lowered.report.unclassified,
        [],
        "say in the overlay whether these are secrets"
    );
    assert_eq!(lowered.report.counts.tried_unions, 0);
}

/// Every document that can be loaded can be lowered; GitHub's, the largest by far, is left to the benchmarks.
#[test]
fn documents_of_others() {
    for path in shared() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("github") {
            continue;
        }
        let Ok(document) = Document::load(&path, &[]) else {
            continue;
        };
        let lowered = lower(&document, &NameLock::default())
            .unwrap_or_else(|errors| panic!("{name}: {}", document.render(&errors, Style::Plain)));
        let mut methods: Vec<&str> = lowered
            .api
            .groups
            .iter()
            .flat_map(|group| &group.operations)
            .map(|operation| operation.rust.as_str())
            .collect();
        let operations = methods.len();
        methods.sort_unstable();
        methods.dedup();
        assert_eq!(methods.len(), operations, "{name}: two methods of one name");
        let mut types: Vec<&str> = lowered
            .api
            .types
            .iter()
            .map(|def| def.name.as_str())
            .collect();
        let count = types.len();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), count, "{name}: two types of one name");
    }
}

#[test]
fn all_of_skyvern_is_decided_and_only_the_document_leaves_values_free() {
    let path = workspace().join("../shared/specs/skyvern-full.json");
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return;
    }
    let Lowered { api, report, .. } = lowered(&path, &[]);
    assert_eq!(report.counts.tried_unions, 0);
    assert_eq!(report.warnings, []);
    let ours: Vec<_> = report
        .fallbacks
        .iter()
        .filter(|fallback| !fallback.reason.is_the_documents())
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
    assert!(report.fallbacks.len() <= 172, "{}", report.fallbacks.len());
    assert_eq!(report.counts.operations, 87);
    // A union with a discriminator or a constant is told by it, in place.
    let tags = api
        .types
        .iter()
        .filter(|def| match &def.kind {
            TypeKind::Union(union) => matches!(
                &union.decision.object,
                Some(ObjectRule::Tag { bare, .. }) if bare.is_empty()
            ),
            _ => false,
        })
        .count();
    assert!(tags >= 5, "{tags}");
    assert!(report.counts.unions <= 17, "{}", report.counts.unions);
    // A second run gives the same, byte by byte.
    assert_eq!(dump(&lowered(&path, &[]).api), dump(&api));
}

/// What the overlay makes secret in the Skyvern document of today, in the 3.1 form, is secret in the one
/// of February, in the 3.0 form, as far as it has the member.
#[test]
fn secrets_are_secret_in_either_form() {
    let folder = workspace().join("../shared/specs");
    let overlay = workspace().join("spec/overlays/skyvern.yaml");
    let paths = ["skyvern-full.json", "skyvern-2026-02-openapi-3.0.3.json"];
    let [today, february] = paths.map(|name| folder.join(name));
    if !today.exists() || !february.exists() {
        eprintln!("skipped: {} has not both documents", folder.display());
        return;
    }
    let [today, february] = [today, february].map(|path| {
        let overlays = [Overlay {
            input: Input::File(&overlay),
            mode: OverlayMode::MayMatch,
        }];
        let document = Document::read(Input::File(&path), &overlays)
            .unwrap_or_else(|error| panic!("{}", error.render(Style::Plain)));
        let lowered = lower(&document, &NameLock::default())
            .unwrap_or_else(|errors| panic!("{}", document.render(&errors, Style::Plain)));
        let fields = lowered
            .api
            .types
            .into_iter()
            .filter_map(|def| match def.kind {
                TypeKind::Struct(body) => Some(body.fields),
                _ => None,
            });
        let fields = fields
            .flatten()
            .map(|field| (field.origin.pointer.to_string(), field.ty));
        fields.collect::<BTreeMap<String, TypeRef>>()
    });
    let mut both = 0;
    for (pointer, ty) in today.iter().filter(|(_, ty)| holds_secret(ty)) {
        if let Some(other) = february.get(pointer) {
            assert!(
                holds_secret(other),
                "{pointer} is {other:?}, and {ty:?} today"
            );
            both += 1;
        }
    }
    assert!(both >= 8, "only {both} members are in both");
    let totp = &february["/components/schemas/NonEmptyPasswordCredential/properties/totp"];
    assert_eq!(totp, &TypeRef::Secret);
}

fn holds_secret(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            holds_secret(inner)
        }
        other => other == &TypeRef::Secret,
    }
}
