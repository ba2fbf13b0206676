//! The checks of the lifecycle suite: what was created is what is read.

use crate::check::Source::{Document, Observed, Purpose, Standard};

checks! {
    LIF001 read_back Lifecycle Must
    "what a create or update answers is what a read answers"
    [Document("GET /v1/credentials/{credential_id}")]
    follows []
    "Every member of the answer to a create or update must come back equal from the next read of the same id."

    LIF002 reflects_request Lifecycle Must
    "an answer carries the submitted public members unchanged"
    [Document("CreateCredentialRequest and CredentialResponse")]
    follows []
    "Name, type, username, secret label, TOTP type and TOTP identifier come back character by character, also with white space, quotes and non-ASCII."

    LIF003 last_four_and_brand Lifecycle Must
    "a card answers the last four characters of its number, leading zeros included, and its brand"
    [Document("CreditCardCredentialResponse"), Observed("last_four is text")]
    follows []
    "Numbers that end in 0007 show whether the digits were taken for an integer on the way."

    LIF004 listed_once Lifecycle Must
    "what was created is in the list exactly once, as a read answers it"
    [Document("GET /v1/credentials")]
    follows []
    "The pages of the list are read until one is empty. Other people's credentials are not counted."

    LIF005 update_keeps_id Lifecycle Must
    "an update keeps the id"
    [Document("POST /v1/credentials/{credential_id}/update")]
    follows []
    "The answer to an update must carry the id of the path, and that id must stay readable. Whoever keeps ids must not have to learn new ones."

    LIF006 update_applies Lifecycle Must
    "after an update every read answers what the update says, and nothing of before"
    [Document("POST /v1/credentials/{credential_id}/update")]
    follows ["LIF002", "LIF003"]
    "An update is a whole new credential for the same id: members that it leaves out are gone, members that it sets are new, in the read and in the list."

    LIF007 update_changes_type Lifecycle Must
    "an update to another type of credential changes the type everywhere"
    [Document("CreateCredentialRequest"), Observed("the type may change")]
    follows ["LIF002", "LIF003"]
    "A password may become a card or a secret. Type, branch of the union, read, list and filter by type must all follow."

    LIF008 changes_spare_others Lifecycle Must
    "an update or delete changes no other credential"
    [Purpose("an operation on one id concerns that id only")]
    follows []
    "Neighbours are read before and after and must be the same, also those with the same name or user name."

    LIF009 deleted_is_gone Lifecycle Must
    "a deleted credential is gone: no read, no update, no place in the list"
    [Document("POST /v1/credentials/{credential_id}/delete"), Observed("404 from then on")]
    follows []
    "After a 204 the id answers 404 to read and update, and no page of the list, with any filter, shows it."

    LIF010 delete_twice Lifecycle Must
    "a second delete of the same id answers 404"
    [Observed("deleting twice is 404")]
    follows []
    "A second success would say that something was deleted. Anything but a 404, a 5xx above all, makes clean-up scripts fail."

    LIF011 ids_unique Lifecycle Must
    "no two credentials ever have the same id, deleted ones included"
    [Purpose("an id that comes back names somebody else's secret")]
    follows []
    "All ids of the run are collected. Whoever still holds the id of a deleted credential must not reach a new one."

    LIF012 concurrent_creates Lifecycle Must
    "creates that run at the same time are not mixed up"
    [Purpose("requests are independent of each other")]
    follows []
    "Several creates are sent at once. Each answer and each later read must belong to its own request."

    LIF013 same_name_stays_two Lifecycle Must
    "two credentials of the same name stay two"
    [Document("name is no key"), Observed("names may repeat")]
    follows []
    "Both are readable and listed, each with its own members, and deleting one leaves the other."

    LIF014 reads_change_nothing Lifecycle Must
    "a read changes nothing"
    [Standard("RFC 9110 section 9.2.1")]
    follows []
    "GET is safe: the same read again, and the list after it, answer the same."

    LIF015 pages_partition Lifecycle Must
    "for every page size the pages are a partition of the list"
    [Document("page and page_size of GET /v1/credentials")]
    follows []
    "Going through all pages shows each credential of this run exactly once. An offset that is one too large loses one at every border, one too small repeats it."

    LIF016 page_size_kept Lifecycle Must
    "a page has at most page_size entries, and a page after the last is empty"
    [Document("page and page_size of GET /v1/credentials"), Observed("default 10")]
    follows []
    "Also at the bounds, and with the default of ten when there is no page_size."

    LIF017 filter_by_type Lifecycle Must
    "credential_type lists the credentials of that type and no others"
    [Document("credential_type of GET /v1/credentials")]
    follows []
    "With each type: all of this run's credentials of that type are there, and nothing of another type is, whoever made it."

    LIF018 search_matches Lifecycle Must
    "search lists the credentials that match in their public members"
    [Document("search of GET /v1/credentials")]
    follows []
    "A credential of this run is found by its unusual name, in any case of letters, and not found by text that stands nowhere in it."

    LIF019 newest_first Lifecycle Should
    "the list is ordered newest first"
    [Observed("newest first")]
    follows ["LIF004", "LIF015"]
    "Credentials created one after another appear in the opposite order, whatever stands in between."

    LIF020 refused_changes_nothing Lifecycle Must
    "a refused create or update changes nothing"
    [Standard("RFC 9110 section 15.5"), Purpose("a refusal is no half success")]
    follows []
    "After a 4xx to an update the read answers as before; after a 4xx to a create the list has no new entry of that name."

    LIF021 unknown_id Lifecycle Must
    "an id that was never given out answers 404 to read, update and delete"
    [Observed("404"), Standard("RFC 9110 section 15.5.5")]
    follows []
    "Ids of the right shape that nobody created. An answer of 200, an empty object or a 5xx hides from callers that nothing is there."

    LIF022 totp_code_reflected Lifecycle Must
    "a posted TOTP code is answered as it was sent"
    [Document("POST /v1/credentials/totp"), Document("TOTPCodeCreate and TOTPCode")]
    follows []
    "The identifier, the content and the ids that were posted come back unchanged; the code is the one in the content."
}
