//! How the API shows an instant.

use serde::Serializer;

/// UTC, whole seconds, `Z`.
pub fn text(time: jiff::Timestamp) -> String {
    format!("{:.0}", cut(time))
}

/// UTC, whole seconds, `Z`. An order is never read from this: ids and event numbers have it.
pub fn whole_seconds<S: Serializer>(
    time: &jiff::Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Cut, not rounded: nothing happens before it did.
    serializer.collect_str(&format_args!("{:.0}", cut(*time)))
}

/// The same, or `null`.
#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
pub fn whole_seconds_opt<S: Serializer>(
    time: &Option<jiff::Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => whole_seconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

fn cut(time: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(time.as_second()).unwrap_or(time)
}
