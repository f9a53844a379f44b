//! Pictures made by hand: each can be drawn, and tells where it was taken in every way it can.

/// Stands in every place that may tell where a picture was taken.
pub(crate) const PLACE: &[u8] = b"51.5007N 0.1246W Westminster";

/// A picture with a place in it, and the same without.
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) full: Vec<u8>,
    pub(crate) bare: Vec<u8>,
    pub(crate) size: (u32, u32),
}

pub(crate) fn all() -> Vec<Fixture> {
    let of = |name, full, bare, size| Fixture { name, full, bare, size };
    let (full, bare) = (jpeg(&telling(), &appended()), jpeg(&silent(), &[]));
    let extended = webp_extended(&webp_chunk(b"VP8 ", WEBP_LOSSY), 0);
    let moving = webp_extended(&webp_animation(&[]), 0x02);
    vec![
        of("jpeg", full, bare, (8, 8)),
        of("png", png(&png_telling()), png(&[]), (1, 1)),
        of("webp", extended.0, extended.1, (1, 1)),
        of("webp lossless", webp(&webp_lossless()), webp(&webp_lossless()), (1, 1)),
        of("webp moving", moving.0, webp_extended(&webp_animation(&[]), 0x02).1, (1, 1)),
        of("gif", gif(&[gif_comment(), gif_xmp(), gif_text()].concat()), gif(&[]), (4, 4)),
    ]
}

/// TIFF with an orientation and a directory of GPS.
pub(crate) fn tiff(orientation: u16) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut entry = Vec::new();
        entry.extend(tag.to_le_bytes());
        entry.extend(kind.to_le_bytes());
        entry.extend(count.to_le_bytes());
        entry.extend(value.to_le_bytes());
        entry
    };
    let count = u32::try_from(PLACE.len()).expect("it fits");
    // The head, two entries, and where the next directory is.
    let gps_at = 8 + 2 + 2 * 12 + 4;
    let (latitude_at, place_at) = (gps_at + 2 + 3 * 12 + 4, gps_at + 2 + 3 * 12 + 4 + 24);
    let rationals = [51_u32, 1, 30, 1, 2, 1].map(u32::to_le_bytes).concat();
    [
        b"II\x2a\0\x08\0\0\0\x02\0".to_vec(),
        entry(0x0112, 3, 1, orientation.into()),
        entry(0x8825, 4, 1, gps_at),
        vec![0; 4],
        3_u16.to_le_bytes().to_vec(),
        entry(1, 2, 2, u32::from(b'N')),
        entry(2, 5, 3, latitude_at),
        entry(0x1c, 7, count, place_at),
        vec![0; 4],
        rationals,
        PLACE.to_vec(),
    ]
    .concat()
}

pub(crate) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("it fits");
    [&[0xff, marker], length.to_be_bytes().as_slice(), body].concat()
}

pub(crate) fn xmp() -> Vec<u8> {
    [b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSAreaInformation>", PLACE, b"</x:xmpmeta>"]
        .concat()
}

pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    segment(0xe1, &[b"Exif\0\0".as_slice(), &tiff(orientation)].concat())
}

fn jfif(thumbnail: &[u8]) -> Vec<u8> {
    let side = u8::from(!thumbnail.is_empty());
    let head = b"JFIF\0\x01\x02\0\0\x01\0\x01".as_slice();
    segment(0xe0, &[head, &[side, side], thumbnail].concat())
}

/// A profile, in two segments.
fn profile() -> Vec<u8> {
    let mut profile = [7; 200];
    profile[..4].copy_from_slice(&200_u32.to_be_bytes());
    profile[36..40].copy_from_slice(b"acsp");
    let (first, second) = profile.split_at(150);
    let head = b"ICC_PROFILE\0";
    [
        segment(0xe2, &[head.as_slice(), &[1, 2], first].concat()),
        segment(0xe2, &[head.as_slice(), &[2, 2], second].concat()),
    ]
    .concat()
}

