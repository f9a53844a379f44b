//! GIF: blocks of sub-blocks, and pixels that are packed by LZW.

use super::bytes::u16_le;
use super::strip::{Broken, CUT_SHORT, NO_PICTURE};

/// `GIF89a`, then the size of the screen and what it says of colours.
const HEAD_BYTES: usize = 13;
const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const TRAILER: u8 = 0x3b;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// Separator, label and length of a graphic control, its four bytes, and the end.
const GRAPHIC_CONTROL_BYTES: usize = 8;
/// Separator, label, length, name and length of the repetition of an animation, and its content.
const REPEAT_BYTES: usize = 19;
const REPEAT_NAMES: [&[u8]; 2] = [b"\x0bNETSCAPE2.0\x03\x01", b"\x0bANIMEXTS1.0\x03\x01"];
/// Separator, place and size of an image, and what it says of colours.
const IMAGE_HEAD_BYTES: usize = 10;
const HAS_COLOURS: u8 = 0x80;
const SUB_BLOCK_BYTES_MAX: usize = 255;
/// Codes grow to twelve bits and no further.
const CODE_BITS_MAX: u32 = 12;
const CODES_MAX: usize = 1 << CODE_BITS_MAX;

/// How many pixels each code stands for. One for all images: a file may have a great many, and what
/// is left of the one before is never read.
type Lengths = [u32; CODES_MAX];

/// The picture without comments, texts, and what applications add, but for the repetition.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let at = colours_end(bytes, HEAD_BYTES)?;
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..at).ok_or(CUT_SHORT)?);
    let mut rest = bytes.get(at..).ok_or(CUT_SHORT)?;
    // It belongs to what comes next, and goes with it.
    let mut control: &[u8] = &[];
    let mut has_image = false;
    let mut lengths = [0; CODES_MAX];
    loop {
        let length = match rest {
            [EXTENSION, label, ..] => {
                let length = sub_blocks_end(rest, 2)?;
                let block = rest.get(..length).ok_or(CUT_SHORT)?;
                match *label {
                    GRAPHIC_CONTROL if length == GRAPHIC_CONTROL_BYTES => control = block,
                    GRAPHIC_CONTROL => return Err(Broken("the time of a frame is damaged")),
                    APPLICATION if is_repeat(block) => out.extend_from_slice(block),
                    APPLICATION => {}
                    _ => control = &[],
                }
                length
            }
            [IMAGE, ..] => {
                out.extend_from_slice(std::mem::take(&mut control));
                has_image = true;
                image(rest, &mut lengths, &mut out)?
            }
            [TRAILER, ..] => break,
            // Many a program forgets the trailer.
            [] => break,
            [_] => return Err(CUT_SHORT),
            _ => return Err(Broken("there is something between the parts of the picture")),
        };
        rest = rest.get(length..).ok_or(CUT_SHORT)?;
    }
    if !has_image {
        return Err(NO_PICTURE);
    }
    out.push(TRAILER);
    Ok(out)
}

/// The size of the screen that all frames share.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    Some((u16_le(bytes, 6)?.into(), u16_le(bytes, 8)?.into()))
}

/// Copies the image that `block` begins with, without what follows its pixels in its own
/// sub-blocks. Says how long it was.
fn image(block: &[u8], lengths: &mut Lengths, out: &mut Vec<u8>) -> Result<usize, Broken> {
    let data_at = colours_end(block, IMAGE_HEAD_BYTES)? + 1;
    let bits = *block.get(data_at - 1).ok_or(CUT_SHORT)?;
    if !(1..=8).contains(&bits) {
        return Err(Broken("the colours of the picture are damaged"));
    }
    let (width, height) = (u16_le(block, 5).ok_or(CUT_SHORT)?, u16_le(block, 7).ok_or(CUT_SHORT)?);
    let end = sub_blocks_end(block, data_at)?;
    let data = joined(block.get(data_at..end).ok_or(CUT_SHORT)?);
    let used = pixels_end(&data, bits.into(), u64::from(width) * u64::from(height), lengths)?;
    if used == data.len() {
        out.extend_from_slice(block.get(..end).ok_or(CUT_SHORT)?);
    } else {
        out.extend_from_slice(block.get(..data_at).ok_or(CUT_SHORT)?);
        for part in data.get(..used).ok_or(CUT_SHORT)?.chunks(SUB_BLOCK_BYTES_MAX) {
            out.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(part);
        }
        out.push(0);
    }
    Ok(end)
}

