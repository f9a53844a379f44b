//! When a delivery that did not arrive is tried again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long one goes on trying.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retries {
    /// After 10 s, 30 s, 2 min, 10 min and 30 min: as documented.
    #[default]
    Standard,
    /// The same, and on for three days: after 1, 3, 6, 12, 24 and 24 hours more.
    Long,
}

/// Seconds from the end of one attempt to the next.
const STANDARD: [i64; 5] = [10, 30, 120, 600, 1_800];
const LONG: [i64; 11] = [10, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/// A receiver may ask for as much, and no more.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);
/// A tenth more or less, so that those who failed together do not come back together.
const JITTER: i64 = 10;

impl Retries {
    fn pauses(self) -> &'static [i64] {
        match self {
            Self::Standard => &STANDARD,
            Self::Long => &LONG,
        }
    }

    /// When to try again after attempt number `attempts`, counted from 1, which ended at `end`.
    /// `asked` is what the receiver asked for. `None` when it is given up.
    pub fn next(
        self,
        attempts: usize,
        end: Timestamp,
        asked: Option<SignedDuration>,
        (hurry, random): (i64, u128),
    ) -> Option<Timestamp> {
        let seconds = *self.pauses().get(attempts.checked_sub(1)?)?;
        let ms = seconds * 1_000 / hurry.max(1);
        let span = u128::try_from(2 * ms / JITTER).unwrap_or(0);
        let off = i64::try_from(random % (span + 1)).unwrap_or(0) - ms / JITTER;
        let pause = SignedDuration::from_millis(ms + off);
        let asked = asked.map(|asked| asked.min(RETRY_AFTER_MAX));
        Some(end + asked.map_or(pause, |asked| asked.max(pause)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// Half of the span: neither more nor less.
    fn even(attempts: usize) -> (i64, u128) {
        let pause = LONG[attempts - 1] * 1_000;
        (1, u128::try_from(pause / JITTER).unwrap())
    }

    #[test]
    fn one_that_always_fails_at_once_is_tried_as_documented() {
        let (mut now, mut tried) = (0, vec![0]);
        for attempts in 1.. {
            let next = Retries::Standard.next(attempts, at(now), None, even(attempts));
            let Some(next) = next else { break };
            now = next.as_second();
            tried.push(now);
        }
        assert_eq!(tried, [0, 10, 40, 160, 760, 2_560]);
    }

    #[test]
    fn chance_moves_a_pause_by_a_tenth_at_most() {
        for random in 0..5_000 {
            let next = Retries::Standard.next(1, at(0), None, (1, random)).unwrap();
            let ms = next.as_millisecond();
            assert!((9_000..=11_000).contains(&ms), "{ms}");
        }
    }

    #[test]
    fn a_receiver_may_ask_for_more_and_not_for_less() {
        let next = |seconds| {
            let asked = Some(SignedDuration::from_secs(seconds));
            Retries::Long.next(1, at(0), asked, even(1)).unwrap().as_second()
        };
        assert_eq!((next(1), next(60), next(999_999)), (10, 60, 86_400));
    }

    #[test]
    fn a_long_one_goes_on_for_three_days() {
        let all: i64 = LONG.iter().sum();
        assert!((70 * 3_600..75 * 3_600).contains(&all));
        assert_eq!(Retries::Long.next(12, at(0), None, (1, 0)), None);
        assert_eq!(Retries::Standard.next(6, at(0), None, (1, 0)), None);
    }

    #[test]
    fn a_test_may_be_in_a_hurry() {
        let next = Retries::Standard.next(5, at(0), None, (1_800, 100)).unwrap();
        assert_eq!(next.as_millisecond(), 1_000);
    }
}
