//! For each check of the bridge the shortest sequences that break a server which breaks it.

use super::{
    Company,
    draft::{self, Billing, Draft, Dress},
    step::{Broken, ECHOES, ODD_IDS, PLAIN_IDS, REDIRECTS, RIGHT, Step, WRONG},
};
use crate::{
    bridge::{Answer, Echo, RightForm, Silence},
    check::{
        BRI001, BRI002, BRI003, BRI004, BRI005, BRI006, BRI007, BRI008, BRI009, BRI010, BRI011,
        BRI012, BRI013, BRI014, BRI015, BRI016, BRI017, BRI018, BRI019, BRI020, BRI021, BRI022,
        BRI023, BRI024, BRI025, BRI026, BRI027, BRI028, BRI029, BRI030, BRI031, BRI032, Check,
    },
    suite::credentials::Role,
};

/// A directed case.
pub(super) struct Directed {
    pub(super) check: &'static Check,
    pub(super) subject: &'static str,
    pub(super) role: Role,
    pub(super) company: Company,
    pub(super) sequences: Vec<Vec<Step>>,
}

fn create(draft: Draft) -> Step {
    answered(draft, Answer::Right)
}

fn answered(draft: Draft, service: Answer) -> Step {
    Step::Create { draft, service }
}

fn update(service: Answer, old: Answer) -> Step {
    let [password, ..] = draft::whole();
    Step::Update {
        of: 0,
        draft: password,
        service,
        old,
    }
}

fn delete(service: Answer) -> Step {
    Step::Delete { of: 0, service }
}

fn error(status: u16) -> Answer {
    Answer::Error {
        status,
        echo: Echo::Nowhere,
    }
}

fn plain() -> Draft {
    Draft::password()
}

/// All there is to a credential.
fn life(draft: Draft) -> Vec<Step> {
    vec![
        create(draft),
        update(Answer::Right, Answer::Right),
        delete(Answer::Right),
    ]
}

fn lives() -> Vec<Vec<Step>> {
    draft::whole().map(life).to_vec()
}

/// A create, an update and a delete that end in this way.
fn each(answer: &Answer) -> [Vec<Step>; 3] {
    let create_right = || create(plain());
    [
        vec![answered(plain(), answer.clone())],
        vec![create_right(), update(answer.clone(), Answer::Right)],
        vec![create_right(), delete(answer.clone())],
    ]
}

