//! Judges listings: what one shows of the credentials of a sequence, and how its pages add up.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;
use spec::Pointer;
use url::form_urlencoded;

use super::{History, State, View};
use crate::{
    check::{
        Check, LIF004, LIF007, LIF009, LIF014, LIF015, LIF016, LIF017, LIF018, LIF019, LIF020,
        credential, seen::Seen,
    },
    finding::{Place, Violation},
    suite::credentials::Role,
};

/// How many credentials a page holds if the request does not say: the document's default.
const DEFAULT_SIZE: usize = 10;

/// The order of one's own credentials in listings since the last write.
#[derive(Debug, Default)]
pub(super) struct Orders {
    known: Vec<Vec<String>>,
    /// Whether anything was read since the last of them.
    read: bool,
    /// Whether anything was read or updated before: then a new order is no news.
    touched: bool,
    /// Ids of the listing before a listing in pages, and of the pages.
    before: Option<Vec<String>>,
    pages: Option<(usize, Vec<String>)>,
}

impl Orders {
    /// Something was written.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.read = false;
        self.before = None;
        self.pages = None;
    }

    pub(super) fn note_read(&mut self) {
        self.read = true;
        self.touched = true;
    }
}

/// One page that was answered.
struct Page<'a> {
    seen: Seen<'a>,
    entries: &'a [Value],
}

type Query<'a> = BTreeMap<Cow<'a, str>, Cow<'a, str>>;

