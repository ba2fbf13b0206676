//! For each check of what is stored the shortest sequences that break a service which breaks it.

use super::{
    api::Writing,
    draft::{self, Draft, texts},
    step::{Near, Step},
};
use crate::{
    check::{
        CON001, CON002, CON003, CON004, CON005, CON006, CON007, CON008, CON009, CON010, CON011,
        CON012, CON013, CON014, CON015, CON016, CON017, CON018, CON019, CON020, CON021, CON022,
        CON023, CON024, CON025, CON026, CON027, CON028, CON029, CON030, CON031, CON032, CON033,
        CON034, CON035, CON036, CON062, Check,
    },
    plan::Budget,
};

/// A check, a word for what is varied, and sequences.
pub(super) type Directed = (&'static Check, &'static str, Vec<Vec<Step>>);

/// All directed cases, in the order of their checks.
pub(super) fn all(budget: &Budget) -> Vec<Directed> {
    let plain = || each(Draft::plain());
    let whole = || each(Draft::whole());
    let holding = |all: &[&str]| each(all.iter().flat_map(|text| Draft::holding(text)));
    let long = texts::LENGTHS.map(draft::long);
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let wide = "\u{e9}\u{65e5}\u{1f600}".repeat(3334);
    vec![
        (&CON001, "as_sent", each(draft::sent())),
        (&CON002, "plain", plain()),
        (&CON003, "plain", plain()),
        (&CON004, "as_sent", each(draft::sent())),
        (&CON005, "plain", plain()),
        (&CON006, "plain", [plain(), digits()].concat()),
        (
            &CON007,
            "totp",
            each([draft::totp(), draft::without_optionals()].concat()),
        ),
        (&CON008, "whole", whole()),
        (&CON009, "writings", writings()),
        (
            &CON010,
            "login",
            each([Draft::password(), Draft::whole()[0].clone()]),
        ),
        (
            &CON011,
            "card",
            each([Draft::card(), Draft::whole()[1].clone()]),
        ),
        (
            &CON012,
            "secret",
            each([Draft::secret(), Draft::whole()[2].clone()]),
        ),
        (&CON013, "billing", each(draft::billing())),
        (&CON014, "metadata", each(draft::metadata())),
        (&CON015, "totp", each(draft::totp())),
        (&CON016, "white_space", holding(&texts::WHITE_SPACE)),
        (&CON017, "control", holding(&texts::LINE_ENDS)),
        (&CON018, "scripts", holding(&texts::SCRIPTS)),
        (&CON019, "marks", holding(&texts::MARKS)),
        (
            &CON020,
            "digits",
            [digits(), holding(&texts::DIGITS)].concat(),
        ),
        (
            &CON021,
            "lengths",
            [holding(&long), holding(&[&wide])].concat(),
        ),
        (&CON022, "empty", each(draft::empty())),
        (&CON023, "letters", holding(&texts::LETTERS)),
        (&CON024, "many", vec![vec![Step::Many(many(budget))]]),
        (&CON025, "again", again()),
        (&CON026, "ids", creates(12)),
        (&CON027, "ids", vec![twins()]),
        (&CON028, "ids", reuse()),
        (&CON029, "neighbours", neighbours()),
        (&CON030, "plain", with_delete(&[])),
        (
            &CON031,
            "plain",
            with_delete(&[Step::Read(0), Step::Read(0)]),
        ),
        (
            &CON032,
            "plain",
            with_delete(&[Step::Delete(0), Step::Delete(0)]),
        ),
        (&CON033, "neighbours", exact_deletes()),
        (&CON034, "ids", unknown()),
        (&CON035, "ids", near()),
        (&CON036, "together", together()),
        (&CON062, "plain", plain()),
    ]
}

/// Each stored and read.
fn each(drafts: impl IntoIterator<Item = Draft>) -> Vec<Vec<Step>> {
    drafts
        .into_iter()
        .map(|draft| vec![Step::Create(draft), Step::Read(0)])
        .collect()
}

/// How many credentials are many.
fn many(budget: &Budget) -> usize {
    match budget.listed {
        0..100 => 40,
        100..10_000 => 200,
        _ => 1000,
    }
}

fn digits() -> Vec<Vec<Step>> {
    let cards = [
        ["0000000000000000", "01", "0031", "007"],
        ["4242424242424242", "12", "2031", "000"],
        ["6011000990139424123", "09", "31", "0000"],
    ];
    let names = ["card_number", "card_exp_month", "card_exp_year", "card_cvv"];
    let cards = cards.map(|values| {
        names
            .into_iter()
            .zip(values)
            .fold(Draft::card(), |draft, (name, value)| {
                draft.with(name, value.into())
            })
    });
    let others = ["0042", "42"].into_iter().flat_map(|text| {
        [
            Draft::password()
                .with("username", text.into())
                .with("password", text.into()),
            Draft::secret().with("secret_value", text.into()),
        ]
    });
    each(cards.into_iter().chain(others))
}

