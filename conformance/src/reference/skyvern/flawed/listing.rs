//! Defects of the list: its order, its filters, its search and its pages.

use serde_json::Value;

use super::super::answer::Refusal;
use super::super::model::{ListRequest, Shown};
use super::super::store::{Credential, Filter, Store};
use super::super::{Server, credential_response};
use super::{Flaw, Flaws, Instead, Memory, leak};

/// What a list answers.
pub(in super::super) fn list(
    server: &Server,
    store: &Store,
    request: &ListRequest,
) -> Result<Vec<Value>, Instead> {
    let flaws = &server.flaws;
    if !flaws.any() {
        return Ok(store.list(request).map(credential_response).collect());
    }
    let mut memory = server.memory();
    memory.requests += 1;
    let mut entries: Vec<&Credential> = match &memory.before {
        Some(before) => before.iter().collect(),
        None => store.newest_first().collect(),
    };
    let shows_deleted = flaws.has(Flaw::DeletedListed)
        || (flaws.has(Flaw::DeletedListedByType) && request.credential_type.is_some());
    if shows_deleted {
        entries.extend(&memory.deleted);
    }
    let late_filter = flaws.has(Flaw::FilterAfterPaging).then(|| {
        let mut filter = request.clone();
        filter.search = None;
        Filter::of(&filter)
    });
    let filter = changed_filter(flaws, &memory, request);
    entries.retain(|entry| leak::listed(flaws, &memory.kept, request, entry, filter(entry)));
    reorder(flaws, memory.requests, &mut entries);
    leak::reorder(flaws, &memory.kept, &mut entries);
    let page = page(flaws, request, entries.len())?;
    let mut shown: Vec<&Credential> = entries
        .into_iter()
        .skip(page.before)
        .take(page.size)
        .collect();
    if let Some(filter) = late_filter {
        shown.retain(|entry| filter.fits(entry));
    }
    if flaws.has(Flaw::ListRepeatsNewest) && request.page == 1 {
        shown.extend(shown.first().copied());
    }
    let answer = |entry: &Credential| {
        let created = memory.created.get(&entry.id);
        created
            .cloned()
            .unwrap_or_else(|| credential_response(entry))
    };
    Ok(shown.into_iter().map(answer).collect())
}

/// Which entries are listed on any page.
fn changed_filter<'a>(
    flaws: &'a Flaws,
    memory: &'a Memory,
    request: &'a ListRequest,
) -> impl Fn(&Credential) -> bool + 'a {
    let mut changed = request.clone();
    if flaws.has(Flaw::TypeFilterIgnored)
        || flaws.has(Flaw::FilterAfterPaging)
        || flaws.has(Flaw::FilterKnowsFirstType)
    {
        changed.credential_type = None;
    }
    if flaws.has(Flaw::VaultFilterIgnored) {
        changed.vault_type = None;
    }
    let search = changed.search.take_if(|_| {
        flaws.has(Flaw::SearchIgnored)
            || flaws.has(Flaw::SearchMindsCase)
            || flaws.has(Flaw::SearchNameOnly)
            || flaws.has(Flaw::SearchPrefixOnly)
            || flaws.has(Flaw::SearchFindsNothing)
    });
    let with_secrets =
        flaws.has(Flaw::TypeFilterWide) && changed.credential_type == Some("credit_card");
    let lacks_cards = flaws.has(Flaw::ListLacksCards) && request.credential_type.is_none();
    let filter = Filter::of(&changed);
    move |entry| {
        let first_type = memory.first_types.get(&entry.id);
        let fits =
            filter.fits(entry) || (with_secrets && matches!(entry.shown, Shown::Secret { .. }));
        fits && search
            .as_deref()
            .is_none_or(|search| is_found(flaws, entry, search))
            && !(lacks_cards && matches!(entry.shown, Shown::CreditCard { .. }))
            && (!flaws.has(Flaw::FilterKnowsFirstType)
                || request
                    .credential_type
                    .is_none_or(|wanted| first_type == Some(&wanted)))
    }
}

fn is_found(flaws: &Flaws, entry: &Credential, search: &str) -> bool {
    let lower = search.to_lowercase();
    let in_member = |member: &str| {
        if flaws.has(Flaw::SearchMindsCase) {
            member.contains(search)
        } else if flaws.has(Flaw::SearchPrefixOnly) {
            member.to_lowercase().starts_with(&lower)
        } else {
            member.to_lowercase().contains(&lower)
        }
    };
    if flaws.has(Flaw::SearchIgnored) {
        true
    } else if flaws.has(Flaw::SearchFindsNothing) && !search.is_ascii() {
        false
    } else if flaws.has(Flaw::SearchNameOnly) {
        in_member(&entry.name)
    } else {
        entry.searchable().any(in_member)
    }
}

fn reorder(flaws: &Flaws, requests: usize, entries: &mut [&Credential]) {
    if flaws.has(Flaw::OldestFirst) {
        entries.reverse();
    }
    if flaws.has(Flaw::OrderUnstable) && !entries.is_empty() {
        entries.rotate_left(requests % entries.len());
    }
}

/// Where a page begins, and how much it shows.
struct Page {
    before: usize,
    size: usize,
}

fn page(flaws: &Flaws, request: &ListRequest, length: usize) -> Result<Page, Instead> {
    let size = request.page_size;
    let index = request.page - 1;
    let usual = index.saturating_mul(size);
    if usual >= length && index > 0 {
        if flaws.has(Flaw::BeyondRefused) {
            return Err(Refusal::UnknownCredential.into());
        }
        if flaws.has(Flaw::BeyondRepeats) {
            return Ok(Page { before: 0, size });
        }
    }
    let before = if flaws.has(Flaw::PagesOverlap) {
        usual.saturating_sub(usize::from(index > 0))
    } else if flaws.has(Flaw::PagesGap) {
        usual.saturating_add(index)
    } else if flaws.has(Flaw::PagesFromZero) {
        usual.saturating_add(size)
    } else if flaws.has(Flaw::PageSizeIgnored) {
        index.saturating_mul(10)
    } else {
        usual
    };
    let is_partial = usual.saturating_add(size) > length;
    let shown = if flaws.has(Flaw::PageSizeIgnored) {
        10
    } else if flaws.has(Flaw::PageOneMore) {
        size.saturating_add(1)
    } else if flaws.has(Flaw::PagesCapped) {
        size.min(3)
    } else if flaws.has(Flaw::LastPageLost) && is_partial && index > 0 {
        0
    } else {
        size
    };
    Ok(Page {
        before,
        size: shown,
    })
}