impl History<'_> {
    /// Judges the pages of one listing, which have one tag.
    pub(super) fn listing(&mut self, exchanges: &[Seen<'_>]) {
        let [first, ..] = exchanges else {
            return;
        };
        let tag = first.exchange.request.tag.as_ref();
        let query: Query<'_> = first
            .exchange
            .request
            .query
            .as_deref()
            .map(|text| form_urlencoded::parse(text.as_bytes()).collect())
            .unwrap_or_default();
        let beyond = tag.starts_with("beyond");
        let mut pages = Vec::new();
        for seen in exchanges {
            let Some(response) = seen.response() else {
                return;
            };
            if response.is_refusal() && (beyond || !pages.is_empty()) {
                let summary = format!("a page after the last is answered {}", response.status);
                self.fail(&LIF016, *seen, Place::Status, summary);
                break;
            }
            if !self.fits_document(Role::List, response) {
                return;
            }
            let entries = response.json().and_then(Value::as_array);
            let Some(entries) = entries.filter(|_| response.is_success()) else {
                return;
            };
            pages.push(Page {
                seen: *seen,
                entries,
            });
        }
        let Some(last) = pages.last().map(|page| page.seen) else {
            return;
        };
        self.sizes(&query, &pages, beyond);
        if beyond {
            return;
        }
        self.ghosts(&pages);
        if tag.starts_with("pages") {
            let ids = pages.iter().flat_map(|page| self.own(page)).collect();
            self.orders.pages = Some((last.number, ids));
        } else if tag.starts_with("before") {
            self.orders.before = Some(pages.iter().flat_map(|page| self.own(page)).collect());
        } else if tag.starts_with("after") {
            self.partition(&pages);
        } else {
            self.complete(&query, &pages, last);
        }
    }

    fn id_in<'p>(&self, entry: &'p Value) -> Option<&'p str> {
        self.api.id_of(entry)
    }

    /// Ids of the sequence that a page shows, in its order.
    fn own(&self, page: &Page<'_>) -> Vec<String> {
        page.entries
            .iter()
            .filter_map(|entry| self.id_in(entry))
            .filter(|id| self.ids.contains(*id))
            .map(str::to_owned)
            .collect()
    }

    fn sizes(&mut self, query: &Query<'_>, pages: &[Page<'_>], beyond: bool) {
        let size = query
            .get("page_size")
            .map_or(Some(DEFAULT_SIZE), |text| text.parse().ok());
        for page in pages {
            let most = if beyond { Some(0) } else { size };
            let Some(most) = most.filter(|most| page.entries.len() > *most) else {
                self.judgement.pass(&LIF016);
                continue;
            };
            let summary = if beyond {
                "a page after the last has entries".to_owned()
            } else {
                format!(
                    "a page of at most {most} has {} entries",
                    page.entries.len()
                )
            };
            self.fail(&LIF016, page.seen, Place::Body(Pointer::root()), summary);
        }
    }

    /// What must not be there: deleted credentials, and those of refused creates.
    fn ghosts(&mut self, pages: &[Page<'_>]) {
        for page in pages {
            for (position, shown) in page.entries.iter().enumerate() {
                let place = || Place::Body(Pointer::root().index(position));
                let id = self.id_in(shown).map(str::to_owned);
                let known = self
                    .entries
                    .iter_mut()
                    .find(|entry| Some(&entry.id) == id.as_ref());
                let is_known = known.is_some();
                if let Some(entry) = known
                    && entry.state == State::Deleted
                {
                    entry.state = State::Suspect;
                    self.fail(
                        &LIF009,
                        page.seen,
                        place(),
                        "the list shows a deleted credential",
                    );
                }
                let name = shown["name"].as_str();
                if !is_known
                    && self
                        .refused
                        .iter()
                        .any(|refused| Some(refused.as_str()) == name)
                {
                    let summary = "the list shows a credential whose create was refused";
                    self.fail(&LIF020, page.seen, place(), summary);
                }
            }
        }
        if self
            .entries
            .iter()
            .any(|entry| entry.state == State::Deleted)
        {
            self.judgement.pass(&LIF009);
        }
        if !self.refused.is_empty() {
            self.judgement.pass(&LIF020);
        }
    }

    /// A listing of everything that fits `query`.
    fn complete(&mut self, query: &Query<'_>, pages: &[Page<'_>], last: Seen<'_>) {
        let filtered = ["credential_type", "vault_type", "search"]
            .into_iter()
            .find_map(|name| Some((name, query.get(name)?.as_ref())));
        match filtered {
            None => self.everything(pages, last),
            Some((name, wanted)) => self.filter(name, wanted, pages, last),
        }
    }

    fn everything(&mut self, pages: &[Page<'_>], last: Seen<'_>) {
        let live: Vec<usize> = (0..self.entries.len())
            .filter(|index| self.entries[*index].state == State::Live)
            .collect();
        for index in live {
            let id = self.entries[index].id.clone();
            let shown: Vec<(Seen<'_>, usize, &Value)> = occurrences(self, pages, &id);
            match shown.as_slice() {
                [] => self.missing(last, index, View::List),
                [(seen, position, body)] => {
                    let at = Pointer::root().index(*position);
                    self.shows(*seen, body, index, View::List, &at);
                }
                [_, (seen, position, _), ..] => {
                    self.entries[index].state = State::Suspect;
                    let place = Place::Body(Pointer::root().index(*position));
                    self.fail(&LIF004, *seen, place, "the list shows a credential twice");
                }
            }
        }
        self.order(pages, last);
        for entry in &mut self.entries {
            entry.happened(super::Event::Read);
        }
    }

    fn order(&mut self, pages: &[Page<'_>], last: Seen<'_>) {
        let shown: Vec<String> = pages.iter().flat_map(|page| self.own(page)).collect();
        let orders = &mut self.orders;
        let settled = matches!(orders.known.as_slice(), [.., a, b] if a == b);
        let moved = settled && orders.read && orders.known.last() != Some(&shown);
        let repeated = orders.known.last() == Some(&shown) && !orders.read;
        if !orders.read {
            orders.known.push(shown.clone());
        }
        let read = std::mem::take(&mut orders.read);
        let touched = orders.touched || self.entries.iter().any(|entry| entry.before.is_some());
        if moved {
            let summary = "a read changes the order of the list";
            return self.fail(&LIF014, last, Place::Body(Pointer::root()), summary);
        }
        if settled && read {
            self.judgement.pass(&LIF014);
        }
        // An order that is another one each time is not judged here.
        if touched || !repeated {
            return;
        }
        let newest_first: Vec<&String> = self
            .entries
            .iter()
            .rev()
            .filter(|entry| entry.state == State::Live && entry.batch.is_none())
            .map(|entry| &entry.id)
            .collect();
        let in_order: Vec<&String> = shown
            .iter()
            .filter(|id| newest_first.contains(id))
            .collect();
        if newest_first.len() < 2 || in_order.len() != newest_first.len() {
            return;
        }
        let violation = (in_order != newest_first).then(|| {
            let place = Place::Body(Pointer::root());
            let summary = "the list is not ordered newest first";
            Violation::new(&LIF019, last.number, place, summary)
        });
        self.judgement.settle(&LIF019, violation);
    }

    fn filter(&mut self, name: &str, wanted: &str, pages: &[Page<'_>], last: Seen<'_>) {
        let check: &'static Check = if name == "search" { &LIF018 } else { &LIF017 };
        let fits = |view: &Value| {
            if name == "search" {
                credential::matches_search(view, wanted)
            } else {
                view[name].as_str() == Some(wanted)
            }
        };
        let mut faults = Vec::new();
        for page in pages {
            for (position, shown) in page.entries.iter().enumerate() {
                let own = self
                    .entries
                    .iter()
                    .find(|entry| Some(entry.id.as_str()) == self.id_in(shown));
                // What a search should find of other people's credentials cannot be known: their
                // answers may have been changed since.
                let wrong = match own {
                    Some(entry) => entry.state == State::Live && !fits(&entry.answer),
                    None => name == "credential_type" && !fits(shown),
                };
                if wrong {
                    let changed = own.is_some_and(|entry| entry.type_changed);
                    let place = Place::Body(Pointer::root().index(position));
                    let summary = format!("the list filtered by {name} shows what does not fit");
                    faults.push((changed, page.seen, place, summary));
                }
            }
        }
        for entry in &self.entries {
            let expected = entry.state == State::Live && fits(&entry.answer);
            if expected && occurrences(self, pages, &entry.id).is_empty() {
                let place = Place::Body(Pointer::root());
                let summary = format!("the list filtered by {name} lacks what fits");
                faults.push((entry.type_changed, last, place, summary));
            }
        }
        if faults.is_empty() {
            self.judgement.pass(check);
            if self.entries.iter().any(|entry| entry.type_changed) && name == "credential_type" {
                self.judgement.pass(&LIF007);
            }
        }
        for (type_changed, seen, place, summary) in faults {
            let by_type = type_changed && name == "credential_type";
            self.fail(if by_type { &LIF007 } else { check }, seen, place, summary);
        }
    }

    /// A listing after the same in pages: if it is as before them, the pages must add up to it.
    fn partition(&mut self, pages: &[Page<'_>]) {
        let whole: Vec<String> = pages.iter().flat_map(|page| self.own(page)).collect();
        let (Some(before), Some((number, shown))) =
            (self.orders.before.take(), self.orders.pages.take())
        else {
            return;
        };
        if sorted(&before) != sorted(&whole) {
            return;
        }
        let lost = whole.iter().find(|id| !shown.contains(id));
        let gained = shown.iter().find(|id| !whole.contains(id));
        let repeated = shown
            .iter()
            .enumerate()
            .find(|(index, id)| shown[..*index].contains(id))
            .filter(|_| sorted(&whole).windows(2).all(|pair| pair[0] != pair[1]));
        let summary = if lost.is_some() {
            "the pages leave out a credential that the whole list has"
        } else if gained.is_some() {
            "the pages show a credential that the whole list leaves out"
        } else if repeated.is_some() {
            "the pages show a credential twice"
        } else {
            return self.judgement.pass(&LIF015);
        };
        let place = Place::Body(Pointer::root());
        self.judgement
            .fail(Violation::new(&LIF015, number, place, summary));
    }
}

fn sorted(ids: &[String]) -> Vec<&String> {
    let mut sorted: Vec<&String> = ids.iter().collect();
    sorted.sort();
    sorted
}

fn occurrences<'p>(
    history: &History<'_>,
    pages: &[Page<'p>],
    id: &str,
) -> Vec<(Seen<'p>, usize, &'p Value)> {
    pages
        .iter()
        .flat_map(|page| {
            let entries = page.entries.iter().enumerate();
            entries.map(|(position, entry)| (page.seen, position, entry))
        })
        .filter(|(_, _, entry)| history.api.id_of(entry) == Some(id))
        .collect()
}
