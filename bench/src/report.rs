//! What was found, as Markdown.

use std::fmt::Write as _;

use crate::time::Spread;

/// What a number should be.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// It is told, not judged.
    None,
}

/// Sections of lines.
#[derive(Debug, Default)]
pub struct Report {
    text: String,
}

impl Report {
    /// Begins a section.
    pub fn section(&mut self, title: &str, words: &str) {
        self.put(&format!("\n## {title}\n\n{words}\n\n"));
    }

    /// A line of plain text.
    pub fn line(&mut self, text: &str) {
        self.put(&format!("{text}\n"));
    }

    /// Begins a table of measurements.
    pub fn table(&mut self) {
        self.put("| what | target | median | min – max | |\n|---|---|---|---|---|\n");
    }

    /// One measurement. It is judged by its median.
    pub fn row(&mut self, what: &str, target: Target, spread: Spread) {
        let Spread { median, min, max } = spread;
        let verdict = |is_met| if is_met { "met" } else { "MISSED" };
        let (target, verdict) = match target {
            Target::AtLeast(limit) => (format!("≥ {}", number(limit)), verdict(limit <= median)),
            Target::AtMost(limit) => (format!("≤ {}", number(limit)), verdict(median <= limit)),
            Target::None => (String::new(), ""),
        };
        let (median, min, max) = (number(median), number(min), number(max));
        self.put(&format!("| {what} | {target} | **{median}** | {min} – {max} | {verdict} |\n"));
    }

    /// A measurement that came to nothing.
    pub fn failed(&mut self, what: &str, why: &anyhow::Error) {
        self.put(&format!("| {what} | | **{why:#}** | | FAILED |\n"));
    }

    /// All of it.
    pub fn to_markdown(&self) -> String {
        self.text.clone()
    }

    fn put(&mut self, text: &str) {
        self.text.write_str(text).expect("a string takes all that is written to it");
        crate::progress(text.trim_end());
    }
}

/// Three digits that matter.
fn number(value: f64) -> String {
    match value {
        value if 100.0 <= value => format!("{value:.0}"),
        value if 10.0 <= value => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
