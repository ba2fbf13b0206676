//! For each lifecycle check the shortest sequences that break a server which breaks it.

use super::{
    Directed,
    draft::{self, Draft, Kind},
    step::{Filter, Mangled, Step, UnknownRole},
};
use crate::{
    check::{
        Check, LIF001, LIF002, LIF003, LIF004, LIF005, LIF006, LIF007, LIF008, LIF009, LIF010,
        LIF011, LIF012, LIF013, LIF014, LIF015, LIF016, LIF017, LIF018, LIF019, LIF020, LIF021,
    },
    suite::credentials::Role,
};

/// One of each type.
fn three() -> [Draft; 3] {
    [
        Draft::password("ada@example.org").suffixed(" Padded "),
        Draft::card("5105105105100007", "Mastercard"),
        Draft::secret(Some("staging area")),
    ]
}

fn create_three() -> Vec<Step> {
    three().map(Step::Create).to_vec()
}

/// As many as fit more than two pages of the default size.
fn many(count: usize) -> Vec<Step> {
    three()
        .into_iter()
        .cycle()
        .take(count)
        .map(Step::Create)
        .collect()
}

fn then(mut steps: Vec<Step>, more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    steps.extend(more);
    steps
}

fn update(of: usize, draft: Draft) -> Step {
    Step::Update { of, draft }
}

fn detailed() -> Draft {
    Draft::plain(Kind::Password {
        username: "grace@example.org".to_owned(),
        totp_type: Some("email".to_owned()),
        totp_identifier: Some("grace@example.org".to_owned()),
    })
}

fn of_type(kind: &str) -> Step {
    Step::List(Filter::Type(kind.to_owned()))
}

/// All directed cases, in the order of their checks.
pub(super) fn all() -> Vec<Directed> {
    use Role::{Create, Delete, List, Read, Update};
    let case = |check: &'static Check, subject, role, sequences| Directed {
        check,
        subject,
        role,
        sequences,
        with_drafts: None,
    };
    let everything = || Step::List(Filter::None);
    let created_and_read = |draft: Draft| vec![Step::Create(draft), Step::Read(0)];
    vec![
        Directed {
            with_drafts: Some(|draft| vec![Step::Create(draft), Step::Read(0)]),
            ..case(
                &LIF001,
                "get_credential",
                Read,
                three().map(created_and_read).to_vec(),
            )
        },
        Directed {
            with_drafts: Some(|draft| vec![Step::Create(draft)]),
            ..case(
                &LIF002,
                "create_credential",
                Create,
                draft::listed()
                    .into_iter()
                    .map(|draft| vec![Step::Create(draft)])
                    .collect(),
            )
        },
        case(
            &LIF003,
            "create_credential",
            Create,
            draft::cards()
                .into_iter()
                .map(|draft| vec![Step::Create(draft)])
                .collect(),
        ),
        case(
            &LIF004,
            "get_credentials",
            List,
            vec![
                then(create_three(), [everything()]),
                then(many(23), [everything()]),
            ],
        ),
        case(
            &LIF005,
            "update_credential",
            Update,
            vec![vec![
                Step::Create(detailed()),
                update(0, Draft::password("ada")),
                Step::Read(0),
            ]],
        ),
        case(&LIF006, "update_credential", Update, updates()),
        case(&LIF007, "update_credential", Update, type_changes()),
        case(&LIF008, "neighbours", Update, neighbours()),
        case(
            &LIF009,
            "delete_credential",
            Delete,
            vec![
                vec![Step::Create(detailed()), Step::Delete(0), Step::Read(0)],
                vec![
                    Step::Create(detailed()),
                    Step::Delete(0),
                    update(0, detailed()),
                ],
                vec![Step::Create(detailed()), Step::Delete(0), everything()],
                vec![
                    Step::Create(detailed()),
                    Step::Delete(0),
                    of_type("password"),
                ],
            ],
        ),
        case(
            &LIF010,
            "delete_credential",
            Delete,
            vec![vec![
                Step::Create(detailed()),
                Step::Delete(0),
                Step::Delete(0),
            ]],
        ),
        case(
            &LIF011,
            "create_credential",
            Create,
            vec![vec![
                Step::Create(detailed()),
                Step::Delete(0),
                Step::Create(detailed()),
                Step::Create(detailed()),
                Step::Delete(1),
                Step::Create(detailed()),
            ]],
        ),
        case(
            &LIF012,
            "create_credential",
            Create,
            vec![
                [
                    Step::CreateTogether(together()),
                    Step::CreateTogether(together()),
                ]
                .into_iter()
                .chain((0..12).map(Step::Read))
                .chain([everything()])
                .collect(),
            ],
        ),
        case(&LIF013, "namesakes", Create, namesakes()),
        case(
            &LIF014,
            "get_credential",
            Read,
            vec![
                vec![
                    Step::Create(detailed()),
                    Step::Read(0),
                    Step::Read(0),
                    Step::Read(0),
                ],
                then(
                    create_three(),
                    [everything(), everything(), Step::Read(0), everything()],
                ),
            ],
        ),
        case(
            &LIF015,
            "get_credentials",
            List,
            vec![then(
                many(7),
                [Step::ListPages(2), Step::ListPages(3), Step::ListPages(5)],
            )],
        ),
        case(
            &LIF016,
            "get_credentials",
            List,
            vec![then(
                many(12),
                [Step::ListPages(3), Step::ListDefault, Step::ListBeyond],
            )],
        ),
        case(&LIF017, "get_credentials", List, filters()),
        case(&LIF018, "get_credentials", List, searches()),
        case(
            &LIF019,
            "get_credentials",
            List,
            vec![then(many(4), [everything(), everything()])],
        ),
        case(
            &LIF020,
            "refusals",
            Update,
            vec![
                vec![
                    Step::Create(detailed()),
                    Step::Read(0),
                    Step::UpdateRefused {
                        of: 0,
                        draft: Draft::password("grace"),
                    },
                    Step::Read(0),
                ],
                vec![Step::CreateRefused(detailed()), everything()],
            ],
        ),
        case(&LIF021, "unknown_ids", Read, unknown_ids()),
    ]
}

