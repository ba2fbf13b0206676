//! Decides the Rust type of each schema that is used.
//!
//! A schema's place comes in, a [`Use`] goes out: a type, whether null is allowed, and bounds.
//! Types with a name are noted as drafts and worked off from a queue, so that neither
//! recursion nor depth of a document matters. Names are given later ([`super::naming`]).

use std::{
    collections::{HashMap, HashSet, VecDeque},
    rc::Rc,
};

use indexmap::IndexMap;
use serde_json::Value;
use spec::{Diagnostic, Document, Location};

use super::{
    docs::docs,
    features::Features,
    unions::{Branch, Discriminator},
};
use crate::{
    ir::{Constraints, Docs, IntegerWidth, TypeId, TypeKind, TypeRef},
    report::{Reason, Report},
    schema::{
        Additional, JsonType, Key, Peeled, Reader, Schema, Types, merge_constraints,
        read_constraints,
    },
};

/// What a name is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hint {
    pub(crate) owner: Owner,
    /// Below the owner; empty for the owner itself.
    pub(crate) words: Vec<String>,
}

/// Who has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// The target of a `$ref`: mostly a component.
    Anchor(Location),
    /// A type.
    Type(TypeId),
    /// An operation, by its place.
    Operation(Location),
}

impl Hint {
    pub(crate) fn new(owner: Owner) -> Self {
        Self {
            owner,
            words: Vec::new(),
        }
    }

    pub(crate) fn then(&self, word: &str) -> Self {
        let mut hint = self.clone();
        hint.words.push(word.to_owned());
        hint
    }

    /// Whether it names what an operation sends or receives as a whole.
    pub(crate) fn is_body(&self) -> bool {
        matches!(self.owner, Owner::Operation(_))
            && matches!(
                self.words.first().map(String::as_str),
                Some("body" | "response")
            )
    }
}

/// How a schema is used.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) ty: TypeRef,
    pub(crate) nullable: bool,
    pub(crate) constraints: Constraints,
    /// The only value there is.
    pub(crate) fixed: Option<Value>,
}

impl Use {
    pub(crate) fn of(ty: TypeRef) -> Self {
        Self {
            ty,
            nullable: false,
            constraints: Constraints::default(),
            fixed: None,
        }
    }

    /// The type where absence cannot stand for null: in a list, a map, a union.
    pub(crate) fn inner(self) -> TypeRef {
        if self.nullable && !matches!(self.ty, TypeRef::Any | TypeRef::Null) {
            TypeRef::Nullable(Box::new(self.ty))
        } else {
            self.ty
        }
    }
}

/// A type that will have a name.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) key: Key,
    pub(crate) hint: Hint,
    pub(crate) docs: Docs,
    pub(crate) deprecated: bool,
    pub(crate) nullable: bool,
    /// Filled when the draft is worked off.
    pub(crate) kind: Option<TypeKind>,
    /// What the variants of a union are named by, in their order.
    pub(crate) variant_hints: Vec<VariantHint>,
    /// A name that the document gives it.
    pub(crate) given: Option<String>,
    /// What the lock has, `module::Name`.
    pub(crate) locked: Option<String>,
    /// Other schemas that are the same type, and what would name it there.
    pub(crate) users: Vec<(Key, Hint)>,
}

/// What a variant of a union is named by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariantHint {
    /// The component it holds.
    Anchor(Location),
    /// Words.
    Word(String),
    /// A name that the document gives it.
    Given(String),
}

/// How a draft is worked off.
pub(crate) enum Pending<'d> {
    Struct,
    Enum(Vec<&'d Value>),
    Union(Vec<Branch<'d>>, Option<Discriminator<'d>>),
}

/// Decides types; holds what was decided so far.
pub(crate) struct Builder<'d> {
    pub(crate) reader: Reader<'d>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) report: Report,
    /// Bodies of PATCH operations: null means something of its own in them.
    pub(crate) patch_bodies: HashSet<Location>,
    /// Names of members that tell the branches of some union apart.
    pub(crate) tag_names: HashSet<&'d str>,
    /// Schemas that compose a schema with a discriminator, by that schema.
    pub(crate) heirs: HashMap<Location, Vec<Location>>,
    /// Schemas of multipart bodies.
    pub(crate) multipart: HashSet<Location>,
    pub(super) features: HashMap<Key, Rc<Features<'d>>>,
    fallbacks: IndexMap<Location, Reason>,
    by_key: HashMap<Key, TypeId>,
    queue: VecDeque<(TypeId, Pending<'d>)>,
    /// Lists and maps that are being decided, to notice one that holds nothing but itself.
    open: Vec<Key>,
    /// How much there may still be of the client.
    budget: Budget,
}

