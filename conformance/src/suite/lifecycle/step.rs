//! Sequences of requests about credentials, as data that shrinks by leaving steps out, and how they
//! are sent. The judge needs the exchanges only; see [`crate::check::history`] for the tags.

use std::{cell::Cell, collections::BTreeSet};

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any as arbitrary},
    prop_oneof,
    sample::select,
    strategy::{SBoxedStrategy, Union},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::draft::{self, Draft};
use crate::{
    exchange::{Exchange, Request},
    session::{Session, Stop},
    suite::credentials::Credentials,
};

/// How many entries a page has when everything is listed.
const WHOLE: usize = 500;
/// Most pages of one listing that are read.
const MOST_PAGES: usize = 40;
/// How often a listing in pages is made again because the list changed meanwhile.
const ROUNDS: usize = 3;

/// One step. `of` numbers the credentials of the sequence in the order of their creation, counted
/// round, so that every shortened sequence still means something.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Step {
    Create(Draft),
    /// Under the name of another one.
    CreateNamesake {
        of: usize,
        draft: Draft,
    },
    /// All at the same time.
    CreateTogether(Vec<Draft>),
    /// Without the credential itself.
    CreateRefused(Draft),
    Read(usize),
    Update {
        of: usize,
        draft: Draft,
    },
    /// With a new name, but without the credential itself.
    UpdateRefused {
        of: usize,
        draft: Draft,
    },
    Delete(usize),
    List(Filter),
    /// Of this sequence's credentials, in pages of this size.
    ListPages(usize),
    /// Filtered by type, in pages of two.
    ListPagesOfType(String),
    /// The first page, of no stated size.
    ListDefault,
    /// A page after the last.
    ListBeyond,
    /// With an id made from one that exists.
    Unknown {
        of: usize,
        how: Mangled,
        role: UnknownRole,
    },
}

/// What a listing of everything is narrowed to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Filter {
    None,
    Type(String),
    Vault(String),
    /// By the name of one, as it stands or in capitals.
    Name {
        of: usize,
        capitals: bool,
    },
    /// By the inner part of the user name, label or brand of one.
    Shown(usize),
    /// By the end of a card number.
    LastFour(usize),
    /// By a text that stands nowhere.
    Nowhere,
}

/// How an id that nobody gave out is made.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Mangled {
    WithoutLast,
    OtherEnd,
    Lengthened,
    MadeUp,
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum UnknownRole {
    Read,
    Update,
    Delete,
}

/// A credential of the sequence.
struct Made {
    id: String,
    name: String,
    draft: Draft,
}

/// Sends `steps` one after another.
pub(super) async fn send(api: &Credentials, session: &Session, steps: &[Step]) -> Result<(), Stop> {
    let mut run = Run {
        api,
        session,
        word: session.unique_name(),
        names: Cell::new(0),
        made: Vec::new(),
        listings: 0,
    };
    for step in steps {
        run.step(step).await?;
    }
    Ok(())
}

struct Run<'a> {
    api: &'a Credentials,
    session: &'a Session,
    /// The beginning of all names of the sequence.
    word: String,
    names: Cell<usize>,
    made: Vec<Made>,
    listings: usize,
}