fn telling() -> Vec<u8> {
    let namespace = b"http://ns.adobe.com/xap/1.0/\0".as_slice();
    [
        jfif(b"rgb"),
        exif(6),
        segment(0xe1, &[namespace, &xmp()].concat()),
        segment(0xe2, &[b"MPF\0".as_slice(), PLACE].concat()),
        segment(0xed, &[b"Photoshop 3.0\x008BIM".as_slice(), PLACE].concat()),
        segment(0xfe, PLACE),
        segment(0xe5, PLACE),
        // A part of a profile cannot be told from what follows it, once bytes of it are lost.
        profile(),
        segment(0xee, b"Adobe\0\x64\0\0\0\0\0"),
    ]
    .concat()
}

fn silent() -> Vec<u8> {
    let entry = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
    let tiff = [b"MM\0\x2a\0\0\0\x08\0\x01".as_slice(), &entry, &[0; 4]].concat();
    let exif = segment(0xe1, &[b"Exif\0\0".as_slice(), &tiff].concat());
    [jfif(b""), exif, profile(), segment(0xee, b"Adobe\0\x64\0\0\0\0\0")].concat()
}

/// What telephones write behind a picture: another one, and a film.
fn appended() -> Vec<u8> {
    let mut all = jpeg(&exif(3), &[]);
    all.extend_from_slice(b"\0\0\0\x10ftypmp42\0\0\0\0");
    all.extend_from_slice(PLACE);
    all
}

/// Eight by eight pixels of grey: one bit says that they are even, and one that nothing follows.
pub(crate) fn jpeg(extras: &[u8], tail: &[u8]) -> Vec<u8> {
    let mut table = vec![0];
    table.extend([1; 64]);
    let mut huffman = [0; 18];
    huffman[1] = 1;
    let mut huffman_ac = huffman;
    huffman_ac[0] = 0x10;
    [
        vec![0xff, 0xd8],
        extras.to_vec(),
        segment(0xdb, &table),
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xc4, &huffman),
        segment(0xc4, &huffman_ac),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0x3f, 0xff, 0xd9],
        tail.to_vec(),
    ]
    .concat()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    !crc
}

pub(crate) fn png_chunk(letters: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let checked = [letters, body].concat();
    let length = u32::try_from(body.len()).expect("it fits");
    [&length.to_be_bytes(), checked.as_slice(), &crc(&checked).to_be_bytes()].concat()
}

fn png_telling() -> Vec<u8> {
    [
        png_chunk(b"eXIf", &tiff(6)),
        png_chunk(b"tEXt", &[b"Comment\0", PLACE].concat()),
        png_chunk(b"zTXt", &[b"Comment\0\0".as_slice(), PLACE].concat()),
        png_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), &xmp()].concat()),
        png_chunk(b"tIME", &[7, 0xea, 1, 2, 3, 4, 5]),
        png_chunk(b"caBX", PLACE),
    ]
    .concat()
}

/// One grey pixel. `extras` come before its colours and after them, and a film after it all.
pub(crate) fn png(extras: &[u8]) -> Vec<u8> {
    let tail = if extras.is_empty() { &[] } else { PLACE };
    // A stored block of two bytes, the filter and the pixel, and their checksum.
    let pixels = [0x78, 0x01, 1, 2, 0, 0xfd, 0xff, 0, 0x80, 0, 0x82, 0, 0x81];
    [
        b"\x89PNG\r\n\x1a\n",
        png_chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]).as_slice(),
        png_chunk(b"gAMA", &45_455_u32.to_be_bytes()).as_slice(),
        extras,
        &png_chunk(b"IDAT", &pixels),
        extras,
        &png_chunk(b"IEND", &[]),
        tail,
    ]
    .concat()
}

const WEBP_LOSSY: &[u8] = &[
    0x30, 0x01, 0x00, 0x9d, 0x01, 0x2a, 0x01, 0x00, 0x01, 0x00, 0x0e, 0xc0, 0xfe, 0x25, 0xa4, 0x00,
    0x03, 0x70, 0x00, 0x00, 0x00, 0x00,
];
const WEBP_LOSSLESS: &[u8] =
    &[0x2f, 0x00, 0x00, 0x00, 0x10, 0x07, 0x10, 0x11, 0x11, 0x88, 0x88, 0xfe, 0x07];

