//! A site, as the widget sees it.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    attachment::FILE_BYTES_MAX,
    site::{Form, Rated, Site, Theme, Tracking, Trigger},
    time,
};

/// Kinds of files that a picker offers.
const TYPES: [&str; 12] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "text/csv",
    "audio/mpeg",
    "video/mp4",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// What everyone may know of a site.
#[derive(Serialize)]
pub(super) struct Face<'a> {
    key: &'a str,
    name: &'a str,
    theme: &'a Theme,
    locale: &'a str,
    texts: &'a std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>,
    is_open: bool,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    next_open_at: Option<Timestamp>,
    closed_text: Option<String>,
    timezone: Option<&'a str>,
    pre_chat: Option<&'a Form>,
    offline: Option<&'a Form>,
    triggers: &'a [Trigger],
    tracking: Tracking,
    keep_params: &'a [String],
    attachments: Attachments,
    has_rating: bool,
    privacy_url: Option<&'a str>,
}

#[derive(Serialize)]
struct Attachments {
    bytes_max: usize,
    types: [&'static str; 12],
}

impl<'a> Face<'a> {
    pub(super) fn of(site: &'a Site, now: Timestamp) -> Self {
        let opening = site.opening(now);
        let settings = &site.settings;
        Self {
            key: &site.key,
            name: &site.name,
            theme: &settings.theme,
            locale: settings.locale.as_deref().unwrap_or("auto"),
            texts: &settings.texts,
            is_open: opening.is_open,
            next_open_at: opening.next_at,
            closed_text: opening.text,
            timezone: settings.hours.as_ref().map(|hours| hours.timezone.as_str()),
            pre_chat: settings.pre_chat.as_ref(),
            offline: settings.offline.as_ref(),
            triggers: &settings.triggers,
            tracking: settings.tracking,
            keep_params: &settings.keep_params,
            attachments: Attachments { bytes_max: FILE_BYTES_MAX, types: TYPES },
            has_rating: settings.rating == Rated::Asked,
            privacy_url: settings.privacy_url.as_deref(),
        }
    }
}

/// The little that the loader needs before anybody opens the chat.
#[derive(Serialize)]
pub(super) struct Small<'a> {
    key: &'a str,
    name: &'a str,
    theme: &'a Theme,
    locale: &'a str,
    triggers: &'a [Trigger],
    tracking: Tracking,
    keep_params: &'a [String],
}

impl<'a> Small<'a> {
    pub(super) fn of(site: &'a Site) -> Self {
        let settings = &site.settings;
        Self {
            key: &site.key,
            name: &site.name,
            theme: &settings.theme,
            locale: settings.locale.as_deref().unwrap_or("auto"),
            triggers: &settings.triggers,
            tracking: settings.tracking,
            keep_params: &settings.keep_params,
        }
    }
}
