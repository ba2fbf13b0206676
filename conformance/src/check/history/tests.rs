use serde_json::{Value, json};

use super::*;
use crate::check::sketch::{answered, failed, held, target};

fn asked(name: &str, label: &str) -> Value {
    json!({"name": name, "credential_type": "secret",
        "credential": {"secret_value": "v", "secret_label": label}})
}

fn shown(id: &str, name: &str, label: &str) -> Value {
    json!({"credential_id": id, "name": name, "credential_type": "secret",
        "credential": {"secret_label": label}})
}

/// A small server's day: what was asked, and what it answered.
struct Day {
    target: Target,
    api: Credentials,
    exchanges: Vec<Arc<Exchange>>,
}

impl Day {
    fn new() -> Self {
        let target = target();
        Self {
            api: Credentials::of(&target).unwrap(),
            target,
            exchanges: Vec::new(),
        }
    }

    fn create(mut self, id: &str, name: &str) -> Self {
        let request = self.api.create(asked(name, "l"));
        self.exchanges
            .push(answered(request, 201, &shown(id, name, "l")));
        self
    }

    fn read(mut self, id: &str, status: u16, body: &Value) -> Self {
        self.exchanges
            .push(answered(self.api.read(id), status, body));
        self
    }

    fn update(mut self, id: &str, name: &str, body: &Value) -> Self {
        let request = self.api.update(id, asked(name, "l"));
        self.exchanges.push(answered(request, 200, body));
        self
    }

    fn delete(mut self, id: &str, status: u16) -> Self {
        self.exchanges
            .push(answered(self.api.delete(id), status, &json!(null)));
        self
    }

    fn list(mut self, tag: &'static str, query: &[(&str, &str)], body: &Value) -> Self {
        let mut request = self.api.list().tag(tag);
        for (name, value) in query {
            request = request.query(name, value);
        }
        self.exchanges.push(answered(request, 200, body));
        self
    }

    fn judged(&self) -> Judgement {
        let mut judgement = Judgement::default();
        judge(&self.target, &self.api, &self.exchanges, &mut judgement);
        judgement
    }

    fn failed(&self) -> Vec<&'static str> {
        failed(&self.judged())
    }
}

#[test]
fn a_server_without_fault_is_not_blamed() {
    let day = Day::new()
        .create("a", "one")
        .read("a", 200, &shown("a", "one", "l"))
        .list(
            "all-1",
            &[],
            &json!([shown("a", "one", "l"), shown("foreign", "x", "y")]),
        )
        .update("a", "two", &shown("a", "two", "l"))
        .read("a", 200, &shown("a", "two", "l"))
        .delete("a", 204)
        .read("a", 404, &json!({}))
        .delete("a", 404);
    let judgement = day.judged();
    assert!(
        failed(&judgement).is_empty(),
        "{:?}",
        judgement.violations()
    );
    let expected = [
        "LIF011", "LIF002", "LIF001", "LIF016", "LIF004", "LIF005", "LIF006", "LIF009", "LIF010",
    ];
    for check in expected {
        assert!(held(&judgement).contains(&check), "{check}");
    }
}

#[test]
fn a_difference_is_laid_at_the_door_of_what_happened_last() {
    let lost = json!({"detail": "not found"});
    let right = shown("a", "one", "l");
    let wrong = shown("a", "one", "other");
    let day = || Day::new().create("a", "one");
    assert_eq!(day().read("a", 200, &wrong).failed(), ["LIF001"]);
    assert_eq!(day().read("a", 404, &lost).failed(), ["LIF001"]);
    let read_before = || day().read("a", 200, &right);
    assert_eq!(read_before().read("a", 200, &wrong).failed(), ["LIF014"]);
    let neighbour = read_before().create("b", "two").delete("b", 204);
    assert_eq!(neighbour.read("a", 404, &lost).failed(), ["LIF008"]);
    let namesake = read_before().create("b", "one").delete("b", 204);
    assert_eq!(namesake.read("a", 404, &lost).failed(), ["LIF013"]);
    let updated = day().update("a", "two", &shown("a", "two", "l"));
    assert_eq!(updated.read("a", 200, &right).failed(), ["LIF006"]);
}