/// The same credential in all ways of writing it, and without members that Skyvern always sends.
fn writings() -> Vec<Vec<Step>> {
    let wholes = Draft::whole().map(|draft| draft.named(" \u{e9}\u{1f600}"));
    let written = Writing::OTHER.into_iter().flat_map(|writing| {
        wholes
            .iter()
            .map(move |draft| vec![Step::CreateAs(draft.clone(), writing), Step::Read(0)])
    });
    let without = draft::without_optionals()
        .into_iter()
        .map(|draft| vec![Step::CreateAs(draft, Writing::Skyvern), Step::Read(0)]);
    written.chain(without).collect()
}

fn creates(count: usize) -> Vec<Vec<Step>> {
    let creates = (0..count).map(|number| Step::Create(Draft::numbered(number)));
    vec![creates.collect()]
}

fn twins() -> Vec<Step> {
    let mut steps = creates(6).remove(0);
    steps.extend((0..3).map(Step::Twin));
    steps.push(Step::Create(Draft::password()));
    steps.push(Step::Twin(9));
    steps
}

fn reuse() -> Vec<Vec<Step>> {
    let create = || Step::Create(Draft::password());
    vec![
        vec![create(), Step::Delete(0), create(), Step::Twin(0)],
        vec![
            create(),
            create(),
            Step::Delete(0),
            Step::Delete(1),
            create(),
            create(),
            create(),
        ],
    ]
}

fn again() -> Vec<Vec<Step>> {
    Draft::whole()
        .into_iter()
        .map(|draft| {
            let named = draft.clone().named(" of the same name");
            vec![
                Step::Create(draft),
                Step::Read(0),
                Step::Read(0),
                Step::Twin(0),
                Step::Create(named),
                Step::Read(0),
                Step::Create(Draft::secret()),
                Step::Delete(1),
                Step::Read(0),
                Step::Read(0),
                Step::ReadAll,
            ]
        })
        .collect()
}

fn neighbours() -> Vec<Vec<Step>> {
    let creates = (0..6).map(|number| Step::Create(Draft::numbered(number)));
    let mut steps: Vec<Step> = creates.collect();
    steps.extend([Step::ReadAll, Step::Delete(2), Step::ReadAll]);
    steps.extend([3, 0, 5, 1].map(Step::Read));
    let reads = vec![
        Step::Create(Draft::numbered(0)),
        Step::Create(Draft::numbered(3)),
        Step::Read(0),
        Step::Read(1),
        Step::Read(0),
    ];
    vec![steps, reads]
}

/// Stored, read and deleted, and then more.
fn with_delete(more: &[Step]) -> Vec<Vec<Step>> {
    let first = Draft::whole().map(|draft| {
        let mut steps = vec![Step::Create(draft), Step::Read(0), Step::Delete(0)];
        steps.extend_from_slice(more);
        steps
    });
    let mut later = vec![
        Step::Create(Draft::password()),
        Step::Create(Draft::secret()),
        Step::Delete(0),
        Step::Create(Draft::card()),
    ];
    later.extend_from_slice(more);
    first.into_iter().chain([later]).collect()
}

fn exact_deletes() -> Vec<Vec<Step>> {
    let twins = vec![
        Step::Create(Draft::password()),
        Step::Twin(0),
        Step::Twin(0),
        Step::Delete(1),
        Step::ReadAll,
        Step::Delete(0),
        Step::ReadAll,
    ];
    let creates = (0..7).map(|number| Step::Create(Draft::numbered(number)));
    let mut several: Vec<Step> = creates.collect();
    several.extend([
        Step::Delete(3),
        Step::ReadAll,
        Step::Delete(0),
        Step::ReadAll,
    ]);
    several.extend([Step::Delete(6), Step::ReadAll]);
    vec![twins, several]
}

fn unknown() -> Vec<Vec<Step>> {
    let ids = [
        "conformance-unknown",
        "00000000-0000-0000-0000-000000000000",
        "00000000000000000000000000000000",
        "9999999999999999",
        "undefined",
        "0",
        "-1",
    ];
    ids.into_iter()
        .map(|id| {
            vec![
                Step::Create(Draft::password()),
                Step::Unknown(id.to_owned()),
            ]
        })
        .collect()
}

fn near() -> Vec<Vec<Step>> {
    let nears = Near::ALL.map(|near| Step::Near(0, near));
    vec![
        [Step::Create(Draft::unique())]
            .into_iter()
            .chain(nears)
            .collect(),
    ]
}

fn together() -> Vec<Vec<Step>> {
    let drafts = |first: usize| (first..first + 8).map(Draft::numbered).collect();
    let passwords = (0..8).map(|number| Draft::numbered(3 * number)).collect();
    vec![
        vec![Step::Together(drafts(0)), Step::ReadAll],
        vec![Step::Together(drafts(100)), Step::ReadAll],
        vec![Step::Together(passwords), Step::ReadAll],
    ]
}