/// Where the colours end that follow a head of `head_bytes`, whose flags say how many there are.
/// The flags of the screen are two bytes before its end, those of an image the last byte.
fn colours_end(block: &[u8], head_bytes: usize) -> Result<usize, Broken> {
    let flags_at = if head_bytes == HEAD_BYTES { head_bytes - 3 } else { head_bytes - 1 };
    let flags = *block.get(flags_at).ok_or(CUT_SHORT)?;
    let colour_bytes = if flags & HAS_COLOURS == 0 { 0 } else { 6 << (flags & 7) };
    Ok(head_bytes + colour_bytes)
}

/// Where the sub-blocks that begin at `at` end, after their zero.
fn sub_blocks_end(block: &[u8], mut at: usize) -> Result<usize, Broken> {
    loop {
        let length = usize::from(*block.get(at).ok_or(CUT_SHORT)?);
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}

/// What sub-blocks hold, without their lengths.
fn joined(mut blocks: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(blocks.len());
    while let Some((length, rest)) = blocks.split_first() {
        let Some((part, rest)) = rest.split_at_checked(usize::from(*length)) else { break };
        all.extend_from_slice(part);
        blocks = rest;
    }
    all
}

fn is_repeat(block: &[u8]) -> bool {
    let begins = |name: &&[u8]| block.get(2..).is_some_and(|block| block.starts_with(name));
    block.len() == REPEAT_BYTES && REPEAT_NAMES.iter().any(begins)
}

/// How many bytes of `data` hold pixels: those up to the end code, or to the code that completes
/// the image, or all. This follows the lengths of what the codes stand for, and unpacks nothing.
fn pixels_end(
    data: &[u8],
    bits: u32,
    pixels_max: u64,
    lengths: &mut Lengths,
) -> Result<usize, Broken> {
    let (clear, end) = (1_usize << bits, (1_usize << bits) + 1);
    let (mut next, mut width, mut before) = (end + 1, bits + 1, None);
    let (mut buffer, mut buffered) = (0_u32, 0_u32);
    let (mut pixels, mut complete_at) = (0_u64, None);
    for (at, byte) in data.iter().enumerate() {
        buffer |= u32::from(*byte) << buffered;
        buffered += 8;
        while width <= buffered {
            let code = usize::try_from(buffer & ((1 << width) - 1)).unwrap_or(CODES_MAX);
            buffer >>= width;
            buffered -= width;
            if code == end {
                return Ok(at + 1);
            }
            if let Some(complete_at) = complete_at {
                return Ok(complete_at);
            }
            if code == clear {
                (next, width, before) = (end + 1, bits + 1, None);
                continue;
            }
            let length = match before {
                _ if code < clear => 1,
                _ if code < next => lengths.get(code).copied().unwrap_or(1),
                Some(before) if code == next => before + 1,
                _ => return Err(Broken("the pixels are damaged")),
            };
            if let (Some(before), Some(slot)) = (before, lengths.get_mut(next)) {
                *slot = before + 1;
                next += 1;
                if next == 1 << width && width < CODE_BITS_MAX {
                    width += 1;
                }
            }
            before = Some(length);
            pixels += u64::from(length);
            if pixels_max <= pixels {
                complete_at = Some(at + 1);
            }
        }
    }
    Ok(data.len())
}
