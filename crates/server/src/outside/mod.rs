//! Everything that leaves the building for somebody else's. Nothing else of the program has a client
//! of HTTP: whom it may reach is decided in one place.

mod acme;
mod client;
mod guard;

pub use self::{
    acme::{Acme, CHALLENGE},
    client::{Address, Client, Failure, Outgoing, Reply},
    guard::{Guard, Refusal},
};
