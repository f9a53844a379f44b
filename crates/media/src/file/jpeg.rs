//! JPEG: segments with a marker and a length, then entropy-coded pixels.
//!
//! A segment that stays is checked to be what its marker says, to the byte: else a wrong length
//! could carry metadata along.

use super::bytes::{array, u16_be, u32_be};
use super::exif;
use super::strip::{Broken, CUT_SHORT, NO_PICTURE};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COM: u8 = 0xfe;
const JFIF: &[u8] = b"JFIF\0";
/// JFIF up to the size of its thumbnail, which may show what was cut off the picture.
const JFIF_BYTES: usize = 12;
const ADOBE: &[u8] = b"Adobe";
const ADOBE_BYTES: usize = 12;
const ICC: &[u8] = b"ICC_PROFILE\0";
/// The name of the profile's segments, which of them this is, and how many there are.
const ICC_HEAD_BYTES: usize = 14;
/// Where a profile says that it is one.
const ICC_SIGNATURE_AT: usize = 36;
const COMPONENTS_MAX: u8 = 4;

/// One segment, with what follows its length.
struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
    end: usize,
}

impl<'a> Segment<'a> {
    /// The segment that begins at `at`, after any number of fill bytes.
    fn at(bytes: &'a [u8], at: usize) -> Result<Self, Broken> {
        let rest = bytes.get(at..).ok_or(CUT_SHORT)?;
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let marker = *rest.get(fill).ok_or(CUT_SHORT)?;
        if fill == 0 {
            return Err(Broken("there is something between the parts of the picture"));
        }
        let body_at = at + fill + 1;
        if marker == EOI {
            return Ok(Self { marker, body: &[], end: body_at });
        }
        if marker < 0xc0 || matches!(marker, 0xd0..=SOI) {
            return Err(Broken("a part of the picture is in the wrong place"));
        }
        let length = usize::from(u16_be(bytes, body_at).ok_or(CUT_SHORT)?);
        let end = body_at + length;
        let body = bytes.get(body_at..end).ok_or(CUT_SHORT)?;
        let body = body.get(2..).ok_or(Broken("a part of the picture has no length"))?;
        Ok(Self { marker, body, end })
    }

    fn is_frame(&self) -> bool {
        matches!(self.marker, 0xc0..=0xcf) && !matches!(self.marker, 0xc4 | 0xc8 | 0xcc)
    }

    /// Whether the length is what the content asks for.
    fn is_sound(&self) -> bool {
        match self.marker {
            // Huffman tables, arithmetic conditioning, quantization tables.
            0xc4 => are_huffman_tables(self.body),
            0xcc => {
                let (pairs, rest) = self.body.as_chunks::<2>();
                rest.is_empty() && pairs.iter().all(|[id, _]| id >> 4 <= 1 && id & 15 <= 3)
            }
            0xdb => are_quantization_tables(self.body),
            // The number of lines, and of blocks between restarts.
            0xdc | 0xdd => self.body.len() == 2,
            SOS => {
                let count = self.body.first().copied().unwrap_or(0);
                is_component_count(count) && self.body.len() == 4 + 2 * usize::from(count)
            }
            _ if self.is_frame() => {
                let count = self.body.get(5).copied().unwrap_or(0);
                is_component_count(count) && self.body.len() == 6 + 3 * usize::from(count)
            }
            _ => false,
        }
    }
}

/// What stays of the segments that applications add.
#[derive(Default)]
struct Extras<'a> {
    jfif: Option<&'a [u8]>,
    orientation: Option<u8>,
    icc: Vec<&'a [u8]>,
    adobe: Option<&'a [u8]>,
}

impl<'a> Extras<'a> {
    fn take(&mut self, segment: &Segment<'a>) {
        let body = segment.body;
        match segment.marker {
            APP0 if body.starts_with(JFIF) => self.jfif = self.jfif.or(body.get(..JFIF_BYTES)),
            APP1 => {
                let tiff = body.strip_prefix(exif::HEAD);
                self.orientation = self.orientation.or_else(|| tiff.and_then(exif::orientation));
            }
            APP2 if body.starts_with(ICC) => self.icc.push(body),
            APP14 if body.starts_with(ADOBE) => self.adobe = self.adobe.or(body.get(..ADOBE_BYTES)),
            _ => {}
        }
    }

