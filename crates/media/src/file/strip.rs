//! Taking out of a picture what tells where it was taken, without touching its pixels.

use super::kind::{Kind, kind};
use super::{gif, jpeg, png, webp};

/// Why a picture cannot be read. It begins like one, and goes on like none; do not keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub(super) &'static str);

impl Broken {
    /// What is wrong, in plain English: "the picture ends too soon".
    pub fn reason(self) -> &'static str {
        self.0
    }
}

pub(super) const CUT_SHORT: Broken = Broken("the picture ends too soon");
pub(super) const NO_PICTURE: Broken = Broken("there is no picture in the file");

/// Formats that phones and cameras write a place into, and that are left as they are.
const UNTOUCHED: [&str; 6] =
    ["image/heic", "image/avif", "video/mp4", "audio/mp4", "video/quicktime", "video/3gpp"];

/// Takes Exif, XMP, IPTC, comments and whatever else is not needed to draw it out of a JPEG, PNG,
/// WebP or GIF. The pixels stay as they are, bit for bit, and so does the colour profile.
///
/// Of a JPEG the orientation is kept, as the only thing in a new Exif segment. What follows the end
/// of a picture goes too: the film of a "live" photo, the second picture of an HDR one, an archive
/// that somebody appended. Any other file comes back unchanged; ask [`may_hold_location`] about it.
///
/// # Errors
///
/// [`Broken`] for a picture that is cut short or garbled. Viewers would show some of these; what
/// they hide cannot be told.
pub fn strip_location(bytes: Vec<u8>) -> Result<Vec<u8>, Broken> {
    match kind(&bytes) {
        Kind::Jpeg => jpeg::strip(&bytes),
        Kind::Png => png::strip(&bytes),
        Kind::Webp => webp::strip(&bytes),
        Kind::Gif => gif::strip(&bytes),
        _ => Ok(bytes),
    }
}

/// Whether a file of this type may tell where it was made, even after [`strip_location`]: the
/// pictures, films and sound of phones that are not JPEG. Parameters after `;` do not matter.
///
/// Documents and archives are not among them, though a picture inside one may tell as well.
pub fn may_hold_location(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    UNTOUCHED.iter().any(|known| known.eq_ignore_ascii_case(essence))
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Broken {}