/// What the client may come to, in members, variants and types. Composition repeats members: without a bound
/// a small document makes an endless client.
struct Budget {
    left: usize,
    /// Where it ran out.
    spent_at: Option<Location>,
}

impl Budget {
    /// What any document may come to. The rest grows with it: the densest real one has a member for 45 bytes.
    const LEAST: usize = 10_000;
    /// A line of text weighs as much as a member.
    const LINE: usize = 64;

    fn of(document: &Document) -> Self {
        Self {
            left: Self::LEAST + document.sources().bytes() / 4,
            spent_at: None,
        }
    }

    fn spend(&mut self, count: usize, at: &Location) {
        if count > self.left {
            self.spent_at.get_or_insert_with(|| at.clone());
        }
        self.left = self.left.saturating_sub(count);
    }
}

impl<'d> Builder<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Self {
            reader: Reader { document },
            drafts: Vec::new(),
            report: Report::default(),
            patch_bodies: HashSet::new(),
            tag_names: HashSet::new(),
            heirs: HashMap::new(),
            multipart: HashSet::new(),
            features: HashMap::new(),
            fallbacks: IndexMap::new(),
            by_key: HashMap::new(),
            queue: VecDeque::new(),
            open: Vec::new(),
            budget: Budget::of(document),
        }
    }

    /// Works off what uses of types have asked for.
    pub(crate) fn finish_types(&mut self) {
        while let Some((id, pending)) = self.queue.pop_front() {
            if self.budget.spent_at.is_some() {
                self.queue.clear();
                return;
            }
            let kind = match pending {
                Pending::Struct => self.structure(id),
                Pending::Enum(values) => self.enumeration(id, &values),
                Pending::Union(branches, discriminator) => {
                    self.union(id, branches, discriminator.as_ref())
                }
            };
            let (members, docs) = match &kind {
                TypeKind::Struct(structure) => {
                    let docs = structure.fields.iter();
                    let docs = docs.map(|field| field.docs.length() + field.wire.len());
                    (structure.fields.len(), docs.sum())
                }
                TypeKind::Enum(listed) => (listed.variants.len(), 0),
                TypeKind::Union(union) => (union.variants.len(), 0),
                TypeKind::Alias(_) => (0, 0),
            };
            let draft = &mut self.drafts[id.0];
            draft.kind = Some(kind);
            self.budget.spend(
                1 + members + (docs + draft.docs.length()) / Budget::LINE,
                &draft.key.at,
            );
        }
    }

    /// Counts members, and bytes of docs, that become part of the client. Whether there may be more.
    pub(crate) fn spend(&mut self, members: usize, docs: usize, at: &Location) -> bool {
        self.budget.spend(members + docs / Budget::LINE, at);
        self.budget.spent_at.is_none()
    }

    /// What is wrong if the client would be out of all proportion to its document.
    pub(crate) fn too_large(&self) -> Option<Diagnostic> {
        let at = self.budget.spent_at.clone()?;
        let message = "the client would be out of all proportion to the document: composition repeats the same members over and over";
        Some(Diagnostic::error("too-large", at, message).hint(
            "refer to schemas from members instead of composing them with `allOf`, `anyOf` or `oneOf` in every other schema",
        ))
    }

    /// The fallbacks, in the order in which they were met.
    pub(crate) fn take_fallbacks(&mut self) -> IndexMap<Location, Reason> {
        std::mem::take(&mut self.fallbacks)
    }

    /// How the schema at `at` is used; `hint` names it if it has no name of its own.
    pub(crate) fn use_of(&mut self, at: &Location, hint: &Hint) -> (Use, Peeled<'d>) {
        let peeled = self.reader.peel(at);
        let hint = match &peeled.anchor {
            Some(anchor) => Hint::new(Owner::Anchor(anchor.clone())),
            None => hint.clone(),
        };
        let mut used = self.use_of_key(&Key::new(peeled.at.clone()), &peeled, &hint);
        used.nullable |= peeled.nullable;
        self.apply_wrappers(&mut used, &peeled, at);
        (used, peeled)
    }

    /// Bounds and secrecy that stand around a shape.
    pub(super) fn apply_wrappers(&mut self, used: &mut Use, peeled: &Peeled<'d>, at: &Location) {
        for (place, wrapper) in &peeled.wrappers {
            let bounds = read_constraints(place, wrapper, &mut self.report.warnings);
            used.constraints = merge_constraints(bounds, std::mem::take(&mut used.constraints));
        }
        let around = peeled.wrappers.iter().map(|(_, map)| *map);
        let own = peeled.map.filter(|_| peeled.anchor.is_none());
        if around.chain(own).any(says_secret) {
            self.make_secret(&mut used.ty, at);
        }
    }

    /// How the shape of `peeled`, or a part of it, is used.
    pub(super) fn use_of_key(&mut self, key: &Key, peeled: &Peeled<'d>, hint: &Hint) -> Use {
        if peeled.only_null {
            return Use::of(TypeRef::Null);
        }
        if self.budget.spent_at.is_some() {
            return Use::of(TypeRef::Any);
        }
        if let Some(&id) = self.by_key.get(key) {
            return Use {
                nullable: self.drafts[id.0].nullable,
                ..Use::of(TypeRef::Named { id, boxed: false })
            };
        }
        let schema = self.reader.schema(key);
        self.budget.spend(schema.parts.len() / 4, &key.at);
        let unchecked = schema.parts.iter().flat_map(|part| {
            let keywords = part
                .map
                .keys()
                .filter(|key| UNCHECKED.contains(&key.as_str()));
            keywords.map(|keyword| part.at.child(keyword))
        });
        self.report.unchecked.extend(unchecked);
        let nullable = schema.allows_null(self.reader);
        let mut used = self.shape(key, &schema, nullable, hint);
        if !matches!(used.ty, TypeRef::Named { .. }) {
            for part in &schema.parts {
                let bounds = read_constraints(&part.at, part.map, &mut self.report.warnings);
                used.constraints = merge_constraints(bounds, used.constraints);
            }
        }
        if !matches!(used.ty, TypeRef::Any | TypeRef::Null) {
            used.nullable |= nullable;
        }
        used
    }

    fn shape(&mut self, key: &Key, schema: &Schema<'d>, nullable: bool, hint: &Hint) -> Use {
        if schema.never {
            return self.any(&key.at, Reason::NoValue);
        }
        if let Some((_, value)) = schema.find("const") {
            return self.constant(key, value);
        }
        if let Some((_, Value::Array(values))) = schema.find("enum") {
            return self.values(key, schema, values, nullable, hint);
        }
        if let Some(used) = self.choice(key, schema, nullable, hint) {
            return used;
        }
        let types = schema
            .types()
            .or_else(|| implied(schema))
            .map(|types| types.without(JsonType::Null));
        let Some(types) = types else {
            return self.any(&key.at, Reason::EmptySchema);
        };
        let mut kinds = types.iter();
        match (kinds.next(), kinds.next()) {
            (None, _)
                if schema
                    .types()
                    .is_some_and(|types| types.has(JsonType::Null)) =>
            {
                Use::of(TypeRef::Null)
            }
            (None, _) => self.any(&key.at, Reason::Contradiction),
            (Some(kind), None) => self.kind(key, schema, kind, nullable, hint),
            (Some(_), Some(_)) => self.several_types(key, types, nullable, hint),
        }
    }

    fn kind(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        kind: JsonType,
        nullable: bool,
        hint: &Hint,
    ) -> Use {
        match kind {
            JsonType::Null => Use::of(TypeRef::Null),
            JsonType::Boolean => Use::of(TypeRef::Bool),
            JsonType::Integer => Use::of(TypeRef::Integer(integer_width(schema))),
            JsonType::Number => Use::of(TypeRef::Number),
            JsonType::String => self.string(key, schema),
            JsonType::Array => self.guarded(key, |builder| builder.list(key, schema, hint)),
            JsonType::Object => self.object(key, schema, nullable, hint),
        }
    }

    fn string(&mut self, key: &Key, schema: &Schema<'d>) -> Use {
        Use::of(match schema.text("format") {
            Some("password") => {
                self.note_secret(&key.at);
                TypeRef::Secret
            }
            Some("date-time") => TypeRef::DateTime,
            Some("date") => TypeRef::Date,
            _ => TypeRef::String,
        })
    }

    fn list(&mut self, key: &Key, schema: &Schema<'d>, hint: &Hint) -> Use {
        let prefix = schema.prefix_items();
        if !prefix.is_empty() {
            return self.tuple(key, schema, prefix, hint);
        }
        let Some(at) = schema.items() else {
            let element = self.any(&key.at, Reason::EmptySchema);
            return Use::of(TypeRef::Array(Box::new(element.ty)));
        };
        let (element, _) = self.use_of(&at, &hint.then("item"));
        let each = element.constraints.clone();
        Use {
            constraints: each_of(each),
            ..Use::of(TypeRef::Array(Box::new(element.inner())))
        }
    }

    /// A list whose first elements have schemas of their own. It may end early, unless `minItems` says otherwise.
    fn tuple(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        mut elements: Vec<Location>,
        hint: &Hint,
    ) -> Use {
        let length = elements.len() as u64;
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        let closed = schema.get("items") == Some(&Value::Bool(false))
            || bound("maxItems").is_some_and(|most| most <= length);
        if closed && bound("minItems").is_some_and(|least| least >= length) {
            let types = elements.iter().enumerate().map(|(index, at)| {
                let hint = hint.then(&format!("item {}", index + 1));
                self.use_of(at, &hint).0.inner()
            });
            return Use::of(TypeRef::Tuple(types.collect()));
        }
        match schema.items() {
            Some(at) => elements.push(at),
            None if closed => {}
            None => {
                let element = self.any(&key.at.child("prefixItems"), Reason::EmptySchema);
                return Use::of(TypeRef::Array(Box::new(element.ty)));
            }
        }
        let key = Key {
            only: Some(JsonType::Array),
            ..key.clone()
        };
        let element = self.one_element(&key, schema, &elements, &hint.then("item"));
        Use::of(TypeRef::Array(Box::new(element.inner())))
    }

    fn object(&mut self, key: &Key, schema: &Schema<'d>, nullable: bool, hint: &Hint) -> Use {
        if let Some(used) = self.heirs_union(key, schema, nullable, hint) {
            return used;
        }
        let patterns = schema.patterns();
        if schema.has_properties() {
            return self.named(key, schema, nullable, hint, Pending::Struct);
        }
        match schema.additional() {
            Additional::Typed(at) if patterns.is_empty() => self.map(key, &at, hint),
            Additional::Unsaid | Additional::Forbidden if patterns.len() == 1 => {
                self.map(key, &patterns[0], hint)
            }
            Additional::Forbidden if patterns.is_empty() && schema.required().is_empty() => {
                self.named(key, schema, nullable, hint, Pending::Struct)
            }
            _ if patterns.len() > 1 => self.free_object(&key.at, Reason::MixedPatterns),
            _ => self.free_object(&key.at, Reason::FreeObject),
        }
    }

    fn map(&mut self, key: &Key, at: &Location, hint: &Hint) -> Use {
        self.guarded(key, |builder| {
            let (value, _) = builder.use_of(at, &hint.then("value"));
            let each = value.constraints.clone();
            Use {
                constraints: each_of(each),
                ..Use::of(TypeRef::Map(Box::new(value.inner())))
            }
        })
    }

    /// Decides a list or a map, unless it is being decided already.
    fn guarded(&mut self, key: &Key, decide: impl FnOnce(&mut Self) -> Use) -> Use {
        if self.open.contains(key) {
            return self.any(&key.at, Reason::Endless);
        }
        if self.open.len() == MOST_NESTED {
            return self.any(&key.at, Reason::TooDeep);
        }
        // Such types have no name: each is written again wherever it stands.
        self.budget.spend(1, &key.at);
        self.open.push(key.clone());
        let used = decide(self);
        self.open.pop();
        used
    }

    /// A type with a name; it is worked off later.
    pub(super) fn named(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        nullable: bool,
        hint: &Hint,
        pending: Pending<'d>,
    ) -> Use {
        if let Some(&id) = self.by_key.get(key) {
            return Use {
                nullable,
                ..Use::of(TypeRef::Named { id, boxed: false })
            };
        }
        let own = schema
            .parts
            .iter()
            .rev()
            .find(|part| part.at == key.at)
            .map(|part| part.map);
        let note = |keyword: &str| own.and_then(|map| map.get(keyword));
        let id = TypeId(self.drafts.len());
        self.drafts.push(Draft {
            key: key.clone(),
            hint: hint.clone(),
            docs: docs(None, note("description")),
            deprecated: note("deprecated") == Some(&Value::Bool(true)),
            nullable,
            kind: None,
            variant_hints: Vec::new(),
            given: note("x-rust-name")
                .and_then(Value::as_str)
                .map(str::to_owned),
            locked: None,
            users: Vec::new(),
        });
        self.by_key.insert(key.clone(), id);
        self.queue.push_back((id, pending));
        Use {
            nullable,
            ..Use::of(TypeRef::Named { id, boxed: false })
        }
    }

    /// A free JSON value, with the reason for the report.
    pub(crate) fn any(&mut self, at: &Location, reason: Reason) -> Use {
        self.fallbacks.entry(at.clone()).or_insert(reason);
        Use::of(TypeRef::Any)
    }

    pub(super) fn free_object(&mut self, at: &Location, reason: Reason) -> Use {
        self.fallbacks.entry(at.clone()).or_insert(reason);
        Use::of(TypeRef::AnyObject)
    }

    fn note_secret(&mut self, at: &Location) {
        if !self.report.secrets.contains(at) {
            self.report.secrets.push(at.clone());
        }
    }

    /// Turns every text in `ty` into a secret.
    fn make_secret(&mut self, ty: &mut TypeRef, at: &Location) {
        match ty {
            TypeRef::String | TypeRef::DateTime | TypeRef::Date | TypeRef::Secret => {
                *ty = TypeRef::Secret;
                self.note_secret(at);
            }
            TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
                self.make_secret(inner, at);
            }
            // What it is cannot be said, that it is secret can.
            TypeRef::Any | TypeRef::AnyObject => self.note_secret(at),
            _ => self.report.warnings.push(
                Diagnostic::warning(
                    "secret-without-text",
                    at.clone(),
                    "`format: password` stands on something that is no text",
                )
                .hint("put it on each text that is secret"),
            ),
        }
    }
}

