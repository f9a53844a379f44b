//! Conversations of the widget are leads, too: whoever asks for leads and hot leads gets them.

use jiff::SignedDuration;
use store::Tx;

use super::{ChatChannel, Conversation, Sort, between, find};
use crate::{
    error::{Error, Result},
    id::ConversationId,
    job::{self, Done, Job},
    lead::{self, Chat, Role, Saving},
    setting::Settings,
};

/// What is said within this is saved at once.
const GATHER: SignedDuration = SignedDuration::from_secs(5);
/// Messages of a lead: the first ones.
const MESSAGES_MAX: i64 = 500;

/// What a visitor said will be saved with their lead.
pub(super) fn remember(tx: &mut Tx<'_>, conversation: &Conversation) -> Result<()> {
    if conversation.channel != ChatChannel::Web {
        return Ok(());
    }
    let at = tx.now() + GATHER;
    job::enqueue(tx, job::Kind::ConversationLead, conversation.id.as_str(), "", at)
}

/// Saves a conversation as the lead of its own session: a step of a job.
///
/// # Errors
/// Those of the store.
pub fn save_lead(tx: &mut Tx<'_>, job: &Job, installation: Settings) -> Result<Done> {
    let id: ConversationId = job.key.parse()?;
    let conversation = match find(tx, &id, None) {
        Ok(conversation) => conversation,
        Err(Error::NotFound(_)) => return Ok(Done::Whole),
        Err(error) => return Err(error),
    };
    let order = (Sort::OldestFirst, MESSAGES_MAX);
    let said = between(tx, &conversation.id, (0, i64::MAX), order)?;
    let messages = said.into_iter().filter(|message| message.deleted_at.is_none());
    let messages = messages.filter_map(|message| {
        let role = match message.kind.as_str() {
            "visitor" => Role::User,
            "operator" | "bot" => Role::Assistant,
            _ => return None,
        };
        Some(lead::Message { role, content: message.body })
    });
    let chat = Chat {
        page_url: conversation.page_url,
        name: conversation.visitor.name,
        email: conversation.visitor.email,
        messages: messages.collect(),
    };
    let settings = crate::setting::find(tx, installation)?;
    lead::save(tx, &Saving::of_chat(conversation.id.as_str(), chat), &settings)?;
    Ok(Done::Whole)
}
