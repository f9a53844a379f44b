//! What an uploaded file is, whether it may be shown, and what to take out of it first.
//!
//! Read the modules in this order. Each may use the ones above it, and none below.

mod bytes;
mod kind;
mod sniff;
mod exif;
mod jpeg;
mod png;
mod webp;
mod gif;
mod strip;
mod size;
mod name;

pub use name::{content_disposition, safe_name};
pub use size::{PIXELS_MAX, TooManyPixels, dimensions};
pub use sniff::{Shown, Sniffed, sniff};
pub use strip::{Broken, may_hold_location, strip_location};
