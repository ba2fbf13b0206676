//! Which media types of a body the client sends or reads: JSON before others, and each other way once.

use spec::Location;

use crate::{
    lower::builder::Builder,
    names::spelling,
    schema::{JsonType, Key, Types},
};

/// What a media type is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Json,
    Multipart,
    Form,
    Text,
    Binary,
    Events,
}

/// The media type without parameters, in lower case.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether content of this type is one JSON text.
pub(in crate::lower) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

fn sort(media_type: &str) -> Sort {
    let essence = essence(media_type);
    match essence.as_str() {
        _ if is_json(media_type) => Sort::Json,
        "application/x-www-form-urlencoded" => Sort::Form,
        "text/event-stream" => Sort::Events,
        "multipart/form-data" => Sort::Multipart,
        _ if essence.starts_with("text/") => Sort::Text,
        _ => Sort::Binary,
    }
}

/// What names are told apart by where content of several types is sent or read: `diff` for
/// `application/vnd.github.diff`.
pub(in crate::lower) fn word(media_type: &str) -> String {
    let word = match sort(media_type) {
        Sort::Json => "json",
        Sort::Multipart => "multipart",
        Sort::Form => "form",
        Sort::Events => "events",
        Sort::Text | Sort::Binary => match essence(media_type).as_str() {
            "text/plain" => "text",
            "application/octet-stream" => "bytes",
            other => {
                let subtype = other.rsplit(['/', '.']).next().unwrap_or_default();
                return spelling::snake(subtype.trim_start_matches("x-"));
            }
        },
    };
    word.to_owned()
}

/// What is sent or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    /// *The* answer.
    Success,
    /// Another answer.
    Error,
}

/// What the schema of some content says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Described {
    /// There is none.
    Nothing,
    /// A text, which may stand for bytes.
    Text,
    /// Something with a structure.
    Structure,
}

/// A media type of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer<'a> {
    /// As the document writes it.
    pub(super) media_type: &'a str,
    pub(super) sort: Sort,
    pub(super) content: Described,
}

impl<'a> Offer<'a> {
    /// Looks at an entry of the `content` that is at `at`.
    pub(super) fn new(builder: &mut Builder<'_>, media_type: &'a str, at: &Location) -> Self {
        let types = types(builder, &at.join([media_type, "schema"]));
        let is_json_text = essence(media_type) == "*/*"
            && types.is_some_and(|types| {
                types != Types::one(JsonType::String)
                    && types.without(JsonType::Null) != Types::ANY.without(JsonType::Null)
            });
        Self {
            media_type,
            sort: if is_json_text {
                Sort::Json
            } else {
                sort(media_type)
            },
            content: match types {
                None => Described::Nothing,
                Some(types) if types.without(JsonType::Null) == Types::one(JsonType::String) => {
                    Described::Text
                }
                Some(_) => Described::Structure,
            },
        }
    }

    /// The media type that is named in requests.
    pub(super) fn written(&self) -> &'a str {
        match (essence(self.media_type).as_str(), self.sort) {
            ("*/*", Sort::Json) => "application/json",
            ("*/*", _) => "application/octet-stream",
            _ => self.media_type,
        }
    }

    /// Whether a method of its own is of use beside the usual one: `application/xml` with a structure, for
    /// which there is no type, is not.
    fn is_another_way(&self, direction: Direction) -> bool {
        match (self.sort, direction) {
            (_, Direction::Error) | (Sort::Json, _) => false,
            (Sort::Form | Sort::Multipart, Direction::Request) => {
                self.content == Described::Structure
            }
            (Sort::Events, Direction::Success) => true,
            (Sort::Text, _) => !self.media_type.contains('*'),
            (Sort::Binary, _) => {
                self.content != Described::Structure && !self.media_type.contains('*')
            }
            _ => false,
        }
    }
}

fn types(builder: &mut Builder<'_>, schema: &Location) -> Option<Types> {
    builder.reader.get(schema)?;
    let key = Key::new(builder.reader.peel(schema).at);
    Some(builder.features_of(&key).types)
}

/// What is taken of a body's media types.
pub(super) struct Choice<'o, 'a> {
    /// The usual one first: the first of the lowest sort.
    pub(super) ways: Vec<&'o Offer<'a>>,
    /// The others, as the document writes them.
    pub(super) left: Vec<&'a str>,
}

