//! Time, chance and the environment, as these tests use them.

use std::time::{Duration, Instant};

/// How long a test waits for what must happen before it calls it missing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Numbers that look random and come again with their seed.
pub(crate) struct Chance(u64);

impl Chance {
    /// Seeded by `CHAOS_SEED`, and said so that a failure can be repeated.
    pub(crate) fn new(what: &str) -> Self {
        let seed = setting("CHAOS_SEED").and_then(|text| text.parse().ok()).unwrap_or(1);
        println!("{what}: CHAOS_SEED={seed}");
        Self(seed)
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (mixed ^ (mixed >> 31)) % (high - low + 1)
    }
}

/// How often a fault happens: `CHAOS_ROUNDS`, or `default`.
pub(crate) fn rounds(default: u32) -> u32 {
    setting("CHAOS_ROUNDS").and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[expect(clippy::disallowed_methods, reason = "these tests have no config")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "how long something took is not a time of day")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// For a load that has a rate, and for a fault that comes at a moment of its own. Whoever waits for
/// something uses [`until`].
#[expect(clippy::disallowed_methods, reason = "a rate and a moment are times")]
pub(crate) fn pause(span: Duration) {
    std::thread::sleep(span);
}

/// Asks until there is an answer, for as long as [`PATIENCE`].
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = stopwatch();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        pause(Duration::from_millis(10));
    }
}
