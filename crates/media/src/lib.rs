//! What comes from outside: what a file is and may do, and what a browser's visit tells.
//!
//! Plain functions over bytes and text, on nothing but the standard library. Whatever they are
//! given, they neither panic nor take longer than its length warrants.
//!
//! Read the modules in this order. Each may use the ones above it, and none below.

mod percent;
pub mod file;
pub mod visit;
