//! A conversation as one document, for people to keep.

use std::fmt::Write as _;

use store::ReadTx;

use super::{Conversation, Message, Sort, between, find};
use crate::{error::Result, id::ConversationId};

/// How a transcript is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Messages as the API shows them.
    #[default]
    Json,
    /// Lines of text.
    Text,
    /// A page that mail programs show: no script, no style sheet, nothing fetched.
    Html,
}

/// Messages of one transcript: the first ones.
const MESSAGES_MAX: i64 = 2_000;

/// The conversation, and what was said in it: without notes, 2,000 messages at most.
///
/// # Errors
/// When there is no such conversation.
pub fn transcript(
    tx: &mut ReadTx<'_>,
    id: &ConversationId,
) -> Result<(Conversation, Vec<Message>)> {
    let conversation = find(tx, id, None)?;
    let order = (Sort::OldestFirst, MESSAGES_MAX);
    let said = between(tx, &conversation.id, (0, i64::MAX), order)?;
    Ok((conversation, said))
}

/// A transcript as lines of text.
pub fn as_text(conversation: &Conversation, messages: &[Message]) -> String {
    let mut text = format!("{}\n\n", title(conversation));
    for message in messages {
        let at = message.created_at.strftime("%Y-%m-%d %H:%M");
        // Writing to a text does not fail.
        let _written = writeln!(text, "[{at} UTC] {}: {}", speaker(message), said(message));
        for name in attached(message) {
            let _written = writeln!(text, "    attached: {name}");
        }
    }
    text
}

/// A transcript as a page. Whatever was said is text in it, never markup.
pub fn as_html(conversation: &Conversation, messages: &[Message]) -> String {
    let title = escape(&title(conversation));
    let mut page = format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n<dl>\n"
    );
    for message in messages {
        let at = message.created_at.strftime("%Y-%m-%d %H:%M");
        let (who, what) = (escape(&speaker(message)), escape(&said(message)));
        let what = what.replace('\n', "<br>");
        let _written = writeln!(page, "<dt><b>{who}</b> <small>{at} UTC</small></dt>");
        let _written = writeln!(page, "<dd dir=\"auto\">{what}</dd>");
        for name in attached(message) {
            let _written = writeln!(page, "<dd>attached: {}</dd>", escape(&name));
        }
    }
    page.push_str("</dl>\n</body></html>\n");
    page
}

fn title(conversation: &Conversation) -> String {
    let day = conversation.created_at.strftime("%Y-%m-%d");
    match conversation.visitor.name.as_deref() {
        Some(name) => format!("Conversation with {name}, {day}"),
        None => format!("Conversation of {day}"),
    }
}

fn speaker(message: &Message) -> String {
    let name = match message.kind.as_str() {
        "visitor" => message.visitor.as_ref().and_then(|who| who.name.clone()),
        _ => message.operator.as_ref().map(|operator| operator.name.clone()),
    };
    name.unwrap_or_else(|| {
        let word = match message.kind.as_str() {
            "visitor" => "Visitor",
            "operator" => "Team",
            "bot" => "Bot",
            _ => "System",
        };
        word.to_owned()
    })
}

fn said(message: &Message) -> String {
    if message.deleted_at.is_some() { "(deleted)".to_owned() } else { message.body.clone() }
}

fn attached(message: &Message) -> Vec<String> {
    let all = message.attachments().unwrap_or_default();
    all.into_iter().map(|one| one.name).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
