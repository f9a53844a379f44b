//! The widget's door: what pages of other sites and the chat in its frame may ask for. Whoever asks
//! has the public key of a site, and perhaps the token of a visitor; nothing else is proved.

mod browse;
mod file;
mod guest;
mod site;
mod talk;

#[cfg(test)]
mod tests;

use axum::{
    Router,
    http::StatusCode,
    routing::{MethodRouter, get, post},
};

pub use self::browse::{Pages, flush};
use crate::http::App;

/// The routes of the widget. They are documented in `docs/live.md`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/widget/v1/init", door(post(talk::init)))
        .route("/widget/v1/pageview", door(post(browse::pageview)))
        .route("/widget/v1/leave", door(post(browse::leave)))
        .route("/widget/v1/identify", door(post(talk::identify)))
        .route("/widget/v1/conversations", door(get(talk::conversations)))
        .route("/widget/v1/messages", door(get(talk::messages).post(talk::send)))
        .route("/widget/v1/attachments", door(post(talk::upload)))
        .route("/widget/v1/read", door(post(talk::read)))
        .route("/widget/v1/signal", door(post(talk::signal)))
        .route("/widget/v1/rate", door(post(talk::rate)))
        .route("/widget/v1/close", door(post(talk::close)))
        .route("/widget/v1/transcript", door(post(talk::transcript)))
        .route("/widget/v1/reset", door(post(talk::reset)))
        .route("/widget/v1/forget", door(post(talk::forget)))
        .route("/widget/v1/realtime", door(get(talk::connect)))
        .route("/widget/v1/realtime/events", door(get(talk::events)))
        .route("/widget/v1/realtime/poll", door(get(talk::poll)))
        .route("/widget/frame", get(file::frame))
        .route("/widget/assets/{*path}", get(file::assets))
        .route("/widget/{loader}", get(file::loader))
        .route("/demo", get(file::demo))
        .route("/demo/{*path}", get(file::demo_assets))
}

/// Answers what browsers ask before they ask: the page must be one of the site's.
fn door(methods: MethodRouter<App>) -> MethodRouter<App> {
    methods.options(async |_: guest::Guest| StatusCode::NO_CONTENT)
}
