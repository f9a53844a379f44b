//! What pages and visitors may do, and what they may not.

mod browse;
mod guard;
mod talk;
