//! How large a picture is once it is unpacked, by its header alone.

use super::kind::{Kind, kind};
use super::{gif, jpeg, png, webp};

/// Pixels of the largest picture that is taken: unpacked it fills 200 MB.
pub const PIXELS_MAX: u64 = 50_000_000;

/// A picture of more than [`PIXELS_MAX`] pixels: few bytes that would fill a reader's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyPixels {
    /// As the header has it.
    pub width: u32,
    /// As the header has it.
    pub height: u32,
}

/// Width and height of a PNG, JPEG, GIF or WebP, as they are stored.
///
/// A JPEG that is shown on its side has them the other way round. `None` for any other file, and
/// where the header is cut short, garbled, or has a side of no pixels.
///
/// # Errors
///
/// [`TooManyPixels`] for a picture of more than [`PIXELS_MAX`] pixels.
pub fn dimensions(bytes: &[u8]) -> Result<Option<(u32, u32)>, TooManyPixels> {
    let size = match kind(bytes) {
        Kind::Png => png::dimensions(bytes),
        Kind::Jpeg => jpeg::dimensions(bytes),
        Kind::Gif => gif::dimensions(bytes),
        Kind::Webp => webp::dimensions(bytes),
        _ => None,
    };
    match size {
        Some((width, height)) if PIXELS_MAX < u64::from(width) * u64::from(height) => {
            Err(TooManyPixels { width, height })
        }
        Some((0, _) | (_, 0)) => Ok(None),
        size => Ok(size),
    }
}

impl std::fmt::Display for TooManyPixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { width, height } = self;
        let megapixels = PIXELS_MAX / 1_000_000;
        write!(f, "the picture of {width} by {height} pixels has more than {megapixels} megapixels")
    }
}

impl std::error::Error for TooManyPixels {}
