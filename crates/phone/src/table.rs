//! A table of number prefixes: the longest with which a number begins says something of it.
//!
//! `scripts/tables.py` packs one, in zlib's format, from these parts:
//!
//! 1. the count of the prefixes and that of the distinct texts;
//! 2. per prefix, in the order of a dictionary, `step * 9 + length - 1`, where `step` is how far
//!    it lies, counted in its own length, beyond the one before;
//! 3. per prefix, how many texts ago its text was new; 0 for the next text that is new;
//! 4. the texts, in the order of their first prefix, with a newline between two.
//!
//! Its numbers have seven bits a byte, low ones first; the high bit says that another byte follows.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// The digits of the longest prefix. Eleven to this power is less than 2^32.
const PREFIX_DIGITS_MAX: u32 = 9;
/// A larger table is not one of ours; the largest holds 1.7 MB.
const UNPACKED_BYTES_MAX: usize = 4 << 20;
/// More prefixes than these are a count gone wrong; the largest table has 287,109.
const PREFIXES_MAX: usize = 1 << 19;
/// The bytes of the longest number in a table, which has 34 bits.
const NUMBER_BYTES_MAX: u32 = 5;

/// Prefixes and what each says. Nothing, when it could not be read.
#[derive(Debug, Default)]
pub struct Table {
    /// Each prefix as nine digits to the base of eleven, in which 0 is "no more digits". In order.
    keys: Vec<u32>,
    /// For the key in the same place, its text.
    texts: Vec<u16>,
    /// The byte of `body` at which each text ends.
    ends: Vec<u32>,
    /// The texts, with a newline between two.
    body: String,
}

impl Table {
    /// Unpacks what `scripts/tables.py` wrote; `None` for anything else.
    pub fn read(packed: &[u8]) -> Option<Self> {
        let bytes = decompress_to_vec_zlib_with_limit(packed, UNPACKED_BYTES_MAX).ok()?;
        let mut rest = bytes.as_slice();
        let prefix_count = usize::try_from(read_number(&mut rest)?).ok()?;
        let text_count = usize::try_from(read_number(&mut rest)?).ok()?;
        if PREFIXES_MAX < prefix_count || usize::from(u16::MAX) < text_count {
            return None;
        }
        let keys = read_keys(&mut rest, prefix_count)?;
        let texts = read_references(&mut rest, prefix_count, text_count)?;
        let body = str::from_utf8(rest).ok()?.to_owned();
        let breaks = body.match_indices('\n').map(|(byte, _)| byte).chain([body.len()]);
        let ends: Vec<u32> = breaks.map(u32::try_from).collect::<Result<_, _>>().ok()?;
        (ends.len() == text_count).then_some(Self { keys, texts, ends, body })
    }

    /// The text of the longest prefix of `digits`, which are those of an E.164 number without `+`.
    pub fn find(&self, digits: &str) -> Option<&str> {
        let mut padded = 0;
        let mut length_max = 0;
        let mut rest = digits.chars();
        for _ in 0..PREFIX_DIGITS_MAX {
            let digit = rest.next().and_then(|c| c.to_digit(10));
            length_max += u32::from(digit.is_some());
            padded = padded * 10 + digit.unwrap_or(0);
        }
        let mut lengths = (1..=length_max).rev();
        let place =
            lengths.find_map(|length| self.keys.binary_search(&key(padded, length)).ok())?;
        self.text(usize::from(*self.texts.get(place)?))
    }

    fn text(&self, index: usize) -> Option<&str> {
        let start = match index.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()? + 1,
            None => 0,
        };
        self.body.get(start..usize::try_from(*self.ends.get(index)?).ok()?)
    }
}

/// The first `length` of the nine digits of `padded`, so that a prefix comes before what it begins.
fn key(padded: u32, length: u32) -> u32 {
    (1..=PREFIX_DIGITS_MAX).fold(0, |key, place| {
        let digit = padded / 10_u32.pow(PREFIX_DIGITS_MAX - place) % 10;
        key * 11 + if place <= length { digit + 1 } else { 0 }
    })
}

fn read_keys(rest: &mut &[u8], count: usize) -> Option<Vec<u32>> {
    let mut keys = Vec::with_capacity(count);
    // The prefix before, with zeros after it.
    let mut padded: u32 = 0;
    for _ in 0..count {
        let number = read_number(rest)?;
        let length = u32::try_from(number % u64::from(PREFIX_DIGITS_MAX)).ok()? + 1;
        let step = u32::try_from(number / u64::from(PREFIX_DIGITS_MAX)).ok()?;
        let scale = 10_u32.pow(PREFIX_DIGITS_MAX - length);
        let prefix = (padded / scale).checked_add(step)?;
        if 10_u32.pow(length) <= prefix {
            return None;
        }
        padded = prefix * scale;
        let next = key(padded, length);
        if keys.last().is_some_and(|last| next <= *last) {
            return None;
        }
        keys.push(next);
    }
    Some(keys)
}

fn read_references(rest: &mut &[u8], count: usize, text_count: usize) -> Option<Vec<u16>> {
    let mut texts = Vec::with_capacity(count);
    let mut new: usize = 0;
    for _ in 0..count {
        let back = usize::try_from(read_number(rest)?).ok()?;
        let text = if back == 0 { new } else { new.checked_sub(back)? };
        new += usize::from(back == 0);
        if text_count < new {
            return None;
        }
        texts.push(u16::try_from(text).ok()?);
    }
    Some(texts)
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..NUMBER_BYTES_MAX {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    /// 12 and 123 say "a", 2 says "b".
    const SMALL: &[u8] = &[3, 2, 12 * 9 + 1, 3 * 9 + 2, 9, 0, 1, 0, b'a', b'\n', b'b'];

    #[test]
    fn the_longest_prefix_wins() {
        let table = Table::read(&compress_to_vec_zlib(SMALL, 6)).unwrap();
        for (digits, text) in
            [("12", "a"), ("1234567890", "a"), ("129", "a"), ("2", "b"), ("29", "b")]
        {
            assert_eq!(table.find(digits), Some(text), "{digits}");
        }
        for digits in ["", "1", "13", "3", "x12", "+12", "１２"] {
            assert_eq!(table.find(digits), None, "{digits}");
        }
    }

    #[test]
    fn what_is_not_a_table_is_not_read() {
        assert!(Table::read(b"").is_none());
        assert!(Table::read(b"not compressed").is_none());
        assert_eq!(Table::default().find("12"), None);
        for length in 0..SMALL.len() {
            let cut = Table::read(&compress_to_vec_zlib(&SMALL[..length], 6));
            // A text may be cut short and still be a text.
            assert!(cut.is_none() || SMALL.len() <= length + 1, "{length}");
        }
    }

    #[test]
    fn a_damaged_table_does_not_panic() {
        for place in 0..SMALL.len() {
            for byte in 0..=u8::MAX {
                let mut damaged = SMALL.to_vec();
                damaged[place] = byte;
                if let Some(table) = Table::read(&compress_to_vec_zlib(&damaged, 1)) {
                    for digits in ["", "1", "123456789012345", "999999999"] {
                        assert!(table.find(digits).is_none_or(|text| text.len() <= 3));
                    }
                }
            }
        }
    }
}
