//! Judges what a credential service lets in.

use std::sync::Arc;

use crate::{
    check::{
        CON042, CON043, CON044, CON045, CON046, CON047, Check, access,
        answer::excerpt,
        seen::{self, Seen},
    },
    exchange::{Exchange, Response},
    finding::{Judgement, Place, Violation},
};

/// The token that is searched for in refusals; made up, so that finding it reveals nothing.
pub(crate) const TOKEN_CANARY: &str = "conformance-token-4Zr8yM2wQe";

/// Judges one request that must not be let in, tagged `asked`, by `check`; with what shows whether it
/// had an effect, tagged `after`. `how` says what was wrong with it: "no token".
pub(crate) fn judge(
    check: &'static Check,
    how: &str,
    exchanges: &[Arc<Exchange>],
    judgement: &mut Judgement,
) {
    if check == &CON046 {
        return let_in(exchanges, judgement);
    }
    if check == &CON044 {
        return alike(exchanges, judgement);
    }
    let Some(asked) = seen::tagged(exchanges, "asked") else {
        return;
    };
    let Some(response) = asked.response().filter(|one| !one.is_server_error()) else {
        return;
    };
    let what = super::wire::described(
        &asked.exchange.request.method,
        &asked.exchange.request.template,
    );
    let opened = response.is_success().then(|| {
        let summary = format!("{what} with {how} is answered {}", response.status);
        Violation::new(check, asked.number, Place::Status, summary).evidence(excerpt(response))
    });
    if opened.is_some() {
        // A refusal is not there to be judged.
        if !matches!(check.id, "CON042" | "CON043" | "CON045" | "CON047") {
            judgement.settle(check, opened);
        }
        return;
    }
    match check.id {
        "CON042" => judgement.settle(check, status(asked, response, &what, how)),
        "CON043" if response.status == 401 => {
            judgement.settle(check, challenge(asked, response));
        }
        "CON043" => {}
        "CON045" => {
            if let Some(outcome) = effect(exchanges, asked, &what, how) {
                judgement.settle(check, outcome.err());
            }
        }
        "CON047" => {
            let quoted = access::quoted(asked, response, TOKEN_CANARY);
            let violation = quoted.map(|violation| Violation {
                check: &CON047,
                summary: "the refusal quotes the token that was sent".to_owned(),
                ..violation
            });
            judgement.settle(check, violation);
        }
        _ => judgement.pass(check),
    }
}

fn status(asked: Seen<'_>, response: &Response, what: &str, how: &str) -> Option<Violation> {
    let is_right = response.status == 401 || !response.is_refusal();
    (!is_right).then(|| {
        let summary = format!("{what} with {how} is answered {}", response.status);
        Violation::new(&CON042, asked.number, Place::Status, summary).evidence("expected 401")
    })
}

fn challenge(asked: Seen<'_>, response: &Response) -> Option<Violation> {
    let names_bearer = response
        .headers
        .iter()
        .filter(|(name, _)| name == "www-authenticate")
        .any(|(_, value)| {
            let value = String::from_utf8_lossy(value).to_ascii_lowercase();
            value.split([' ', ',']).any(|word| word == "bearer")
        });
    (!names_bearer).then(|| {
        let place = Place::Header("www-authenticate".to_owned());
        let summary = "a 401 does not name the Bearer scheme";
        Violation::new(&CON043, asked.number, place, summary)
    })
}

/// Whether what was refused happened all the same. `None` if nothing shows it.
fn effect(
    exchanges: &[Arc<Exchange>],
    asked: Seen<'_>,
    what: &str,
    how: &str,
) -> Option<Result<(), Violation>> {
    let after = seen::tagged(exchanges, "after")?;
    let response = after.response().filter(|one| !one.is_server_error())?;
    let happened = match asked.exchange.request.method.as_str() {
        "DELETE" => !response.is_success(),
        _ => response.is_success(),
    };
    if !happened {
        return Some(Ok(()));
    }
    let summary = format!("{what} with {how} is refused and done all the same");
    let violation = Violation::new(&CON045, after.number, Place::Status, summary);
    Some(Err(violation.evidence(excerpt(response))))
}

/// What must be let in.
fn let_in(exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
    let (Some(asked), Some(usual)) = (
        seen::tagged(exchanges, "asked"),
        seen::tagged(exchanges, "usual"),
    ) else {
        return;
    };
    let Some(response) = asked.response().filter(|_| usual.exchange.is_success()) else {
        return;
    };
    let violation = (!response.is_success()).then(|| {
        let summary = format!(
            "the scheme in other letters of case is answered {}",
            response.status
        );
        Violation::new(&CON046, asked.number, Place::Status, summary)
    });
    judgement.settle(&CON046, violation);
}

/// Without the token, `asked` is answered as `plain` is.
fn alike(exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
    let (Some(asked), Some(plain)) = (
        seen::tagged(exchanges, "asked"),
        seen::tagged(exchanges, "plain"),
    ) else {
        return;
    };
    let (Some(response), Some(usual)) = (asked.response(), plain.response()) else {
        return;
    };
    if usual.is_success() || response.is_server_error() || usual.is_server_error() {
        return;
    }
    let violation = (!access::same(response, usual)).then(|| {
        let summary = format!(
            "without the token one request is answered {} and another of its kind {}",
            response.status, usual.status
        );
        Violation::new(&CON044, asked.number, Place::Status, summary).evidence(excerpt(response))
    });
    judgement.settle(&CON044, violation);
}