/// All directed cases, in the order of their checks.
pub(super) fn all() -> Vec<Directed> {
    use Role::{Create, Delete, Read, Update};
    let case = |check, subject, role, sequences| Directed {
        check,
        subject,
        role,
        company: Company::Welcome,
        sequences,
    };
    let one = |answer: Answer| vec![answered(plain(), answer)];
    let dressed = || {
        Dress::ALL
            .into_iter()
            .flat_map(|dress| draft::whole().map(|draft| vec![create(draft.dressed(dress))]))
    };
    let members = || draft::whole().into_iter().chain(draft::sparse());
    let dropped = || {
        [
            Answer::Silence(Silence::Dropped),
            Answer::Silence(Silence::Cut),
        ]
    };
    let held = Answer::Silence(Silence::Held);
    let mut cases = vec![
        case(
            &BRI001,
            "create_credential",
            Create,
            members().map(|draft| vec![create(draft)]).collect(),
        ),
        case(&BRI002, "calls", Create, lives()),
        case(
            &BRI003,
            "failed_calls",
            Create,
            [error(500), error(503), error(429)]
                .into_iter()
                .chain(dropped())
                .flat_map(|answer| each(&answer))
                .collect(),
        ),
        case(&BRI004, "values", Create, dressed().collect()),
        case(
            &BRI005,
            "members",
            Create,
            members().map(|draft| vec![create(draft)]).collect(),
        ),
        case(
            &BRI006,
            "unset_members",
            Create,
            members().map(|draft| vec![create(draft)]).collect(),
        ),
        case(&BRI007, "calls", Update, lives()),
        case(&BRI008, "calls", Update, lives()),
        case(&BRI009, "bodies", Create, dressed().collect()),
        case(&BRI010, "calls", Create, dressed().chain(lives()).collect()),
        case(&BRI011, "refused_requests", Create, refused()),
        case(&BRI012, "update_credential", Update, lives()),
        case(&BRI013, "update_credential", Update, updates()),
        case(&BRI014, "update_credential", Update, failed_updates()),
        case(&BRI015, "delete_credential", Delete, deletes()),
        Directed {
            company: Company::Alone,
            ..case(
                &BRI016,
                "delete_credential",
                Delete,
                vec![vec![
                    create(plain()),
                    create(Draft::secret(None)),
                    Step::Delete {
                        of: 1,
                        service: Answer::Right,
                    },
                ]],
            )
        },
        case(&BRI017, "answers", Create, right()),
        case(
            &BRI018,
            "ids",
            Create,
            PLAIN_IDS
                .into_iter()
                .map(|form| {
                    vec![
                        answered(plain(), Answer::Id(form)),
                        update(Answer::Id(form), Answer::Right),
                        delete(Answer::Right),
                    ]
                })
                .collect(),
        ),
        case(
            &BRI019,
            "ids",
            Create,
            ODD_IDS
                .into_iter()
                .map(|form| vec![answered(plain(), Answer::Id(form)), delete(Answer::Right)])
                .collect(),
        ),
        case(
            &BRI020,
            "errors",
            Create,
            [400, 401, 403, 409, 413, 422, 429, 500, 501, 502, 503, 504]
                .into_iter()
                .flat_map(|status| each(&error(status)))
                .chain([one(error(404))])
                .collect(),
        ),
        case(
            &BRI021,
            "answers_without_id",
            Create,
            WRONG
                .into_iter()
                .flat_map(|form| {
                    let answer = Answer::Wrong(form);
                    [
                        one(answer.clone()),
                        vec![create(plain()), update(answer, Answer::Right)],
                    ]
                })
                .collect(),
        ),
        case(
            &BRI022,
            "dropped_calls",
            Create,
            dropped().iter().flat_map(each).collect(),
        ),
    ];
    // They take as long as the server waits: at the same time.
    let subjects = ["held_create", "held_update", "held_delete"];
    for ((subject, role), sequence) in subjects
        .into_iter()
        .zip([Create, Update, Delete])
        .zip(each(&held))
    {
        cases.push(case(&BRI022, subject, role, vec![sequence]));
    }
    cases.extend([
        case(
            &BRI023,
            "redirects",
            Create,
            REDIRECTS
                .into_iter()
                .flat_map(|status| each(&Answer::Elsewhere(status)))
                .collect(),
        ),
        case(&BRI024, "get_credentials", Create, failed_creates()),
        case(
            &BRI025,
            "failures",
            Create,
            [error(500), error(422), error(410), Answer::Elsewhere(307)]
                .into_iter()
                .chain(dropped())
                .chain(WRONG.map(Answer::Wrong))
                .flat_map(|answer| each(&answer))
                .collect(),
        ),
        case(&BRI026, "echoes", Create, echoes()),
        case(
            &BRI027,
            "echoes",
            Create,
            [401, 403, 422, 500]
                .into_iter()
                .flat_map(|status| {
                    each(&Answer::Error {
                        status,
                        echo: Echo::Token,
                    })
                })
                .chain(dropped().iter().flat_map(each))
                .collect(),
        ),
        case(
            &BRI028,
            "delete_credential",
            Delete,
            [404, 410]
                .into_iter()
                .flat_map(|status| {
                    draft::whole()
                        .map(|draft| vec![create(draft), delete(error(status)), Step::Read(0)])
                })
                .collect(),
        ),
        case(&BRI029, "delete_credential", Delete, failed_deletes()),
        case(
            &BRI030,
            "update_credential",
            Update,
            [error(500), Answer::Silence(Silence::Dropped)]
                .into_iter()
                .map(|old| {
                    vec![
                        create(plain()),
                        update(Answer::Right, old),
                        delete(Answer::Right),
                    ]
                })
                .collect(),
        ),
        case(&BRI031, "what_follows", Create, recoveries()),
        case(
            &BRI032,
            "creates_together",
            Create,
            vec![
                [Step::CreateTogether(vec![plain(); 4])]
                    .into_iter()
                    .chain((0..4).map(|of| Step::Delete {
                        of,
                        service: Answer::Right,
                    }))
                    .collect(),
            ],
        ),
        case(
            &BRI017,
            "vault_type",
            Read,
            draft::whole()
                .map(|draft| vec![create(draft), Step::Read(0), delete(Answer::Right)])
                .to_vec(),
        ),
    ]);
    cases
}

