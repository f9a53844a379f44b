//! What a browser's visit tells: who browses, where from, and in which language.
//!
//! All of it is said by the browser and can be made up, so nothing is decided by it.
//! Read the modules in this order. Each may use the ones above it, and none below.

mod secret;
mod bot;
mod agent;
mod address;
mod url;
mod language;

pub use agent::{Agent, Device};
pub use language::language;
pub use url::{Utm, clean_url, referrer_host};