#[test]
fn what_breaks_the_document_is_not_told_again() {
    let broken = json!({"credential_id": "a", "name": "one"});
    let day = Day::new().create("a", "one").read("a", 200, &broken);
    assert!(day.failed().is_empty());
}

#[test]
fn two_reads_in_a_row_are_the_same() {
    let wrong = |label| shown("a", "one", label);
    let day = Day::new()
        .create("a", "one")
        .read("a", 200, &wrong("x"))
        .read("a", 200, &wrong("y"));
    assert_eq!(day.failed(), ["LIF001", "LIF014"]);
}

#[test]
fn one_fault_is_one_finding() {
    let lost = json!({"detail": "not found"});
    let day = Day::new()
        .create("a", "one")
        .read("a", 404, &lost)
        .read("a", 404, &lost)
        .list("all-1", &[], &json!([]));
    assert_eq!(day.judged().violations().len(), 1);
}

#[test]
fn ids_are_never_given_out_again() {
    let day = Day::new()
        .create("a", "one")
        .delete("a", 204)
        .create("a", "two");
    assert_eq!(day.failed(), ["LIF011"]);
}

#[test]
fn an_answer_to_an_unknown_id_is_no_success() {
    let day = Day::new().read("nobody", 200, &shown("nobody", "", ""));
    assert_eq!(day.failed(), ["LIF021"]);
}

#[test]
fn lists_show_what_exists_once_and_nothing_that_is_deleted() {
    let one = shown("a", "one", "l");
    let day = || Day::new().create("a", "one");
    assert_eq!(day().list("all-1", &[], &json!([])).failed(), ["LIF004"]);
    assert_eq!(
        day().list("all-1", &[], &json!([one, one])).failed(),
        ["LIF004"]
    );
    let deleted = day().delete("a", 204).list("all-1", &[], &json!([one]));
    assert_eq!(deleted.failed(), ["LIF009"]);
}

#[test]
fn filters_and_searches_are_held_to_their_word() {
    let one = shown("a", "one", "l");
    let day = || Day::new().create("a", "one");
    let by_type = |kind| [("credential_type", kind)];
    assert_eq!(
        day().list("all-1", &by_type("secret"), &json!([])).failed(),
        ["LIF017"]
    );
    assert_eq!(
        day()
            .list("all-1", &by_type("password"), &json!([one]))
            .failed(),
        ["LIF017"]
    );
    let foreign = json!([shown("f", "foreign", "x")]);
    assert_eq!(
        day().list("all-1", &by_type("password"), &foreign).failed(),
        ["LIF017"]
    );
    assert_eq!(
        day()
            .list("all-1", &[("search", "ONE")], &json!([]))
            .failed(),
        ["LIF018"]
    );
    assert_eq!(
        day()
            .list("all-1", &[("search", "xyz")], &json!([one]))
            .failed(),
        ["LIF018"]
    );
}

#[test]
fn pages_add_up_to_the_whole_list_unless_it_changed_meanwhile() {
    let (one, two) = (shown("a", "one", "l"), shown("b", "two", "l"));
    let day = || Day::new().create("a", "one").create("b", "two");
    let whole = json!([two, one]);
    let lost = day()
        .list("before-1", &[("page_size", "9")], &whole)
        .list("pages-2", &[("page_size", "1")], &json!([two]))
        .list("after-3", &[("page_size", "9")], &whole);
    assert_eq!(lost.failed(), ["LIF015"]);
    let moved = day()
        .list("before-1", &[("page_size", "9")], &json!([one]))
        .list("pages-2", &[("page_size", "1")], &json!([two]))
        .list("after-3", &[("page_size", "9")], &whole);
    assert!(moved.failed().is_empty());
}

#[test]
fn creates_at_the_same_time_are_not_mixed_up() {
    let target = target();
    let api = Credentials::of(&target).unwrap();
    let create = |name: &str| api.create(asked(name, "l")).tag("batch-1");
    let exchanges = vec![
        answered(create("one"), 201, &shown("a", "two", "l")),
        answered(create("two"), 201, &shown("b", "one", "l")),
    ];
    let mut judgement = Judgement::default();
    judge(&target, &api, &exchanges, &mut judgement);
    assert_eq!(failed(&judgement), ["LIF012"]);
}
