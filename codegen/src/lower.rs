//! Decides what Rust items a document becomes: a [`Document`] comes in, an [`Api`] goes out.
//!
//! Operations are read through the typed view ([`openapiv3`]), schemas from the raw document.
//! The steps: decide uses and types ([`builder`]), name them ([`naming`]), see what follows
//! from which type holds which ([`graph`]). Nothing here writes code.

mod auth;
mod builder;
mod content;
mod decide;
mod docs;
mod enums;
mod features;
mod graph;
mod naming;
mod objects;
mod operations;
mod pages;
mod parameters;
mod secrets;
mod share;
mod typed;
mod unions;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use spec::{Diagnostic, Document, Location, Pointer, SourceId};

use self::{
    auth::Schemes,
    builder::{Builder, Draft, Hint, Owner, Use, VariantHint},
    typed::Typed,
};
use crate::{
    ir::{Api, Docs, Group, ObjectRule, Operation, Server, TypeDef, TypeKind},
    names::NameLock,
    report::{Counts, Fallback, Report},
    schema::Key,
};

/// What a document was lowered to.
#[derive(Debug)]
pub struct Lowered {
    /// The client.
    pub api: Api,
    /// The lock that was given, and the names that are new.
    pub names: NameLock,
    /// What may surprise.
    pub report: Report,
}

/// Lowers a document. `lock` has names that were decided before.
///
/// # Errors
/// What keeps the document from being a client: names that meet and cannot be told apart,
/// names that are none in Rust, nodes of a type that OpenAPI does not give them.
pub fn lower(document: &Document, lock: &NameLock) -> Result<Lowered, Vec<Diagnostic>> {
    let model = spec::lower::lower(document)?;
    let typed = Typed {
        document,
        api: &model.api,
    };
    let mut builder = Builder::new(document);
    builder.tag_names = operations::tag_names(document.root()).into_iter().collect();
    builder.patch_bodies = operations::patch_bodies(document);
    builder.heirs = heirs(document);
    let schemes = Schemes::read(&mut builder, typed);
    let mut found = operations::operations(&mut builder, typed, &schemes);
    builder.finish_types();
    let mut aliases = components(&mut builder);
    builder.finish_types();
    if let Some(error) = builder.too_large() {
        return Err(vec![error]);
    }

    let mut errors = Vec::new();
    let mut drafts = std::mem::take(&mut builder.drafts);
    let places = share::share(document, &mut drafts, lock, &builder.report.secrets);
    for (_, used) in &mut aliases {
        walk::moved(&mut used.ty, &places);
    }
    for one in &mut found {
        walk::in_operation_mut(&mut one.operation, &mut |ty, _| walk::moved(ty, &places));
    }
    let mut names = lock.clone();
    naming::operations(document, &mut found, lock, &mut errors);
    let anchors = naming::Anchors::name(
        document,
        &anchors(&drafts, &aliases),
        &drafts,
        lock,
        &mut errors,
    );
    let stems = {
        let anchored: BTreeSet<&str> = anchors.all().collect();
        naming::stems(&mut found, &anchored)
    };
    let type_names = naming::types(&drafts, &anchors, &stems, &mut errors);
    let new = name_variants(document, &mut drafts, &anchors, lock, &mut errors);
    names.variants.extend(new);
    naming::members(&drafts, &found, &mut errors);
    if !errors.is_empty() {
        // An anchor is looked at for itself and for its type.
        let mut distinct: Vec<Diagnostic> = Vec::new();
        for error in errors {
            if !distinct.contains(&error) {
                distinct.push(error);
            }
        }
        return Err(distinct);
    }

    let mut types: Vec<TypeDef> = drafts
        .iter_mut()
        .zip(type_names)
        .map(|(draft, name)| definition(draft, name))
        .collect();
    let mut users: Vec<Users> = drafts
        .iter()
        .map(|draft| Users::of(document, draft))
        .collect();
    for (at, used) in aliases {
        if let Some(name) = anchors.get(&at)
            && types.iter().all(|def| def.name != name)
        {
            types.push(alias(document, &at, name, used));
            let key = naming::lock_key(document, &Key::new(at));
            users.push(Users {
                locked: lock.types.get(&key).cloned(),
                keys: vec![key],
            });
        }
    }
    let modules = naming::modules(&found);
    let auth = auth::asked_for(schemes.auth, &mut found);
    for one in &found {
        let key = naming::operation_key(document, &one.operation.origin, &one.way);
        let locked = names.operations.entry(key);
        locked.or_insert_with(|| one.operation.rust.clone());
    }
    let usual = found.iter().filter(|one| one.way.is_empty()).count();
    let (mut operations, tags): (Vec<Operation>, Vec<Option<String>>) = found
        .into_iter()
        .map(|one| (one.operation, one.tag))
        .unzip();
    let reached = graph::reach(&mut types, &mut operations, &modules);
    for ((def, reached), users) in types.iter_mut().zip(reached).zip(users) {
        let module = users
            .locked
            .as_deref()
            .and_then(|path| path.split_once("::"));
        def.module = match (module, reached.len()) {
            (Some((module, _)), _) => module.to_owned(),
            (None, 1) => reached.into_iter().next().unwrap_or_default(),
            (None, _) => graph::COMMON.to_owned(),
        };
        let path = format!("{}::{}", def.module, def.name);
        for key in users.keys {
            names.types.insert(key, path.clone());
        }
    }
    graph::relax_one_way_members(&mut types);
    sort(&mut types, &mut operations);
    graph::secrets(&mut types, &builder.report.secrets);
    graph::boxes(&mut types);

    let mut report = std::mem::take(&mut builder.report);
    report.fallbacks = builder
        .take_fallbacks()
        .into_iter()
        .map(|(location, reason)| Fallback { location, reason })
        .collect();
    report.counts = counts(&types, usual);
    tidy(&mut report);
    let api = Api {
        title: model.api.info.title.clone(),
        description: model.api.info.description.clone(),
        version: model.api.info.version.clone(),
        servers: servers(&model.api),
        auth,
        types,
        groups: groups(operations, modules, tags, &operations::tag_docs(&model.api)),
    };
    Ok(Lowered { api, names, report })
}

