//! Measured points as a table of Markdown and as a drawing in SVG.

use std::fmt::Write as _;

use crate::measure::Cost;

/// One measure.
pub(crate) struct Point {
    /// What was chosen.
    x: f64,
    /// CPU seconds.
    seconds: f64,
    /// Megabytes at most.
    megabytes: f64,
    /// Requests, or the size of the document.
    count: u64,
}

impl Point {
    pub(crate) fn new(x: usize, cost: &Cost, count: u64) -> Self {
        let whole = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        Self {
            x: whole(x as u64),
            seconds: cost.cpu.as_secs_f64(),
            megabytes: whole(cost.kilobytes) / 1024.0,
            count,
        }
    }
}

/// The measures of one series.
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    /// What [`Point::count`] counts.
    pub(crate) count: &'static str,
    pub(crate) points: Vec<Point>,
}

impl Panel {
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "| {} | {} | CPU s | MB |\n|--:|--:|--:|--:|\n",
            self.title, self.count
        );
        for point in &self.points {
            let _ = writeln!(
                text,
                "| {} | {} | {:.2} | {:.0} |",
                point.x, point.count, point.seconds, point.megabytes
            );
        }
        text
    }
}

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 240.0;
const MARGIN: f64 = 46.0;

/// A panel beside and below the other: CPU seconds as a line, memory as a dashed one, and a thin line from
/// the origin to the last point of CPU, which is where linear growth would lie.
pub(crate) fn svg(panels: &[Panel]) -> String {
    let rows = panels.len().div_ceil(2);
    let height = HEIGHT * f64::from(u32::try_from(rows).unwrap_or(1));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" font-size=\"10\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        2.0 * WIDTH
    );
    for (number, panel) in panels.iter().enumerate() {
        let column = if number % 2 == 0 { 0.0 } else { WIDTH };
        let row = f64::from(u32::try_from(number / 2).unwrap_or(0)) * HEIGHT;
        let _ = writeln!(text, "<g transform=\"translate({column} {row})\">");
        text.push_str(&drawing(panel));
        text.push_str("</g>\n");
    }
    text.push_str("</svg>\n");
    text
}

fn drawing(panel: &Panel) -> String {
    let most = |value: fn(&Point) -> f64| {
        panel
            .points
            .iter()
            .map(value)
            .fold(f64::MIN_POSITIVE, f64::max)
    };
    let (far, slow, large) = (
        most(|one| one.x),
        most(|one| one.seconds),
        most(|one| one.megabytes),
    );
    let (right, bottom) = (WIDTH - MARGIN, HEIGHT - 30.0);
    let x = |value: f64| MARGIN + value / far * (right - MARGIN);
    let y = |part: f64| bottom - part * (bottom - 30.0);
    let line = |part: &dyn Fn(&Point) -> f64| -> String {
        let places = panel
            .points
            .iter()
            .map(|one| format!("{:.1},{:.1}", x(one.x), y(part(one))));
        places.collect::<Vec<_>>().join(" ")
    };
    let last = panel.points.last();
    let straight = last.map_or(0.0, |one| y(one.seconds / slow));
    let mut text = format!(
        "<text x=\"{MARGIN}\" y=\"16\" font-weight=\"bold\">{}</text>\n\
         <path d=\"M{MARGIN} 30V{bottom}H{right}V30\" fill=\"none\" stroke=\"#999\"/>\n\
         <path d=\"M{MARGIN} {bottom}L{right} {straight:.1}\" stroke=\"#ccc\"/>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\"/>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"#bf3989\" stroke-width=\"2\" stroke-dasharray=\"4 3\"/>\n\
         <text x=\"{MARGIN}\" y=\"27\" fill=\"#1f6feb\">{slow:.2} CPU s</text>\n\
         <text x=\"{right}\" y=\"27\" fill=\"#bf3989\" text-anchor=\"end\">{large:.0} MB</text>\n",
        panel.title,
        line(&|one| one.seconds / slow),
        line(&|one| one.megabytes / large),
    );
    for one in &panel.points {
        let _ = writeln!(
            text,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"#1f6feb\"/>",
            x(one.x),
            y(one.seconds / slow)
        );
    }
    if let Some(last) = last {
        let _ = writeln!(
            text,
            "<text x=\"{right}\" y=\"{}\" text-anchor=\"end\">{} · {} {}</text>",
            bottom + 14.0,
            last.x,
            last.count,
            panel.count
        );
    }
    text
}
