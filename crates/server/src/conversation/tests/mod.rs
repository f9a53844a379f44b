//! What conversations do, on both engines.

mod life;
mod message;
mod more;
