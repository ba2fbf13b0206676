//! Charts as inline SVG, each with its numbers as text for those who do not see it.

use maud::{Markup, html};

use crate::{
    event::{SuiteTotals, Summary},
    report::{page::time, text::counted},
};

/// The width of a chart in its own units.
const WIDTH: f64 = 480.0;
/// The height of the latency chart.
const HEIGHT: f64 = 150.0;

/// How many cases of each suite ended how: a bar for each.
pub(super) fn suites(summary: &Summary) -> Markup {
    html! {
        div.suites {
            @for (suite, totals) in &summary.suites {
                div.suite {
                    span.name { (suite.name()) }
                    (bar(suite.name(), *totals))
                    span.text { (words(*totals)) }
                }
            }
        }
    }
}

fn parts(totals: SuiteTotals) -> [(usize, &'static str, &'static str); 5] {
    [
        (totals.failed, "bad", "failed"),
        (totals.warned, "odd", "with warnings"),
        (totals.vacuous, "empty", "tested nothing"),
        (totals.not_run, "idle", "not run"),
        (totals.passed, "good", "passed"),
    ]
}

fn words(totals: SuiteTotals) -> String {
    let told = parts(totals).into_iter().filter(|(count, ..)| *count > 0);
    let words: Vec<String> = told
        .map(|(count, _, what)| format!("{count} {what}"))
        .collect();
    words.join(", ")
}

fn bar(name: &str, totals: SuiteTotals) -> Markup {
    let sum = parts(totals)
        .iter()
        .map(|(count, ..)| count)
        .sum::<usize>()
        .max(1);
    let mut at = 0.0;
    let pieces: Vec<(f64, f64, &str)> = parts(totals)
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, class, _)| {
            let width = share(count as u64, sum as u64) * 100.0;
            let piece = (at, width, class);
            at += width;
            piece
        })
        .collect();
    html! {
        svg.bar viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=(format!("{name}: {}", words(totals))) {
            @for (at, width, class) in pieces {
                rect class=(class) x=(round(at)) y="0" width=(round(width)) height="4" {}
            }
        }
    }
}

/// How long answers took.
pub(super) fn latency(summary: &Summary) -> Markup {
    let steps = summary.latency.by_power();
    let most = steps
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0)
        .max(1);
    let count = u32::try_from(steps.len()).unwrap_or(u32::MAX).max(1);
    let step = WIDTH / f64::from(count);
    // A label for each bar collides from about ten on.
    let every = count.div_ceil(8).max(1);
    html! {
        figure.chart {
            figcaption { "Latency of " (counted(summary.latency.count(), "answer")) }
            svg viewBox=(format!("0 0 {WIDTH} {}", HEIGHT + 24.0)) role="img" aria-label="Histogram of latency; the numbers stand below" {
                @for (place, (micros, count)) in (0u32..).zip(&steps) {
                    @let x = step * f64::from(place);
                    @let height = (share(*count, most) * HEIGHT).max(if *count > 0 { 1.5 } else { 0.0 });
                    rect.plain x=(round(x + step * 0.08)) y=(round(HEIGHT - height)) width=(round(step * 0.84)) height=(round(height)) {
                        title { (count) " within " (limit(*micros)) }
                    }
                    @if place % every == 0 {
                        text x=(round(x + step / 2.0)) y=(HEIGHT + 16.0) text-anchor="middle" { (limit(*micros)) }
                    }
                }
                line.axis x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
            }
            p.note {
                "At most so long, each bar twice as long as the one before. p50 " (time(summary.median))
                ", p90 " (time(summary.latency.quantile(0.9))) ", p99 " (time(summary.p99))
                ", slowest " (time(summary.latency.quantile(1.0))) "."
            }
            details { summary { "Numbers" }
                table { tbody { @for (micros, count) in &steps {
                    tr { th scope="row" { "≤ " (limit(*micros)) } td.n { (count) } }
                } } }
            }
        }
    }
}

fn limit(micros: u64) -> String {
    time(std::time::Duration::from_micros(micros))
}

/// How many answers had which status.
pub(super) fn statuses(summary: &Summary) -> Markup {
    let most = summary.statuses.values().copied().max().unwrap_or(0).max(1);
    // Servers may answer any three digits: a thousand of them at most.
    html! {
        figure.chart {
            figcaption { "Statuses of " (counted(summary.requests, "answer")) }
            table.statuses { tbody {
                @for (status, count) in &summary.statuses {
                    @let class = match status.as_bytes().first() { Some(b'2') => "good", Some(b'4') => "plain", Some(b'5') => "bad", _ => "odd" };
                    tr {
                        th scope="row" { @if status == "none" { "no answer" } @else { (status) } }
                        td { svg.bar viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
                            rect class=(class) x="0" y="0" width=(round((share(*count, most) * 100.0).max(0.5))) height="4" {}
                        } }
                        td.n { (count) }
                    }
                }
            } }
        }
    }
}

/// A part of a whole, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a count of requests or cases")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// Two decimals are more than a screen shows.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