fn refused() -> Vec<Vec<Step>> {
    let [password, _, secret] = draft::whole();
    Broken::ALL
        .into_iter()
        .flat_map(|how| {
            [&password, &secret].map(|draft| {
                vec![Step::Refused {
                    draft: draft.clone(),
                    how,
                }]
            })
        })
        .collect()
}

fn updates() -> Vec<Vec<Step>> {
    let again = |draft| {
        vec![
            create(draft),
            update(Answer::Right, Answer::Right),
            update(Answer::Right, Answer::Also(RightForm::NoContent)),
        ]
    };
    draft::whole().map(again).to_vec()
}

fn failed_updates() -> Vec<Vec<Step>> {
    [error(500), error(422), Answer::Silence(Silence::Dropped)]
        .into_iter()
        .chain(WRONG.into_iter().take(4).map(Answer::Wrong))
        .map(|answer| {
            vec![
                create(plain()),
                Step::Read(0),
                Step::Update {
                    of: 0,
                    draft: draft::whole()[2].clone().dressed(Dress::Padded),
                    service: answer,
                    old: Answer::Right,
                },
                Step::Read(0),
            ]
        })
        .chain(lives())
        .collect()
}

fn deletes() -> Vec<Vec<Step>> {
    let at_once = |draft| vec![create(draft), delete(Answer::Right)];
    let updated = |draft| {
        vec![
            create(draft),
            update(Answer::Right, Answer::Right),
            update(Answer::Right, Answer::Right),
            delete(Answer::Right),
        ]
    };
    draft::whole()
        .into_iter()
        .flat_map(|draft| [at_once(draft.clone()), updated(draft)])
        .collect()
}

fn right() -> Vec<Vec<Step>> {
    let creates = RIGHT.into_iter().flat_map(|form| {
        let answer = Answer::Also(form);
        [
            vec![answered(plain(), answer.clone())],
            vec![create(plain()), update(answer, Answer::Right)],
        ]
    });
    let deletes = [
        RightForm::Ok,
        RightForm::Accepted,
        RightForm::NoContent,
        RightForm::Text,
    ];
    creates
        .chain(
            deletes
                .into_iter()
                .map(|form| vec![create(plain()), delete(Answer::Also(form))]),
        )
        .collect()
}

fn failed_creates() -> Vec<Vec<Step>> {
    [error(500), error(422), Answer::Silence(Silence::Dropped)]
        .into_iter()
        .chain(WRONG.into_iter().take(4).map(Answer::Wrong))
        .flat_map(|answer| {
            draft::whole().map(|draft| vec![answered(draft, answer.clone()), Step::List(0)])
        })
        .collect()
}

/// Everything that a service may say of a secret.
fn echoes() -> Vec<Vec<Step>> {
    let errors = [400, 422, 500].into_iter().flat_map(|status| {
        ECHOES
            .into_iter()
            .filter(|echo| !matches!(echo, Echo::Nowhere | Echo::Token))
            .map(move |echo| Answer::Error { status, echo })
    });
    let others = WRONG
        .into_iter()
        .map(Answer::Wrong)
        .chain([Answer::Also(RightForm::Echoing)])
        .chain(REDIRECTS.map(Answer::Elsewhere));
    let kinds = draft::whole();
    errors
        .chain(others)
        .enumerate()
        .flat_map(|(number, answer)| {
            let draft = kinds[number % kinds.len()].clone();
            [
                vec![answered(draft, answer.clone())],
                vec![create(plain()), update(answer, Answer::Right)],
            ]
        })
        .collect()
}

fn failed_deletes() -> Vec<Vec<Step>> {
    [error(500), error(403), Answer::Silence(Silence::Dropped)]
        .into_iter()
        .map(|answer| {
            vec![
                create(plain()),
                delete(answer),
                Step::Read(0),
                delete(Answer::Right),
            ]
        })
        .collect()
}

fn recoveries() -> Vec<Vec<Step>> {
    let last = 4;
    let failures = [
        error(500),
        error(422),
        Answer::Silence(Silence::Dropped),
        error(503),
    ];
    let failures = failures.map(|answer| answered(plain(), answer));
    vec![
        failures
            .into_iter()
            .chain([
                answered(Draft::card(Billing::Whole), Answer::Right),
                Step::List(0),
                Step::Read(last),
                Step::Delete {
                    of: last,
                    service: Answer::Right,
                },
            ])
            .collect(),
    ]
}