    fn write(mut self, out: &mut Vec<u8>) {
        if let Some(jfif) = self.jfif {
            put(out, APP0, &[jfif, &[0, 0]].concat());
        }
        if let Some(orientation) = self.orientation {
            put(out, APP1, &exif::only_orientation(orientation));
        }
        self.icc.sort_by_key(|body| body.get(ICC.len()).copied());
        if is_profile(&self.icc) {
            self.icc.iter().for_each(|body| put(out, APP2, body));
        }
        if let Some(adobe) = self.adobe {
            put(out, APP14, adobe);
        }
    }
}

/// The picture without what is not needed to draw it.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    let (mut extras, mut picture) = (Extras::default(), Vec::with_capacity(bytes.len()));
    let (mut has_frame, mut has_scan) = (false, false);
    let mut at = 2;
    loop {
        let segment = Segment::at(bytes, at)?;
        at = segment.end;
        match segment.marker {
            EOI => break,
            COM => {}
            APP0..=APP15 => extras.take(&segment),
            _ if !segment.is_sound() => {
                return Err(Broken("a part of the picture is not what it says"));
            }
            SOS if !has_frame => return Err(Broken("the pixels come before their size")),
            _ if segment.is_frame() && has_frame => {
                return Err(Broken("there are two pictures in one"));
            }
            marker => {
                has_frame |= segment.is_frame();
                put(&mut picture, marker, segment.body);
            }
        }
        if segment.marker == SOS {
            has_scan = true;
            let end = scan_end(bytes, at).ok_or(CUT_SHORT)?;
            picture.extend_from_slice(bytes.get(at..end).unwrap_or_default());
            at = end;
        }
    }
    if !has_scan {
        return Err(NO_PICTURE);
    }
    if exif::remains(&picture) {
        return Err(Broken("there are metadata among the pixels"));
    }
    let mut out = vec![0xff, SOI];
    out.reserve(picture.len() + 1024);
    extras.write(&mut out);
    out.append(&mut picture);
    out.extend([0xff, EOI]);
    Ok(out)
}

/// The size in the header, as it is stored: before any orientation.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let segment = Segment::at(bytes, at).ok()?;
        if segment.is_frame() {
            let (height, width) = (u16_be(segment.body, 1)?, u16_be(segment.body, 3)?);
            return Some((width.into(), height.into()));
        }
        if matches!(segment.marker, SOS | EOI) {
            return None;
        }
        at = segment.end;
    }
}

/// Writes a segment. Its body was read from one, or is short.
fn put(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(body);
}

/// Where the pixels that begin at `at` end: at a marker that is neither an escape nor a restart.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

fn is_component_count(count: u8) -> bool {
    (1..=COMPONENTS_MAX).contains(&count)
}

fn are_quantization_tables(mut body: &[u8]) -> bool {
    let has_some = !body.is_empty();
    while let Some((head, rest)) = body.split_first() {
        let precision = usize::from(head >> 4);
        match rest.get(64 * (1 + precision)..) {
            Some(rest) if precision <= 1 && head & 15 <= 3 => body = rest,
            _ => return false,
        }
    }
    has_some
}

fn are_huffman_tables(mut body: &[u8]) -> bool {
    let has_some = !body.is_empty();
    while let Some((head, rest)) = body.split_first() {
        let counts = array::<16>(rest, 0).unwrap_or([u8::MAX; 16]);
        let count = counts.into_iter().map(usize::from).sum::<usize>();
        match rest.get(16 + count..) {
            Some(rest) if count <= 256 && head >> 4 <= 1 && head & 15 <= 3 => body = rest,
            _ => return false,
        }
    }
    has_some
}

/// Whether the segments, in order, are one profile, whole and as long as it says, and holds no
/// Exif or XMP.
fn is_profile(segments: &[&[u8]]) -> bool {
    let Some(first) = segments.first() else { return false };
    let is_numbered = segments.iter().zip(1_usize..).all(|(body, number)| {
        let place = array::<2>(body, ICC.len()).map(|place| place.map(usize::from));
        place == Some([number, segments.len()])
    });
    let bytes =
        segments.iter().map(|body| body.len().saturating_sub(ICC_HEAD_BYTES)).sum::<usize>();
    let size = u32_be(first, ICC_HEAD_BYTES).and_then(|size| usize::try_from(size).ok());
    let signature = array(first, ICC_HEAD_BYTES + ICC_SIGNATURE_AT);
    let is_clean = !segments.iter().any(|body| exif::remains(body));
    is_numbered && size == Some(bytes) && signature == Some(*b"acsp") && is_clean
}