/// Whether a schema object says that what it speaks of is a secret, be it ever sent back or not.
fn says_secret(map: &serde_json::Map<String, Value>) -> bool {
    map.get("format").is_some_and(|format| format == "password")
        || map.get("x-secret") == Some(&Value::Bool(true))
}

/// How deep lists and maps without a name may lie within each other; the compiler gives up soon after.
const MOST_NESTED: usize = 24;

/// Keywords that neither a type nor a check of the client stands for.
const UNCHECKED: &[&str] = &[
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "not",
    "propertyNames",
    "unevaluatedItems",
];

/// Bounds on the elements of a list, as bounds on the list.
fn each_of(each: Constraints) -> Constraints {
    Constraints {
        each: (each != Constraints::default()).then(|| Box::new(each)),
        ..Constraints::default()
    }
}

/// The type that the keywords of a schema without `type` only make sense for.
pub(super) fn implied(schema: &Schema<'_>) -> Option<Types> {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.get(keyword).is_some());
    if has(&[
        "properties",
        "additionalProperties",
        "patternProperties",
        "required",
        "minProperties",
        "maxProperties",
        "propertyNames",
    ]) {
        Some(Types::one(JsonType::Object))
    } else if has(&[
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
    ]) {
        Some(Types::one(JsonType::Array))
    } else if has(&["minLength", "maxLength", "pattern"])
        || matches!(
            schema.text("format"),
            Some("date-time" | "date" | "password" | "uuid" | "uri" | "email")
        )
    {
        Some(Types::one(JsonType::String))
    } else {
        None
    }
}

fn integer_width(schema: &Schema<'_>) -> IntegerWidth {
    let beyond = schema
        .get("maximum")
        .and_then(Value::as_u64)
        .is_some_and(|maximum| i64::try_from(maximum).is_err());
    // A format is a note (JSON Schema 2020-12, validation, 7.2.1): no type is narrower than what it names.
    match schema.text("format") {
        Some("int8" | "int16" | "int32" | "uint8" | "uint16" | "u-int8" | "u-int16") => {
            IntegerWidth::I32
        }
        Some("uint64" | "u-int64" | "uint") => IntegerWidth::U64,
        _ if beyond => IntegerWidth::U64,
        _ => IntegerWidth::I64,
    }
}
