//! Made-up contacts. The same number always makes the same one, and no two share anything unique.

use std::io::Write as _;

/// Numbers that look random, and are the same in every run.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Another sequence for every seed.
    pub fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5bd1_e995))
    }

    /// The next one.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// The next one, below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// The finisher of `SplitMix64`: every number leads to exactly one other.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Different values of `custom_attributes.score`: see [`Person::score`].
pub const SCORES: u64 = 1_000_000_000;
/// Each first name, each team and each of the tags belongs to one contact of this many.
pub const SHARED_BY: u64 = 100;

const AREAS: [u64; 50] = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225,
    228, 229, 231, 234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281,
    301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314,
];
/// Numbers of one area whose exchange is 200 to 999.
const NUMBERS: u64 = 8_000_000;
/// Prime, so that consecutive people have scattered numbers and no two have the same.
const STRIDE: u64 = 179_424_673;

/// One made-up contact.
#[derive(Clone, Copy, Debug)]
pub struct Person(pub u64);

impl Person {
    /// What comes before the `@`: nobody else has it.
    pub fn local_part(self) -> String {
        format!("{:016x}", mix(self.0.wrapping_add(0x0123_4567)))
    }

    /// The whole address.
    pub fn email(self) -> String {
        format!("{}@example.com", self.local_part())
    }

    /// One of [`SHARED_BY`] first names.
    pub fn first_name(group: u64) -> String {
        let letters =
            |number: u64| char::from(b"bcdfghjklm"[usize::try_from(number % 10).unwrap_or(0)]);
        format!("{}a{}ona", letters(group).to_ascii_uppercase(), letters(group / 10))
    }

    /// A number that is always the same for the same question: from 10 on they are free.
    pub fn draw(self, what: u64) -> u64 {
        mix(self.0.wrapping_mul(31).wrapping_add(what))
    }

    /// Which [`SHARED_BY`]th they are of, by name, tag or team.
    pub fn group(self, what: u64) -> u64 {
        self.draw(what) % SHARED_BY
    }

    /// Evenly spread over [`SCORES`].
    pub fn score(self) -> u64 {
        self.draw(5) % SCORES
    }

    /// One of a thousand.
    pub fn company(self) -> String {
        format!("Company {}", self.draw(2) % 1000)
    }

    /// In E.164: nobody else has it.
    pub fn phone(self) -> String {
        let count = AREAS.len() as u64;
        let number = (self.0 % (count * NUMBERS)) * STRIDE % (count * NUMBERS);
        let area = AREAS[usize::try_from(number / NUMBERS).unwrap_or(0)];
        format!("+1{area}{:07}", 2_000_000 + number % NUMBERS)
    }

    /// The body of the request that creates them.
    pub fn write(self, out: &mut Vec<u8>) {
        let written = write!(
            out,
            r#"{{"email":"{}","name":"{} Miller","phone":"{}","company":"{}","tags":["tag {}"],"custom_attributes":{{"score":{},"team":"team {}"}}}}"#,
            self.email(),
            Self::first_name(self.group(1)),
            self.phone(),
            self.company(),
            self.group(3),
            self.score(),
            self.group(4),
        );
        written.expect("a vector takes all that is written to it");
    }

    /// The same, as text.
    pub fn body(self) -> Vec<u8> {
        let mut body = Vec::with_capacity(256);
        self.write(&mut body);
        body
    }
}