/// Who has a type, as the lock knows them.
struct Users {
    /// What the type was called before.
    locked: Option<String>,
    keys: Vec<String>,
}

impl Users {
    fn of(document: &Document, draft: &Draft) -> Self {
        Self {
            locked: draft.locked.clone(),
            keys: draft
                .keys()
                .map(|key| naming::lock_key(document, key))
                .collect(),
        }
    }
}

/// The components, used for themselves; those that are no type of their own come back as aliases.
fn components(builder: &mut Builder<'_>) -> Vec<(Location, Use)> {
    let list = Location::root(Pointer::root()).join(["components", "schemas"]);
    let document = builder.reader.document;
    let keys: Vec<String> = document
        .get(&list)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|schemas| schemas.keys().cloned())
        .collect();
    let mut aliases = Vec::new();
    for key in keys {
        let at = list.child(&key);
        // A body in parts is written by its parts; nobody holds it as a value.
        if builder.multipart.contains(&at) {
            continue;
        }
        let (used, _) = builder.use_of(&at, &Hint::new(Owner::Anchor(at.clone())));
        let own = match &used.ty {
            crate::ir::TypeRef::Named { id, .. } => {
                let hint = &builder.drafts[id.0].hint;
                hint.words.is_empty() && hint.owner == Owner::Anchor(at.clone())
            }
            _ => false,
        };
        if !own {
            aliases.push((at, used));
        }
    }
    aliases
}

/// Schemas that compose a schema with a discriminator, which lists no branches itself (OpenAPI 3.1, "Models with Polymorphism Support").
fn heirs(document: &Document) -> HashMap<Location, Vec<Location>> {
    let list = Location::root(Pointer::root()).join(["components", "schemas"]);
    let schemas = document.get(&list).and_then(Value::as_object);
    let mut heirs: HashMap<Location, Vec<Location>> = HashMap::new();
    for (key, schema) in schemas.into_iter().flatten() {
        let at = list.child(key);
        let Some(elements) = schema.get("allOf").and_then(Value::as_array) else {
            continue;
        };
        for element in elements {
            let Some(reference) = element.get("$ref").and_then(Value::as_str) else {
                continue;
            };
            let Some(base) = document.resolve(SourceId::ROOT, reference) else {
                continue;
            };
            let polymorphic = document.get(&base).is_some_and(|base| {
                base.get("discriminator").is_some()
                    && base.get("oneOf").is_none()
                    && base.get("anyOf").is_none()
            });
            if polymorphic && base != at {
                heirs.entry(base).or_default().push(at.clone());
            }
        }
    }
    heirs
}

/// Every place that names something by being referred to.
fn anchors(drafts: &[Draft], aliases: &[(Location, Use)]) -> BTreeSet<Location> {
    let mut anchors: BTreeSet<Location> = aliases.iter().map(|(at, _)| at.clone()).collect();
    for draft in drafts {
        for hint in draft.hints() {
            if let Owner::Anchor(at) = &hint.owner {
                anchors.insert(at.clone());
            }
        }
        for hint in &draft.variant_hints {
            if let VariantHint::Anchor(at) = hint {
                anchors.insert(at.clone());
            }
        }
    }
    anchors
}