impl Run<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Stop> {
        match step {
            Step::Create(draft) => {
                let name = self.name(draft);
                self.create(draft, name).await
            }
            Step::CreateNamesake { of, draft } => {
                let name = match self.made(*of) {
                    Some(made) => made.name.clone(),
                    None => self.name(draft),
                };
                self.create(draft, name).await
            }
            Step::CreateTogether(drafts) => self.create_together(drafts).await,
            Step::CreateRefused(draft) => {
                let body = without_credential(draft, &self.name(draft));
                self.send(self.api.create(body).tag("refused")).await
            }
            Step::Unknown { of, how, role } => self.unknown(*of, *how, *role).await,
            Step::List(filter) => self.list_all(filter).await,
            Step::ListPages(size) => self.list_pages(*size).await,
            Step::ListPagesOfType(kind) => {
                let listing = self.tag("all");
                let base = self.api.list().query("credential_type", kind);
                self.pages(&base, 2, &listing).await.map(drop)
            }
            Step::ListDefault => {
                let tag = self.tag("default");
                self.send(self.api.list().tag(tag)).await
            }
            Step::ListBeyond => {
                let tag = self.tag("beyond");
                let request = self
                    .api
                    .list()
                    .query("page", "100000")
                    .query("page_size", "50");
                self.send(request.tag(tag)).await
            }
            Step::Read(of) => match self.made(*of) {
                Some(made) => self.send(self.api.read(&made.id)).await,
                None => Ok(()),
            },
            Step::Update { of, draft } => {
                let Some(id) = self.made(*of).map(|made| made.id.clone()) else {
                    return Ok(());
                };
                let name = self.name(draft);
                self.send(self.api.update(&id, draft.body(&name))).await?;
                if let Some(made) = self.made.iter_mut().find(|made| made.id == id) {
                    made.name = name;
                    made.draft = draft.clone();
                }
                Ok(())
            }
            Step::UpdateRefused { of, draft } => {
                let Some(made) = self.made(*of) else {
                    return Ok(());
                };
                let body = without_credential(draft, &self.name(draft));
                self.send(self.api.update(&made.id, body).tag("refused"))
                    .await
            }
            Step::Delete(of) => match self.made(*of) {
                Some(made) => self.send(self.api.delete(&made.id)).await,
                None => Ok(()),
            },
        }
    }

    fn made(&self, of: usize) -> Option<&Made> {
        self.made.get(of.checked_rem(self.made.len())?)
    }

    fn name(&self, draft: &Draft) -> String {
        let number = self.names.get() + 1;
        self.names.set(number);
        format!("{}-{number}{}", self.word, draft.suffix)
    }

    fn tag(&mut self, word: &str) -> String {
        self.listings += 1;
        format!("{word}-{}", self.listings)
    }

    async fn send(&self, request: Request) -> Result<(), Stop> {
        self.session.send(request).await.map(drop)
    }

    async fn create(&mut self, draft: &Draft, name: String) -> Result<(), Stop> {
        let exchange = self
            .session
            .send(self.api.create(draft.body(&name)))
            .await?;
        self.note(&exchange, draft, name);
        Ok(())
    }

    fn note(&mut self, exchange: &Exchange, draft: &Draft, name: String) {
        let answer = exchange.json().filter(|_| exchange.is_success());
        if let Some(id) = answer.and_then(|answer| self.api.id_of(answer)) {
            self.made.push(Made {
                id: id.to_owned(),
                name,
                draft: draft.clone(),
            });
        }
    }

    async fn create_together(&mut self, drafts: &[Draft]) -> Result<(), Stop> {
        let tag = self.tag("batch");
        let names: Vec<String> = drafts.iter().map(|draft| self.name(draft)).collect();
        let requests = drafts
            .iter()
            .zip(&names)
            .map(|(draft, name)| self.api.create(draft.body(name)).tag(tag.clone()))
            .collect();
        let exchanges = self.session.send_all(requests).await?;
        for ((exchange, draft), name) in exchanges.iter().zip(drafts).zip(names) {
            self.note(exchange, draft, name);
        }
        Ok(())
    }

    async fn unknown(&self, of: usize, how: Mangled, role: UnknownRole) -> Result<(), Stop> {
        let Some(made) = self.made(of) else {
            return Ok(());
        };
        let id = mangled(&made.id, how);
        let request = match role {
            UnknownRole::Read => self.api.read(&id),
            UnknownRole::Update => {
                let name = self.name(&made.draft);
                self.api.update(&id, made.draft.body(&name))
            }
            UnknownRole::Delete => self.api.delete(&id),
        };
        self.send(request).await
    }

    async fn list_all(&mut self, filter: &Filter) -> Result<(), Stop> {
        let Some((name, value)) = self.narrowed(filter) else {
            return Ok(());
        };
        let mut base = self.api.list();
        if !name.is_empty() {
            if !self.api.lists_by(name) {
                return Ok(());
            }
            base = base.query(name, &value);
        }
        let tag = self.tag("all");
        self.pages(&base, WHOLE, &tag).await.map(drop)
    }

    /// The parameter and the value that `filter` comes to; `None` if there is nothing to filter by.
    fn narrowed(&self, filter: &Filter) -> Option<(&'static str, String)> {
        Some(match filter {
            Filter::None => ("", String::new()),
            Filter::Type(kind) => ("credential_type", kind.clone()),
            Filter::Vault(vault) => ("vault_type", vault.clone()),
            Filter::Name { of, capitals } => {
                let name = self.made(*of)?.name.chars().take(100);
                let name = if *capitals {
                    name.flat_map(char::to_uppercase).collect()
                } else {
                    name.collect()
                };
                ("search", name)
            }
            Filter::Shown(of) => {
                let text = self.made(*of)?.draft.searchable()?;
                let inner: String = text.chars().skip(1).take(60).collect();
                ("search", inner)
            }
            Filter::LastFour(of) => {
                let shown = crate::check::credential::shown(&self.made(*of)?.draft.body(""));
                let last_four = shown.pointer("/credential/last_four")?.as_str()?;
                ("search", last_four.to_owned())
            }
            Filter::Nowhere => ("search", "conformance-stands-nowhere".to_owned()),
        })
    }

    /// Everything of this sequence, then in pages, then everything again; all of it again if the
    /// list changed meanwhile.
    async fn list_pages(&mut self, size: usize) -> Result<(), Stop> {
        let mut base = self.api.list();
        if self.api.lists_by("search") {
            base = base.query("search", &self.word);
        }
        let session = self.session;
        let _quiet = session.quiet().await;
        for _ in 0..ROUNDS {
            let tags = [self.tag("before"), self.tag("pages"), self.tag("after")];
            let before = self.pages(&base, WHOLE, &tags[0]).await?;
            self.pages(&base, size.max(1), &tags[1]).await?;
            let after = self.pages(&base, WHOLE, &tags[2]).await?;
            if before == after {
                break;
            }
        }
        Ok(())
    }

    /// Reads pages until one is empty or shows nothing new, and gives back all ids.
    async fn pages(
        &self,
        base: &Request,
        size: usize,
        tag: &str,
    ) -> Result<BTreeSet<String>, Stop> {
        let _quiet = self.session.quiet().await;
        let mut ids = BTreeSet::new();
        for page in 1..=MOST_PAGES {
            let request = base
                .clone()
                .query("page", &page.to_string())
                .query("page_size", &size.to_string())
                .tag(tag.to_owned());
            let exchange = self.session.send(request).await?;
            let entries = exchange.json().and_then(Value::as_array);
            let before = ids.len();
            ids.extend(
                entries
                    .into_iter()
                    .flatten()
                    .filter_map(|entry| self.api.id_of(entry))
                    .map(str::to_owned),
            );
            if ids.len() == before {
                break;
            }
        }
        Ok(ids)
    }
}

