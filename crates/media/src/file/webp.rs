//! WebP: RIFF chunks, in three forms: lossy, lossless, and extended, which has chunks for the rest.

use super::bytes::{array, u16_le, u24_le, u32_le};
use super::exif;
use super::strip::{Broken, CUT_SHORT, NO_PICTURE};

/// `RIFF`, a size, `WEBP`.
const HEAD_BYTES: usize = 12;
const EXTENDED_BYTES: usize = 10;
/// Where a frame of an animation has its chunks, after its place and time.
const FRAME_HEAD_BYTES: usize = 16;
/// What the extended header says is there: Exif and XMP.
const FLAGS_METADATA: u8 = 0x08 | 0x04;
/// How the key frame of a lossy picture begins, after its tag; and how a lossless one does.
const LOSSY_START: [u8; 3] = [0x9d, 0x01, 0x2a];
const LOSSLESS_START: u8 = 0x2f;
/// Sides are stored in fourteen bits in the two simple forms.
const SIDE_MASK: u16 = 0x3fff;

struct Chunk<'a> {
    letters: [u8; 4],
    body: &'a [u8],
}

/// The chunks of a file or a frame, in order.
struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    fn next(&mut self) -> Result<Option<Chunk<'a>>, Broken> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let letters = array::<4>(self.rest, 0).ok_or(CUT_SHORT)?;
        if !letters.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
            return Err(Broken("a part of the picture has no name"));
        }
        let size = u32_le(self.rest, 4).and_then(|size| usize::try_from(size).ok());
        let end = size.and_then(|size| size.checked_add(8)).ok_or(CUT_SHORT)?;
        let body = self.rest.get(8..end).ok_or(CUT_SHORT)?;
        // The last byte of padding is often forgotten.
        self.rest = self.rest.get(end + end % 2..).unwrap_or_default();
        Ok(Some(Chunk { letters, body }))
    }
}

/// The picture without what is not needed to draw it.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let size = u32_le(bytes, 4).and_then(|size| usize::try_from(size).ok());
    let end = size.and_then(|size| size.checked_add(8)).ok_or(CUT_SHORT)?;
    let mut chunks = Chunks { rest: bytes.get(HEAD_BYTES..end).ok_or(CUT_SHORT)? };
    let mut out = Vec::with_capacity(bytes.len());
    out.extend(b"RIFF\0\0\0\0WEBP");
    let (mut has_picture, mut is_first) = (false, true);
    while let Some(chunk) = chunks.next()? {
        match &chunk.letters {
            b"VP8X" if is_first && chunk.body.len() == EXTENDED_BYTES => {
                put(&mut out, chunk.letters, &without_metadata(chunk.body));
            }
            b"VP8X" => return Err(Broken("the header of the picture is damaged")),
            b"VP8 " | b"VP8L" => {
                // Only what is extended has more than one chunk.
                has_picture = true;
                put(&mut out, chunk.letters, chunk.body);
                if is_first {
                    break;
                }
            }
            _ if is_first => return Err(Broken("the picture does not begin with its size")),
            b"ANMF" => {
                has_picture = true;
                put(&mut out, chunk.letters, &frame(chunk.body)?);
            }
            b"ALPH" | b"ANIM" | b"ICCP" => put(&mut out, chunk.letters, chunk.body),
            _ => {}
        }
        is_first = false;
    }
    if !has_picture {
        return Err(NO_PICTURE);
    }
    if exif::remains(&out) {
        return Err(Broken("there are metadata among the pixels"));
    }
    let size = u32::try_from(out.len() - 8).unwrap_or(u32::MAX);
    drop(out.splice(4..8, size.to_le_bytes()));
    Ok(out)
}

/// The size in the header: of the whole canvas, where there is one.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let body = bytes.get(HEAD_BYTES + 8..)?;
    match &array::<4>(bytes, HEAD_BYTES)? {
        b"VP8 " if array(body, 3) == Some(LOSSY_START) => {
            let side = |at| u16_le(body, at).map(|side| u32::from(side & SIDE_MASK));
            Some((side(6)?, side(8)?))
        }
        b"VP8L" if body.first() == Some(&LOSSLESS_START) => {
            let bits = u32_le(body, 1)?;
            let side = |bits: u32| (bits & u32::from(SIDE_MASK)) + 1;
            Some((side(bits), side(bits >> 14)))
        }
        b"VP8X" => Some((u24_le(body, 4)? + 1, u24_le(body, 7)? + 1)),
        _ => None,
    }
}

fn without_metadata(header: &[u8]) -> Vec<u8> {
    let mut header = header.to_vec();
    if let Some(flags) = header.first_mut() {
        *flags &= !FLAGS_METADATA;
    }
    header
}

/// One frame of an animation with its pixels alone.
fn frame(body: &[u8]) -> Result<Vec<u8>, Broken> {
    let (head, rest) = body.split_at_checked(FRAME_HEAD_BYTES).ok_or(CUT_SHORT)?;
    let mut out = head.to_vec();
    let mut chunks = Chunks { rest };
    while let Some(chunk) = chunks.next()? {
        if matches!(&chunk.letters, b"ALPH" | b"VP8 " | b"VP8L") {
            put(&mut out, chunk.letters, chunk.body);
        }
    }
    Ok(out)
}

/// Writes a chunk that was read from one, and its padding.
fn put(out: &mut Vec<u8>, letters: [u8; 4], body: &[u8]) {
    let size = u32::try_from(body.len()).unwrap_or(u32::MAX);
    out.extend(letters);
    out.extend(size.to_le_bytes());
    out.extend_from_slice(body);
    out.extend(std::iter::repeat_n(0, body.len() % 2));
}
