//! What a file is called on the wire, and whether a browser may show it.

use super::kind::{Kind, kind};

/// What a file is, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// What to send as `Content-Type`, with `X-Content-Type-Options: nosniff` beside it.
    pub content_type: &'static str,
    /// Whether a browser may show it.
    pub shown: Shown,
}

/// What a browser is told to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It may be shown in a page or a tab: pictures, sound, film and PDF.
    Inline,
    /// It is saved, whatever it is: everything else.
    Download,
}

const BINARY: &str = "application/octet-stream";
const TEXT: &str = "text/plain; charset=utf-8";
const CSV: &str = "text/csv; charset=utf-8";
const ZIP: &str = "application/zip";
/// What an archive is by the end of its name. Nothing is unpacked to see whether it is true.
const ARCHIVES: [(&str, &str); 3] = [
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];
/// Beginnings of what a browser runs or follows, in lower case, after `<`.
///
/// Not `body`: annotated PDFs have it in plain.
const MARKUP: [&[u8]; 7] =
    [b"!doctype", b"script", b"iframe", b"html", b"svg", b"?php", b"?xml-stylesheet"];

/// What `bytes` are, never by what the sender says. `name` tells apart only what looks alike, text
/// from CSV and archives from documents of Office, and nothing that follows from it is shown.
///
/// A picture, sound, film or PDF that has markup of HTML or SVG anywhere in it is
/// `application/octet-stream`: it means to be two things. Metadata that merely quotes some is gone
/// after [`strip_location`](super::strip_location), so ask again then. Markup alone is plain
/// text, and saved.
pub fn sniff(bytes: &[u8], name: &str) -> Sniffed {
    let inline = |content_type| match holds_markup(bytes) {
        true => Sniffed { content_type: BINARY, shown: Shown::Download },
        false => Sniffed { content_type, shown: Shown::Inline },
    };
    let download = |content_type| Sniffed { content_type, shown: Shown::Download };
    match kind(bytes) {
        Kind::Png => inline("image/png"),
        Kind::Jpeg => inline("image/jpeg"),
        Kind::Gif => inline("image/gif"),
        Kind::Webp => inline("image/webp"),
        Kind::Avif => inline("image/avif"),
        Kind::Pdf => inline("application/pdf"),
        Kind::Mp3 => inline("audio/mpeg"),
        Kind::Ogg => inline("audio/ogg"),
        Kind::Wav => inline("audio/wav"),
        Kind::M4a => inline("audio/mp4"),
        Kind::Mp4 => inline("video/mp4"),
        Kind::WebmAudio => inline("audio/webm"),
        Kind::WebmVideo => inline("video/webm"),
        // Most browsers cannot show these.
        Kind::Heic => download("image/heic"),
        Kind::QuickTime => download("video/quicktime"),
        Kind::ThreeGpp => download("video/3gpp"),
        Kind::Zip => download(archive(name)),
        Kind::Other => download(text(bytes, name)),
    }
}

fn archive(name: &str) -> &'static str {
    ARCHIVES
        .iter()
        .find(|(end, _)| has_end(name, end))
        .map_or(ZIP, |(_, content_type)| content_type)
}

fn text(bytes: &[u8], name: &str) -> &'static str {
    if bytes.contains(&0) || str::from_utf8(bytes).is_err() {
        BINARY
    } else if has_end(name, "csv") && !holds_markup(bytes) {
        CSV
    } else {
        TEXT
    }
}

fn has_end(name: &str, end: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(end))
}

/// Whether a tag that runs or frames something begins anywhere in `bytes`.
fn holds_markup(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if MARKUP.iter().any(|name| is_tag(rest, name)) {
            return true;
        }
    }
    false
}

/// Whether `bytes` begin with `name` and something that ends a name: four letters alone come up by
/// chance in a long film.
fn is_tag(bytes: &[u8], name: &[u8]) -> bool {
    let Some((head, rest)) = bytes.split_at_checked(name.len()) else { return false };
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    head.eq_ignore_ascii_case(name) && rest.first().is_none_or(ends)
}
