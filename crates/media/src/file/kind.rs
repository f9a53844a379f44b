//! The kind of a file by its first bytes, which is what a browser or a player would go by.

use super::bytes::{array, contains, head, u32_be};

/// What the first bytes promise. Whether the rest keeps it, is for whoever reads on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
    Gif,
    Webp,
    Avif,
    Heic,
    Pdf,
    Mp3,
    Ogg,
    Wav,
    M4a,
    Mp4,
    QuickTime,
    ThreeGpp,
    WebmAudio,
    WebmVideo,
    Zip,
    Other,
}

pub const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const EBML_SIGNATURE: &[u8] = b"\x1a\x45\xdf\xa3";
/// Where the type of a document of EBML stands, and its tracks: near the beginning, or not found.
const EBML_HEAD_BYTES: usize = 64;
const WEBM_HEAD_BYTES: usize = 4096;
/// Brands that a file of ISO media may list; more are not looked at.
const BRANDS_MAX: usize = 64;
const BRANDS_HEIC: [&[u8; 4]; 10] =
    [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"heif", b"mif1"];
const BRANDS_MP4: [&[u8; 4]; 16] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41",
    b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV", b"mmp4",
];

/// The kind of `bytes`. A signature counts at the very beginning only: a PDF may by its standard
/// begin a kilobyte later, and what comes before it may be a page with a script.
pub fn kind(bytes: &[u8]) -> Kind {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    if starts(PNG_SIGNATURE) {
        Kind::Png
    } else if starts(b"\xff\xd8\xff") {
        Kind::Jpeg
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Kind::Gif
    } else if starts(b"%PDF-") {
        Kind::Pdf
    } else if starts(b"OggS\0") {
        Kind::Ogg
    } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        Kind::Zip
    } else if starts(b"RIFF") {
        riff(bytes)
    } else if starts(EBML_SIGNATURE) {
        ebml(bytes)
    } else if array(bytes, 4) == Some(*b"ftyp") {
        iso_media(bytes)
    } else if starts(b"ID3") || is_mp3_frame(bytes) {
        Kind::Mp3
    } else {
        Kind::Other
    }
}

fn riff(bytes: &[u8]) -> Kind {
    match array(bytes, 8) {
        Some(form) if form == *b"WEBP" => Kind::Webp,
        Some(form) if form == *b"WAVE" => Kind::Wav,
        _ => Kind::Other,
    }
}

/// Browsers play the Matroska that calls itself `webm`. Its tracks say whether there is anything to see.
fn ebml(bytes: &[u8]) -> Kind {
    if !contains(head(bytes, EBML_HEAD_BYTES), b"webm") {
        return Kind::Other;
    }
    let tracks = head(bytes, WEBM_HEAD_BYTES);
    let has = |codecs: &[&[u8]]| codecs.iter().any(|codec| contains(tracks, codec));
    if has(&[b"A_OPUS", b"A_VORBIS"]) && !has(&[b"V_VP8", b"V_VP9", b"V_AV1"]) {
        Kind::WebmAudio
    } else {
        Kind::WebmVideo
    }
}

/// The brand goes first; the one that many share (`mif1`) leaves it to the others in the list.
fn iso_media(bytes: &[u8]) -> Kind {
    let size = u32_be(bytes, 0).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    let Some(brand) = array::<4>(bytes, 8) else { return Kind::Other };
    let listed = head(bytes, size).get(16..).unwrap_or_default();
    let (listed, _) = listed.as_chunks::<4>();
    let is_avif = |brand: &[u8; 4]| matches!(brand, b"avif" | b"avis");
    let lists_avif = listed.iter().take(BRANDS_MAX).any(is_avif);
    match &brand {
        _ if is_avif(&brand) || (brand == *b"mif1" && lists_avif) => Kind::Avif,
        _ if BRANDS_HEIC.contains(&&brand) || brand == *b"msf1" => Kind::Heic,
        b"M4A " | b"M4B " => Kind::M4a,
        b"qt  " => Kind::QuickTime,
        [b'3', b'g', _, _] => Kind::ThreeGpp,
        _ if BRANDS_MP4.contains(&&brand) => Kind::Mp4,
        _ => Kind::Other,
    }
}

/// The four bytes of a frame of layer III: eleven bits of sync, and no value that is reserved.
fn is_mp3_frame(bytes: &[u8]) -> bool {
    let Some([sync, version, rates, _]) = array(bytes, 0) else { return false };
    let is_layer_3 = sync == 0xff && version & 0xe6 == 0xe2 && version & 0x18 != 0x08;
    let (bit_rate, sample_rate) = (rates >> 4, (rates >> 2) & 3);
    is_layer_3 && (1..15).contains(&bit_rate) && sample_rate != 3
}