/// Names variants and values; the names that the lock has not come back.
fn name_variants(
    document: &Document,
    drafts: &mut [Draft],
    anchors: &naming::Anchors,
    lock: &NameLock,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut variants = naming::VariantLock::new(lock);
    for draft in drafts {
        let mut kind = draft.kind.take();
        match &mut kind {
            Some(TypeKind::Union(union)) => {
                naming::variants(document, draft, union, anchors, &mut variants, errors);
            }
            Some(TypeKind::Enum(enumeration)) => {
                naming::values(document, draft, enumeration, &mut variants, errors);
            }
            _ => {}
        }
        draft.kind = kind;
    }
    variants.into_new()
}

fn definition(draft: &mut Draft, name: String) -> TypeDef {
    TypeDef {
        name,
        module: String::new(),
        docs: std::mem::take(&mut draft.docs),
        deprecated: draft.deprecated,
        in_request: false,
        in_response: false,
        holds_secret: false,
        kind: draft
            .kind
            .take()
            .unwrap_or(TypeKind::Alias(crate::ir::TypeRef::Any)),
        origin: draft.key.at.clone(),
    }
}

fn alias(document: &Document, at: &Location, name: &str, used: Use) -> TypeDef {
    let node = document.get(at);
    TypeDef {
        name: name.to_owned(),
        module: String::new(),
        docs: docs::docs(None, node.and_then(|node| node.get("description"))),
        deprecated: node.and_then(|node| node.get("deprecated")) == Some(&Value::Bool(true)),
        in_request: false,
        in_response: false,
        holds_secret: false,
        kind: TypeKind::Alias(used.inner()),
        origin: at.clone(),
    }
}

/// Sorts types by module and name, and tells everyone who refers to one where it is now.
fn sort(types: &mut Vec<TypeDef>, operations: &mut [Operation]) {
    let mut order: Vec<usize> = (0..types.len()).collect();
    order.sort_by(|&one, &other| {
        let place = |index: usize| (&types[index].module, &types[index].name);
        place(one).cmp(&place(other))
    });
    let mut places = vec![0; types.len()];
    for (place, &index) in order.iter().enumerate() {
        places[index] = place;
    }
    let mut taken: Vec<Option<TypeDef>> = std::mem::take(types).into_iter().map(Some).collect();
    *types = order
        .iter()
        .filter_map(|&index| taken[index].take())
        .collect();
    let mut place = |ty: &mut crate::ir::TypeRef| {
        walk::named_mut(ty, true, &mut |id, _, _| id.0 = places[id.0]);
    };
    for def in types.iter_mut() {
        walk::in_kind_mut(&mut def.kind, &mut place);
    }
    for operation in operations {
        walk::in_operation_mut(operation, &mut |ty, _| place(ty));
    }
}

fn servers(api: &openapiv3::OpenAPI) -> Vec<Server> {
    api.servers
        .iter()
        .filter(|server| {
            (server.url.starts_with("http://") || server.url.starts_with("https://"))
                && !server.url.contains('{')
        })
        .map(|server| Server {
            url: server.url.trim_end_matches('/').to_owned(),
            name: server
                .extensions
                .get("x-fern-server-name")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .or_else(|| server.description.clone()),
        })
        .collect()
}

/// Operations by module, those of one module in the order of the document.
fn groups(
    operations: Vec<Operation>,
    modules: Vec<String>,
    tags: Vec<Option<String>>,
    tag_docs: &BTreeMap<String, String>,
) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for ((operation, module), tag) in operations.into_iter().zip(modules).zip(tags) {
        let group = groups.entry(module.clone()).or_insert_with(|| Group {
            module,
            docs: tag.map_or_else(Docs::default, |tag| {
                docs::of_texts(&tag, tag_docs.get(&tag).map_or("", String::as_str))
            }),
            operations: Vec::new(),
        });
        group.operations.push(operation);
    }
    groups.into_values().collect()
}

fn counts(types: &[TypeDef], operations: usize) -> Counts {
    let mut counts = Counts {
        operations,
        ..Counts::default()
    };
    for def in types {
        match &def.kind {
            TypeKind::Struct(_) => counts.structs += 1,
            TypeKind::Enum(_) => counts.enums += 1,
            TypeKind::Union(union) => {
                counts.unions += 1;
                let tried = matches!(union.decision.object, Some(ObjectRule::Try(_)))
                    || matches!(union.decision.array, Some(crate::ir::ArrayRule::Try(_)));
                counts.tried_unions += usize::from(tried);
            }
            TypeKind::Alias(_) => {}
        }
    }
    counts
}

/// One warning of a kind for each place, in the order of the document's pointers.
fn tidy(report: &mut Report) {
    let mut seen = BTreeSet::new();
    report.warnings.retain(|warning| {
        seen.insert((
            warning.location.clone(),
            warning.code,
            warning.message.clone(),
        ))
    });
    report.unclassified.sort();
    report.unclassified.dedup();
    report.unchecked.sort();
    report.unchecked.dedup();
}
