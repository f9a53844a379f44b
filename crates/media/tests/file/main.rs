//! Files as they come: whole ones, ones that are two things, and ones that are broken by chance.

mod chance;
mod fixture;
mod polyglot;

use chance::Chance;
use fixture::{Fixture, PLACE, exif, gif, gif_comment, jpeg, png, png_chunk, segment};
use media::file::{
    PIXELS_MAX, Shown, content_disposition, dimensions, may_hold_location, safe_name, sniff,
    strip_location,
};

const MUTATIONS: usize = 20_000;
/// The place is told by any quarter of it.
const TELLING_BYTES: usize = 7;

fn tells(bytes: &[u8]) -> bool {
    let mut parts = PLACE.chunks(TELLING_BYTES);
    parts.any(|part| bytes.windows(part.len()).any(|window| window == part))
}

#[test]
fn what_tells_a_place_goes_and_all_else_stays() {
    for Fixture { name, full, bare, size } in fixture::all() {
        assert_eq!(full != bare, tells(&full), "{name}");
        assert_eq!(strip_location(full.clone()).as_ref(), Ok(&bare), "{name}");
        assert_eq!(strip_location(bare.clone()).as_ref(), Ok(&bare), "{name}: twice is as once");
        assert_eq!(dimensions(&full), Ok(Some(size)), "{name}");
        assert_eq!(dimensions(&bare), Ok(Some(size)), "{name}");
        assert_eq!(sniff(&full, "").shown, Shown::Inline, "{name}");
        assert_eq!(sniff(&full, ""), sniff(&bare, "a.html"), "{name}");
    }
}

#[test]
fn no_mutation_panics_or_tells_a_place() {
    for (seed, Fixture { name, full, .. }) in (1..).zip(fixture::all()) {
        let mut chance = Chance(seed);
        let mut read_count = 0;
        for number in 0..MUTATIONS {
            let mutant = mutate(&full, &mut chance);
            touch(&dimensions(&mutant));
            let kind = sniff(&mutant, "a.csv");
            // What no longer looks like a picture is no picture, and left as it is.
            if !kind.content_type.starts_with("image/") {
                touch(&strip_location(mutant));
                continue;
            }
            if let Ok(bare) = strip_location(mutant) {
                assert!(!tells(&bare), "{name}: mutation {number} tells the place");
                let again = strip_location(bare.clone());
                assert_eq!(again.as_ref(), Ok(&bare), "{name}: mutation {number}");
                read_count += 1;
            }
        }
        assert!(MUTATIONS / 200 < read_count, "{name}: only {read_count} were read");
    }
}

/// Looks at what came out, when all that matters is that something did.
fn touch<T>(result: &T) {
    std::hint::black_box(result);
}

/// One to three changes: a byte, a bit, a part that goes, comes twice or moves, or a new end.
fn mutate(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        let end = at + chance.below((bytes.len() - at).min(64) + 1);
        let part = bytes[at..end].to_vec();
        match chance.below(8) {
            0..=2 if at < bytes.len() => bytes[at] = chance.byte(),
            3 | 4 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            5 => drop(bytes.drain(at..end)),
            // What somebody writes into the pixels is a part of them.
            6 if !tells(&part) => {
                let to = chance.below(bytes.len());
                drop(bytes.splice(to..to, part));
            }
            _ => bytes.truncate(bytes.len() - chance.below(bytes.len().min(40) + 1)),
        }
    }
    bytes
}

#[test]
fn every_beginning_of_a_picture_is_broken_or_tells_nothing() {
    for Fixture { name, full, bare, .. } in fixture::all() {
        for end in 0..full.len() {
            let cut = full[..end].to_vec();
            touch(&dimensions(&cut));
            if sniff(&cut, "").content_type.starts_with("image/")
                && let Ok(read) = strip_location(cut)
            {
                // A GIF may lack its end, and a frame.
                assert!(!tells(&read) && read.len() <= bare.len(), "{name}: {end}");
            }
        }
    }
}

#[test]
fn an_orientation_stays_and_nothing_else_of_exif() {
    for orientation in 0..=9 {
        let bare = strip_location(jpeg(&exif(orientation), &[])).unwrap();
        let has_exif = bare.windows(6).any(|window| window == b"Exif\0\0");
        assert_eq!(has_exif, (2..=8).contains(&orientation), "{orientation}");
        assert!(!tells(&bare));
        assert_eq!(bare.len() - jpeg(&[], &[]).len(), if has_exif { 36 } else { 0 });
    }
}

#[test]
fn what_is_broken_says_why() {
    let reason = |bytes: Vec<u8>| strip_location(bytes).unwrap_err().to_string();
    let whole = jpeg(&[], &[]);
    assert_eq!(reason(whole[..whole.len() - 2].to_vec()), "the picture ends too soon");
    assert_eq!(reason(vec![0xff, 0xd8, 0xff, 0xd9]), "there is no picture in the file");
    let hidden = segment(0xdb, PLACE);
    assert_eq!(reason(jpeg(&hidden, &[])), "a part of the picture is not what it says");
    let twice = segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    assert_eq!(reason(jpeg(&twice, &[])), "there are two pictures in one");
    let mut damaged = png(&[]);
    damaged[20] ^= 1;
    assert_eq!(reason(damaged), "a part of the picture is damaged");
    assert_eq!(reason(png(&[])[..40].to_vec()), "the picture ends too soon");
}