fn webp_chunk(letters: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("it fits");
    let padding = vec![0; body.len() % 2];
    [letters, length.to_le_bytes().as_slice(), body, &padding].concat()
}

fn webp(chunks: &[u8]) -> Vec<u8> {
    let size = u32::try_from(chunks.len() + 4).expect("it fits");
    [b"RIFF", size.to_le_bytes().as_slice(), b"WEBP", chunks].concat()
}

fn webp_lossless() -> Vec<u8> {
    webp_chunk(b"VP8L", WEBP_LOSSLESS)
}

/// An animation of one frame, with `extras` among its pixels.
fn webp_animation(extras: &[u8]) -> Vec<u8> {
    let frame = [vec![0; 16].as_slice(), extras, &webp_lossless()].concat();
    [webp_chunk(b"ANIM", &[0; 6]), webp_chunk(b"ANMF", &frame)].concat()
}

/// The picture with metadata after it, and without.
fn webp_extended(picture: &[u8], flags: u8) -> (Vec<u8>, Vec<u8>) {
    let header = |flags| webp_chunk(b"VP8X", &[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let telling =
        [webp_chunk(b"EXIF", &tiff(6)), webp_chunk(b"XMP ", &xmp()), webp_chunk(b"C2PA", PLACE)];
    let full = [header(flags | 0x0c).as_slice(), picture, &telling.concat()].concat();
    let full = [webp(&full).as_slice(), PLACE].concat();
    (full, webp(&[header(flags).as_slice(), picture].concat()))
}

/// Sub-blocks of at most `max` bytes, and their end.
fn sub_blocks(bytes: &[u8], max: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for part in bytes.chunks(max) {
        out.push(u8::try_from(part.len()).expect("it fits"));
        out.extend_from_slice(part);
    }
    out.push(0);
    out
}

pub(crate) fn gif_comment() -> Vec<u8> {
    [vec![0x21, 0xfe], sub_blocks(PLACE, 255)].concat()
}

/// XMP lies in a GIF as it is, and a ramp behind it leads every reader of sub-blocks to its end.
fn gif_xmp() -> Vec<u8> {
    let ramp: Vec<u8> = std::iter::once(1).chain((0..=255).rev()).chain([0]).collect();
    [b"\x21\xff\x0bXMP DataXMP".as_slice(), &xmp(), &ramp].concat()
}

/// A text with a graphic control of its own, which goes with it.
fn gif_text() -> Vec<u8> {
    let control = [0x21, 0xf9, 4, 0, 9, 0, 0, 0].as_slice();
    let head = [0x21, 0x01, 12, 0, 0, 0, 0, 4, 0, 4, 0, 1, 1, 1, 0].as_slice();
    [control, head, &sub_blocks(PLACE, 255)].concat()
}

/// Two frames of four by four pixels, for ever. `extras` come before each frame and after them.
pub(crate) fn gif(extras: &[u8]) -> Vec<u8> {
    // Clear, sixteen pixels as the codes 0, 6, 7, 8, 9 and 0 for 1 + 2 + 3 + 4 + 5 + 1, and the end.
    let codes = [(4, 3), (0, 3), (6, 3), (7, 3), (8, 4), (9, 4), (0, 4), (5, 4)];
    let (mut bits, mut at) = (0_u64, 0);
    for (code, width) in codes {
        bits |= code << at;
        at += width;
    }
    let pixels = bits.to_le_bytes()[..4].to_vec();
    assert_eq!(at, 28);
    let frame = [
        vec![0x21, 0xf9, 4, 0, 5, 0, 0, 0],
        vec![0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0, 2],
        sub_blocks(&pixels, 3),
    ]
    .concat();
    let head = b"GIF89a\x04\0\x04\0\x80\0\0\x10\x20\x30\xff\xff\xff".as_slice();
    let repeat = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".as_slice();
    let tail = if extras.is_empty() { &[] } else { PLACE };
    [head, repeat, extras, &frame, extras, &frame, extras, b"\x3b", tail].concat()
}
