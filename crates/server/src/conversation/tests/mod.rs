//! What conversations do, on both engines.

mod desk;
mod life;
mod message;
mod more;