fn without_credential(draft: &Draft, name: &str) -> Value {
    let mut body = draft.body(name);
    body["credential"] = json!({});
    body
}

fn mangled(id: &str, how: Mangled) -> String {
    let mut text = id.to_owned();
    match how {
        Mangled::WithoutLast => drop(text.pop()),
        Mangled::Lengthened => text.push('0'),
        Mangled::OtherEnd => {
            let last = text.pop();
            text.push(if last == Some('7') { '3' } else { '7' });
        }
        Mangled::MadeUp => "cred_000000000000000".clone_into(&mut text),
    }
    text
}

/// Any step.
fn any() -> impl Strategy<Value = Step> {
    let of = || 0_usize..8;
    let role = select(vec![
        UnknownRole::Read,
        UnknownRole::Update,
        UnknownRole::Delete,
    ]);
    let how = select(vec![
        Mangled::WithoutLast,
        Mangled::OtherEnd,
        Mangled::MadeUp,
    ]);
    // `prop_oneof` boxes so many in boxes that threads cannot share.
    Union::new_weighted(vec![
        (6, draft::any().prop_map(Step::Create).sboxed()),
        (
            1,
            (of(), draft::any())
                .prop_map(|(of, draft)| Step::CreateNamesake { of, draft })
                .sboxed(),
        ),
        (1, draft::several().prop_map(Step::CreateTogether).sboxed()),
        (1, draft::any().prop_map(Step::CreateRefused).sboxed()),
        (6, of().prop_map(Step::Read).sboxed()),
        (
            4,
            (of(), draft::any())
                .prop_map(|(of, draft)| Step::Update { of, draft })
                .sboxed(),
        ),
        (
            1,
            (of(), draft::any())
                .prop_map(|(of, draft)| Step::UpdateRefused { of, draft })
                .sboxed(),
        ),
        (3, of().prop_map(Step::Delete).sboxed()),
        (4, filter().prop_map(Step::List).sboxed()),
        (1, (2_usize..5).prop_map(Step::ListPages).sboxed()),
        (1, Just(Step::ListBeyond).sboxed()),
        (
            1,
            (of(), how, role)
                .prop_map(|(of, how, role)| Step::Unknown { of, how, role })
                .sboxed(),
        ),
    ])
}

fn filter() -> impl Strategy<Value = Filter> {
    let of = || 0_usize..8;
    let kind = select(vec!["password", "credit_card", "secret"]);
    prop_oneof![
        3 => Just(Filter::None),
        2 => kind.prop_map(|kind| Filter::Type(kind.to_owned())),
        1 => Just(Filter::Vault("skyvern".to_owned())),
        1 => (of(), arbitrary::<bool>()).prop_map(|(of, capitals)| Filter::Name { of, capitals }),
        1 => of().prop_map(Filter::Shown),
        1 => Just(Filter::Nowhere),
    ]
}

/// Sequences of at most `most` steps.
pub(super) fn sequences(most: usize) -> SBoxedStrategy<Vec<Step>> {
    vec(any(), 1..=most.max(1)).sboxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_was_never_given_out_differs_from_the_one_it_is_made_from() {
        for how in [
            Mangled::WithoutLast,
            Mangled::OtherEnd,
            Mangled::Lengthened,
            Mangled::MadeUp,
        ] {
            assert_ne!(mangled("cred_17", how), "cred_17");
            assert_ne!(mangled("cred_13", how), "cred_13");
        }
    }
}