/// Most ways of one body: each way to send times each way to answer is a method.
const MOST: usize = 6;

/// Chooses. Two media types are read in the same way if they are of one sort, but for those that are handed
/// on as they come.
pub(super) fn choose<'o, 'a>(offers: &'o [Offer<'a>], direction: Direction) -> Choice<'o, 'a> {
    let usual = offers.iter().min_by_key(|offer| offer.sort);
    let mut choice = Choice {
        ways: usual.into_iter().collect(),
        left: Vec::new(),
    };
    for offer in offers {
        let is_same = |way: &&Offer<'_>| essence(way.media_type) == essence(offer.media_type);
        let is_alike = |way: &&Offer<'_>| {
            way.sort == offer.sort && !matches!(offer.sort, Sort::Text | Sort::Binary)
        };
        if choice.ways.iter().any(is_same) {
            continue;
        }
        let is_way = offer.is_another_way(direction) && choice.ways.len() < MOST;
        if choice.ways.iter().any(is_alike) || !is_way {
            choice.left.push(offer.media_type);
        } else {
            choice.ways.push(offer);
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(text: &'static str) -> Offer<'static> {
        let (media_type, content) = text.split_once(' ').unwrap_or((text, ""));
        Offer {
            media_type,
            sort: sort(media_type),
            content: match content {
                "text" => Described::Text,
                "structure" => Described::Structure,
                _ => Described::Nothing,
            },
        }
    }

    fn chosen(
        offers: &[&'static str],
        direction: Direction,
    ) -> (Vec<&'static str>, Vec<&'static str>) {
        let offers: Vec<Offer<'static>> = offers.iter().map(|text| offer(text)).collect();
        let choice = choose(&offers, direction);
        let ways = choice.ways.iter().map(|way| way.media_type).collect();
        (ways, choice.left)
    }

    #[test]
    fn each_way_to_read_is_taken_once() {
        let offers = [
            "text/event-stream",
            "application/vnd.a.diff text",
            "application/json structure",
            "application/json; charset=utf-8 structure",
            "application/hal+json structure",
            "application/xml structure",
            "image/* text",
            "image/webp text",
        ];
        let (ways, left) = chosen(&offers, Direction::Success);
        let expected = [
            "application/json",
            "text/event-stream",
            "application/vnd.a.diff",
            "image/webp",
        ];
        assert_eq!(ways, expected);
        assert_eq!(left, ["application/hal+json", "application/xml", "image/*"]);
        let (ways, left) = chosen(&offers, Direction::Error);
        assert_eq!(ways, ["application/json"]);
        assert_eq!(left.len(), 6);
    }

    #[test]
    fn each_way_to_write_is_taken_once() {
        let offers = [
            "application/x-www-form-urlencoded structure",
            "multipart/form-data structure",
            "text/event-stream text",
            "text/plain text",
            "text/x-markdown text",
            "multipart/form-data; boundary=x structure",
        ];
        let (ways, left) = chosen(&offers, Direction::Request);
        let expected = [
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "text/plain",
            "text/x-markdown",
        ];
        assert_eq!(ways, expected);
        assert_eq!(left, ["text/event-stream"]);
    }

    #[test]
    fn a_body_has_no_more_ways_than_a_client_can_bear() {
        let offers: Vec<String> = (0..1000).map(|number| format!("image/{number}")).collect();
        let offers: Vec<&'static str> = offers.into_iter().map(|one| &*one.leak()).collect();
        let (ways, left) = chosen(&offers, Direction::Success);
        assert_eq!((ways.len(), left.len()), (MOST, 1000 - MOST));
    }

    #[test]
    fn ways_are_named_after_what_is_sent() {
        for (media_type, expected) in [
            ("text/plain; charset=utf-8", "text"),
            ("text/x-markdown", "markdown"),
            ("application/octet-stream", "bytes"),
            ("application/vnd.github.diff", "diff"),
            ("image/webp", "webp"),
            ("application/x-www-form-urlencoded", "form"),
        ] {
            assert_eq!(word(media_type), expected);
        }
    }
}
