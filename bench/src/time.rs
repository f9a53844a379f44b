//! Stopwatches, and what is made of many measurements.

use std::time::{Duration, Instant};

/// Now, to say later how long something took.
#[expect(clippy::disallowed_methods, reason = "to measure is what this program is for")]
pub fn stopwatch() -> Instant {
    Instant::now()
}

/// Does nothing for a while.
#[expect(clippy::disallowed_methods, reason = "another process is waited for")]
pub fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

/// What several rounds gave.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// Half of the rounds gave less.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// Of one number per round.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut all: Vec<f64> = numbers.into_iter().collect();
        all.sort_by(f64::total_cmp);
        let at = |index: usize| all.get(index).copied().unwrap_or(f64::NAN);
        let middle = all.len() / 2;
        let median = if all.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
        };
        Self { median, min: at(0), max: at(all.len().wrapping_sub(1)) }
    }

    /// Round by round, `over` divided by `under`.
    pub fn ratio(over: &[f64], under: &[f64]) -> Self {
        Self::of(over.iter().zip(under).map(|(over, under)| over / under))
    }
}

/// The number that `per_mille` of a thousand are at most. `sorted` is in order.
pub fn percentile(sorted: &[u32], per_mille: usize) -> f64 {
    let index = (sorted.len() * per_mille / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().map_or(f64::NAN, f64::from)
}

/// Microseconds since `begun`.
pub fn microseconds(begun: Instant) -> u32 {
    u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX)
}
