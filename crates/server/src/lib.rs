//! Switchboard: one program that answers for a business.
//!
//! Read the modules in this order. Each may use the ones above it, and none below; of `http` the
//! slices know only the extractors and the answers.

// The common words.
pub mod error;
pub mod id;
pub mod time;
pub mod change;
pub mod email;
pub mod region;
pub mod page;
pub mod table;

// The log, and durable work.
pub mod event;
pub mod job;
pub mod node;

// The slices.
pub mod workspace;
pub mod access;
pub mod config;
pub mod secret;
pub mod outside;
pub mod idempotency;
pub mod operator;
pub mod record;
pub mod contact;
pub mod setting;
pub mod dialer;
pub mod enrolment;
pub mod outbox;
pub mod account;
pub mod audit;
pub mod request_log;
pub mod oauth;
pub mod webhook;
pub mod receipt;
pub mod lead;
pub mod intake;
pub mod site;
pub mod visitor;
pub mod attachment;
pub mod conversation;
pub mod report;
pub mod routing;
pub mod live;
pub mod widget;

// The edge, and what puts everything together.
pub mod http;
pub mod work;
pub mod setup;
pub mod demo;
pub mod cli;

#[cfg(test)]
mod testing;
