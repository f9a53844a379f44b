//! PNG: chunks with a length, four letters and a checksum.

use super::bytes::{array, u32_be};
use super::kind::PNG_SIGNATURE;
use super::strip::{Broken, CUT_SHORT, NO_PICTURE};

const HEADER_BYTES: usize = 13;
/// Length and letters before the content, and the checksum after it.
const FRAME_BYTES: usize = 12;
/// Chunks without which a picture is not drawn, or not as it was meant: colours, transparency,
/// density, animation. Others are text, times, Exif, or private to some program, and go.
const KEPT: [&[u8; 4]; 20] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
    b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];
/// The bit that is set in the first letter of a chunk that one may do without.
const ANCILLARY: u8 = 0x20;
const CRC_POLYNOMIAL: u32 = 0xedb8_8320;
const CRC_TABLE: [u32; 256] = crc_table();

/// The picture without what is not needed to draw it. The chunks that stay keep their checksums,
/// and are checked by them; one that may go and has a wrong checksum goes.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut out = PNG_SIGNATURE.to_vec();
    out.reserve(bytes.len());
    let mut at = PNG_SIGNATURE.len();
    let mut has_pixels = false;
    loop {
        let length = u32_be(bytes, at).and_then(|length| usize::try_from(length).ok());
        let end = length.and_then(|length| at.checked_add(length)?.checked_add(FRAME_BYTES));
        let chunk = end.and_then(|end| bytes.get(at..end)).ok_or(CUT_SHORT)?;
        let (checked, sum) = chunk.split_last_chunk::<4>().ok_or(CUT_SHORT)?;
        let checked = checked.get(4..).ok_or(CUT_SHORT)?;
        let letters = array::<4>(checked, 0).ok_or(CUT_SHORT)?;
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return Err(Broken("a part of the picture has no name"));
        }
        let is_first = at == PNG_SIGNATURE.len();
        let is_header = letters == *b"IHDR";
        if is_first != is_header || (is_header && chunk.len() != HEADER_BYTES + FRAME_BYTES) {
            return Err(Broken("the picture does not begin with its size"));
        }
        let is_whole = crc(checked) == u32::from_be_bytes(*sum);
        let is_known = KEPT.contains(&&letters);
        let [first, ..] = letters;
        if first & ANCILLARY == 0 && !(is_known && is_whole) {
            return Err(Broken("a part of the picture is damaged"));
        }
        if is_known && is_whole {
            out.extend_from_slice(chunk);
        }
        has_pixels |= letters == *b"IDAT";
        at += chunk.len();
        if letters == *b"IEND" {
            break;
        }
    }
    if has_pixels { Ok(out) } else { Err(NO_PICTURE) }
}

/// The size in the header.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let is_header = array(bytes, PNG_SIGNATURE.len() + 4) == Some(*b"IHDR");
    let at = PNG_SIGNATURE.len() + 8;
    if is_header { Some((u32_be(bytes, at)?, u32_be(bytes, at + 4)?)) } else { None }
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let [low, ..] = (crc ^ u32::from(*byte)).to_le_bytes();
        CRC_TABLE[usize::from(low)] ^ (crc >> 8)
    };
    !bytes.iter().fold(!0, step)
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    let mut value = 0;
    while at < table.len() {
        let (mut crc, mut bit) = (value, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { CRC_POLYNOMIAL ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
        value += 1;
    }
    table
}