fn together() -> Vec<Draft> {
    (0..6)
        .map(|number| match number % 3 {
            0 => Draft::password(&format!("user-{number}")),
            1 => Draft::card(
                &format!("400000000000{number:04}"),
                &format!("brand-{number}"),
            ),
            _ => Draft::secret(Some(&format!("label-{number}"))),
        })
        .collect()
}

fn updates() -> Vec<Vec<Step>> {
    let everything = || Step::List(Filter::None);
    let pairs = [
        (detailed(), Draft::password("ada@example.org")),
        (Draft::secret(Some("old")), Draft::secret(None)),
        (Draft::secret(Some("old")), Draft::secret(Some("new"))),
        (
            Draft::card("5105105105100007", "Mastercard"),
            Draft::card("4000000000001234", "Visa"),
        ),
    ];
    pairs
        .into_iter()
        .map(|(before, after)| {
            vec![
                Step::Create(before),
                Step::Read(0),
                everything(),
                update(0, after),
                Step::Read(0),
                everything(),
            ]
        })
        .collect()
}

fn type_changes() -> Vec<Vec<Step>> {
    let kinds = ["password", "credit_card", "secret"];
    (0..3)
        .map(|from| {
            let to = (from + 1) % 3;
            vec![
                Step::Create(three()[from].clone()),
                update(0, three()[to].clone()),
                Step::Read(0),
                Step::List(Filter::None),
                of_type(kinds[to]),
                of_type(kinds[from]),
            ]
        })
        .collect()
}

fn neighbours() -> Vec<Vec<Step>> {
    let namesake = || Step::CreateNamesake {
        of: 0,
        draft: Draft::secret(Some("namesake")),
    };
    let read_all = || [Step::Read(0), Step::Read(1), Step::Read(2)];
    let change = update(1, Draft::card("4000000000001234", "Visa"));
    vec![
        then(
            then(create_three(), read_all()),
            [change.clone(), Step::Read(0), Step::Read(2)],
        ),
        then(
            then(create_three(), read_all()),
            [Step::Delete(1), Step::Read(0), Step::Read(2)],
        ),
        vec![
            Step::Create(detailed()),
            namesake(),
            Step::Read(0),
            change,
            Step::Read(0),
            Step::Read(1),
        ],
    ]
}

fn namesakes() -> Vec<Vec<Step>> {
    let namesake = || Step::CreateNamesake {
        of: 0,
        draft: Draft::password("twin@example.org"),
    };
    vec![
        vec![
            Step::Create(detailed()),
            Step::Read(0),
            namesake(),
            Step::Read(0),
            Step::Read(1),
            Step::List(Filter::None),
        ],
        vec![
            Step::Create(detailed()),
            namesake(),
            Step::Read(0),
            Step::Read(1),
            Step::Delete(1),
            Step::Read(0),
        ],
    ]
}

fn filters() -> Vec<Vec<Step>> {
    let kinds = ["password", "credit_card", "secret"];
    let card = || Step::Create(Draft::card("5105105105100007", "Mastercard"));
    let secret = || Step::Create(Draft::secret(None));
    vec![
        then(create_three(), kinds.map(of_type)),
        vec![
            card(),
            card(),
            card(),
            secret(),
            secret(),
            secret(),
            Step::ListPagesOfType("credit_card".to_owned()),
        ],
        then(
            create_three(),
            ["skyvern", "custom", "bitwarden"]
                .map(|vault| Step::List(Filter::Vault(vault.to_owned()))),
        ),
    ]
}

fn searches() -> Vec<Vec<Step>> {
    let by_name = |of, capitals| Step::List(Filter::Name { of, capitals });
    vec![
        then(
            create_three(),
            [
                by_name(0, false),
                by_name(1, true),
                Step::List(Filter::Nowhere),
            ],
        ),
        then(
            create_three(),
            [0, 1, 2].map(|of| Step::List(Filter::Shown(of))),
        ),
        vec![
            Step::Create(Draft::card("4000000000009317", "Visa")),
            Step::List(Filter::LastFour(0)),
        ],
        vec![
            Step::Create(Draft::password("zażółć").suffixed(" Zoë Kraków")),
            Step::Create(Draft::secret(Some("東京タワー"))),
            by_name(0, false),
            Step::List(Filter::Shown(0)),
            Step::List(Filter::Shown(1)),
        ],
    ]
}

fn unknown_ids() -> Vec<Vec<Step>> {
    let ways = [
        Mangled::WithoutLast,
        Mangled::OtherEnd,
        Mangled::Lengthened,
        Mangled::MadeUp,
    ];
    let roles = [UnknownRole::Read, UnknownRole::Update, UnknownRole::Delete];
    roles
        .into_iter()
        .map(|role| {
            let asked = ways.map(|how| Step::Unknown { of: 0, how, role });
            then(vec![Step::Create(detailed())], asked)
        })
        .collect()
}
