//! Bounds, patterns and formats of two schemas: tightened, loosened, or neither.

use std::collections::BTreeSet;

use super::{
    kind::Kind,
    view::{Limit, View},
    walk::{Frame, Walk},
};

pub(super) fn compare(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    let names: BTreeSet<&'static str> = a.limits.keys().chain(b.limits.keys()).copied().collect();
    for name in names {
        let (old, new) = (a.limits.get(name), b.limits.get(name));
        let kind = match (old.map(|(_, limit)| limit), new.map(|(_, limit)| limit)) {
            (Some(old), Some(new)) => match order(old, new) {
                Some(kind) => kind,
                None => continue,
            },
            (None, Some(_)) => Kind::ConstraintTightened,
            (Some(_), None) => Kind::ConstraintLoosened,
            (None, None) => continue,
        };
        let place = |side: Option<&(_, Limit)>, view: &View<'_>| {
            Some(side.map_or_else(
                || view.at.clone(),
                |(at, _): &(crate::Location, _)| at.clone(),
            ))
        };
        let shown = |side: Option<&(_, Limit)>| {
            side.map_or_else(
                || "none".to_owned(),
                |(_, limit): &(crate::Location, _)| text(limit),
            )
        };
        let detail = format!("`{name}` {} → {}", shown(old), shown(new));
        walk.note(frame, kind, place(old, a), place(new, b), detail);
    }
    format(walk, frame, a, b);
}

/// How a limit became another; `None` if it did not.
fn order(old: &Limit, new: &Limit) -> Option<Kind> {
    if old == new {
        return None;
    }
    let tighter = match (old, new) {
        (
            Limit::Lower {
                bound: x,
                exclusive,
            },
            Limit::Lower {
                bound: y,
                exclusive: now,
            },
        ) => y > x || (y >= x && *now && !exclusive),
        (
            Limit::Upper {
                bound: x,
                exclusive,
            },
            Limit::Upper {
                bound: y,
                exclusive: now,
            },
        ) => y < x || (y <= x && *now && !exclusive),
        (Limit::Multiple(x), Limit::Multiple(y)) if divides(*x, *y) => true,
        (Limit::Multiple(x), Limit::Multiple(y)) if divides(*y, *x) => false,
        _ => return Some(Kind::ConstraintChanged),
    };
    Some(if tighter {
        Kind::ConstraintTightened
    } else {
        Kind::ConstraintLoosened
    })
}

fn divides(part: f64, whole: f64) -> bool {
    let times = whole / part;
    times.is_finite() && (times - times.round()).abs() < 1e-9
}

/// The tighter of two limits of one name that hold together.
pub(super) fn tighter(one: Limit, other: Limit) -> Limit {
    match order(&one, &other) {
        Some(Kind::ConstraintTightened) => other,
        Some(Kind::ConstraintChanged) => match (one, other) {
            (Limit::Text(one), Limit::Text(other)) => Limit::Text(format!("{one} and {other}")),
            (one, _) => one,
        },
        _ => one,
    }
}

fn text(limit: &Limit) -> String {
    match limit {
        Limit::Lower { bound, exclusive } | Limit::Upper { bound, exclusive } => {
            format!("{bound}{}", if *exclusive { " (exclusive)" } else { "" })
        }
        Limit::Multiple(step) => step.to_string(),
        Limit::Unique => "true".to_owned(),
        Limit::Text(text) => format!("`{text}`"),
    }
}

fn format(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    let name = |view: &View<'_>| view.format.as_ref().map(|(_, name)| (*name).to_owned());
    let (old, new) = (name(a), name(b));
    if old == new {
        return;
    }
    let shown =
        |name: Option<String>| name.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"));
    let place = |view: &View<'_>| {
        Some(
            view.format
                .as_ref()
                .map_or_else(|| view.at.clone(), |(at, _)| at.clone()),
        )
    };
    let detail = format!("{} → {}", shown(old), shown(new));
    walk.note(frame, Kind::FormatChanged, place(a), place(b), detail);
}
