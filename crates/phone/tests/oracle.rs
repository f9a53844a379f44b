//! What Google's own data say of ten thousand numbers, and that no text brings this crate down.

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use phone::{parse, place, twin};

/// Written by `scripts/tables.py`.
const ORACLE: &[u8] = include_bytes!("oracle.tsv.gz");
/// The script writes neither a name nor a time, so this is all that comes before the content.
const GZIP_HEAD_BYTES: usize = 10;
/// A checksum and a length.
const GZIP_TAIL_BYTES: usize = 8;
const ORACLE_BYTES_MAX: usize = 4 << 20;
/// With fewer rows something has gone missing.
const ROWS_MIN: usize = 10_000;

/// Texts that this crate refuses though a plan finds their length possible. Each is an example of an
/// invalid number, and too short for a typing error to be told from a number.
const REFUSED: &[&str] = &[
    // Six digits with the calling code.
    "+43 1 234",
    "+431234",
    "00 43 1 234",
    "01 234",
    "+49 3012",
    "+493012",
    // Four digits without it.
    "3012",
    "2215",
];

fn oracle() -> String {
    let body = &ORACLE[GZIP_HEAD_BYTES..ORACLE.len() - GZIP_TAIL_BYTES];
    let text = decompress_to_vec_with_limit(body, ORACLE_BYTES_MAX).expect("the oracle is whole");
    String::from_utf8(text).expect("the oracle is text")
}

#[test]
fn numbers_and_places_are_those_of_the_data() {
    let oracle = oracle();
    let mut lines = oracle.lines();
    assert!(lines.next().unwrap().starts_with("# phonenumbers "));
    let mut row_count = 0;
    let mut wrong = Vec::new();
    for line in lines {
        row_count += 1;
        let (text, rest) = line.split_once('\t').unwrap();
        let (region, expected) = rest.split_once('\t').unwrap();
        let said = match parse(text, region) {
            Some(phone) => {
                let place = place(&phone.e164);
                assert_eq!(phone.extension, None, "{text}");
                [
                    phone.e164.as_str(),
                    phone.region.as_deref().unwrap_or_default(),
                    place.country.as_deref().unwrap_or_default(),
                    place.state.unwrap_or_default(),
                    place.city.unwrap_or_default(),
                    &place.zones.join("&"),
                ]
                .join("\t")
            }
            None => "not read".to_owned(),
        };
        let expected = if REFUSED.contains(&text) { "not read" } else { expected };
        if said != expected {
            wrong.push(format!("{text} ({region})\n  is   {said}\n  not  {expected}"));
        }
    }
    assert!(ROWS_MIN <= row_count, "only {row_count} rows");
    assert!(wrong.is_empty(), "{} of {row_count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    /// Mostly what numbers are written with, and some of what they are not.
    fn text(&mut self) -> String {
        const PIECES: &[&str] = &[
            "0",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "7",
            "8",
            "9",
            "00",
            "11",
            "44",
            "52",
            "54",
            "55",
            "99",
            "+",
            " ",
            "-",
            "(",
            ")",
            "(0)",
            ".",
            "/",
            "x",
            "ext.",
            ";ext=",
            ",,",
            "#",
            "tel:",
            "whatsapp:",
            ";phone-context=",
            "*",
            "~",
            "a",
            "é",
            "１",
            "٣",
            "＋",
            "\u{202a}",
            "\u{301}",
            "\0",
            "\n",
            "😀",
        ];
        // One text in four is wild; in the others most pieces are digits.
        let (count, wildness) = (self.below(24), if self.below(4) == 0 { 2 } else { 16 });
        let piece = |chance: &mut Self| {
            let limit = if chance.below(wildness) == 0 { PIECES.len() } else { 17 };
            PIECES[chance.below(limit)]
        };
        let start = if self.below(2) == 0 { "+" } else { "" };
        (0..count).fold(start.to_owned(), |text, _| text + piece(self))
    }
}

#[test]
fn no_text_brings_it_down() {
    const TEXTS: usize = 100_000;
    const REGIONS: &[&str] = &["US", "GB", "BR", "MX", "AR", "IT", "ZZ", "001", "", "é"];
    let mut chance = Chance(20);
    let mut read_count = 0;
    for _ in 0..TEXTS {
        let text = chance.text();
        let region = REGIONS[chance.below(REGIONS.len())];
        drop(place(&text));
        if let Some(other) = twin(&text) {
            assert_eq!(twin(&other).as_deref(), Some(text.as_str()));
        }
        let Some(phone) = parse(&text, region) else { continue };
        read_count += 1;
        let digits = phone.e164.strip_prefix('+').unwrap();
        assert!(phone.is_valid || 7 <= digits.len(), "{text}: {digits}");
        assert!(digits.len() <= 15, "{text}: {digits}");
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{text}: {digits}");
        let place = place(&phone.e164);
        assert!(place.zone(None).is_none_or(|zone| place.zones.contains(&zone)), "{text}");
        drop(twin(&phone.e164));
    }
    // A tenth of them at least went all the way.
    assert!(TEXTS / 10 < read_count, "only {read_count} were read");
}