#[test]
fn a_damaged_chunk_that_may_go_goes() {
    let mut chunk = png_chunk(b"gAMA", PLACE);
    let last = chunk.len() - 1;
    chunk[last] ^= 1;
    assert_eq!(strip_location(png(&chunk)).unwrap(), png(&[]));
}

#[test]
fn a_gif_hides_nothing_behind_its_pixels() {
    let whole = gif(&[]);
    // The last sub-block of the last frame, one byte long, then its end and the trailer.
    let at = whole.len() - 4;
    assert_eq!(whole[at], 1);
    let mut hiding = whole[..at + 2].to_vec();
    let hidden = gif_comment();
    hiding.extend_from_slice(&hidden[2..]);
    hiding.push(0x3b);
    let bare = strip_location(hiding).unwrap();
    assert!(!tells(&bare));
    assert_eq!(dimensions(&bare), Ok(Some((4, 4))));
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused() {
    let frame = |height: u16, width: u16| {
        let [a, b] = height.to_be_bytes();
        let [c, d] = width.to_be_bytes();
        [vec![0xff, 0xd8], segment(0xc0, &[8, a, b, c, d, 1, 1, 0x11, 0])].concat()
    };
    assert_eq!(dimensions(&frame(5_000, 10_000)), Ok(Some((10_000, 5_000))));
    let large = dimensions(&frame(5_001, 10_000)).unwrap_err();
    assert!(PIXELS_MAX < u64::from(large.width) * u64::from(large.height));
    assert_eq!(
        large.to_string(),
        "the picture of 10000 by 5001 pixels has more than 50 megapixels"
    );
    assert_eq!(dimensions(&frame(0, 10_000)), Ok(None));
    let mut largest = png(&[]);
    largest[16..24].fill(0xff);
    assert!(dimensions(&largest).is_err());
    let extended = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff";
    assert!(dimensions(extended).is_err());
    assert_eq!(dimensions(b"%PDF-1.7"), Ok(None));
}

#[test]
fn files_that_are_left_alone_may_hold_a_place() {
    for held in ["image/heic", "image/avif", "video/mp4", "Video/MP4; codecs=\"avc1\"", "audio/mp4"]
    {
        assert!(may_hold_location(held), "{held}");
    }
    for bare in ["image/jpeg", "image/png", "image/webp", "image/gif", "text/plain", ""] {
        assert!(!may_hold_location(bare), "{bare}");
    }
    let film = [b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", PLACE].concat();
    assert_eq!(strip_location(film.clone()).as_ref(), Ok(&film));
}

#[test]
fn names_are_safe() {
    for (name, safe) in [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\cv.docx", "cv.docx"),
        ("a\r\nSet-Cookie: x=\"1\".png", "aSet-Cookie: x=1.png"),
        ("invoice\u{202e}gpj.exe", "invoicegpj.exe"),
        ("\u{2066}a\u{200b}\u{feff}.txt", "a.txt"),
        ("Zoë's 写真 👩\u{200d}💻.png", "Zoës 写真 👩\u{200d}💻.png"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("a/", "file"),
        ("\"\"", "file"),
        (" . . ", "file"),
        ("a.png. ", "a.png"),
        ("a .png", "a.png"),
    ] {
        assert_eq!(safe_name(name), safe, "{name}");
    }
    let long = format!("{}.jpeg", "é".repeat(300));
    assert_eq!(safe_name(&long), format!("{}.jpeg", "é".repeat(115)));
    assert_eq!(safe_name(&format!("a.{}", "b".repeat(300))).chars().count(), 120);
}

#[test]
fn a_disposition_is_one_line_of_ascii() {
    let inline = content_disposition(Shown::Inline, "photo 1.jpg");
    assert_eq!(inline, "inline; filename=\"photo 1.jpg\"");
    assert_eq!(
        content_disposition(Shown::Download, "naïve €.txt"),
        "attachment; filename=\"na_ve _.txt\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt"
    );
    assert_eq!(
        content_disposition(Shown::Download, "100%\"\r\nX: y.txt"),
        "attachment; filename=\"100_X: y.txt\"; filename*=UTF-8''100%25X%3A%20y.txt"
    );
    let mut chance = Chance(7);
    for _ in 0..MUTATIONS {
        let name: String = (0..chance.below(40)).map(|_| any_char(&mut chance)).collect();
        let safe = safe_name(&name);
        assert!(!safe.is_empty() && safe.chars().count() <= 120, "{name:?}");
        assert_eq!(safe_name(&safe), safe, "{name:?}");
        let line = content_disposition(Shown::Download, &name);
        assert!(line.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{line:?}");
        assert_eq!(line.matches('"').count(), 2, "{line:?}");
    }
}

/// Half of them of ASCII, for that is where the rules are.
fn any_char(chance: &mut Chance) -> char {
    let end = if chance.below(2) == 0 { 0x80 } else { 0x11_0000 };
    let code = u32::try_from(chance.below(end)).expect("a code is small");
    char::from_u32(code).unwrap_or('.')
}
