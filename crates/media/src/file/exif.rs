//! Exif: the one thing in it that a picture needs, and how it begins.

use super::bytes::{contains, u16_be, u16_le, u32_be, u32_le};

/// How Exif begins in a segment of JPEG; TIFF follows.
pub const HEAD: &[u8] = b"Exif\0\0";
const TIFF_LITTLE: &[u8] = b"II\x2a\0";
const TIFF_BIG: &[u8] = b"MM\0\x2a";
const TAG_ORIENTATION: u16 = 0x0112;
const TYPE_SHORT: u16 = 3;
const ENTRY_BYTES: usize = 12;
/// How XMP begins, in JPEG and anywhere.
const XMP_HEADS: [&[u8]; 2] = [b"http://ns.adobe.com/xap/1.0/", b"<x:xmpmeta"];

/// Which way up a picture is shown: 2 to 8. `None` for 1, which is how it lies, and for TIFF that
/// does not say or cannot be read.
pub fn orientation(tiff: &[u8]) -> Option<u8> {
    let is_little = tiff.starts_with(TIFF_LITTLE);
    if !is_little && !tiff.starts_with(TIFF_BIG) {
        return None;
    }
    let u16_at = |at| if is_little { u16_le(tiff, at) } else { u16_be(tiff, at) };
    let u32_at = |at| if is_little { u32_le(tiff, at) } else { u32_be(tiff, at) };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let count = usize::from(u16_at(directory)?);
    let first = directory.checked_add(2)?;
    let mut entries = (0..count).map(|index| first.saturating_add(index * ENTRY_BYTES));
    let entry = entries.find(|at| u16_at(*at) == Some(TAG_ORIENTATION))?;
    let is_one_short = u16_at(entry + 2)? == TYPE_SHORT && u32_at(entry + 4)? == 1;
    let value = u8::try_from(u16_at(entry + 8)?).ok()?;
    (is_one_short && (2..=8).contains(&value)).then_some(value)
}

/// Exif that holds `orientation` and nothing else.
pub fn only_orientation(orientation: u8) -> Vec<u8> {
    let entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    [HEAD, TIFF_BIG, &[0, 0, 0, 8], &[0, 1], &entry, &[0, 0, 0, 0]].concat()
}

/// Whether Exif or XMP begins somewhere in `bytes`. In a picture that was stripped this means that
/// a length lied, and metadata hide in what should be pixels. By chance it does not come up.
pub fn remains(bytes: &[u8]) -> bool {
    let is_chunk = |window: &[u8]| {
        let tiff = window.get(8..).unwrap_or_default();
        window.starts_with(b"EXIF") && (tiff == TIFF_LITTLE || tiff == TIFF_BIG)
    };
    contains(bytes, HEAD)
        || XMP_HEADS.iter().any(|head| contains(bytes, head))
        || bytes.windows(12).any(is_chunk)
}
