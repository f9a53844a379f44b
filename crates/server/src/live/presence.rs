//! Who is there, who writes, who looks: known while it lasts, and written down as little as it can be.

use std::time::Duration;

use store::Scope;

use super::{
    Hub, Listener,
    frame::{Person, Said, Signal, TYPING_S},
    keep_there, visitors_here,
};
use crate::{
    conversation,
    error::{Error, Result},
    id::{ConversationId, VisitorId},
    visitor::{self, CurrentPage},
};

/// How often visitors who listen are written down as being there.
const BEAT_EVERY: Duration = Duration::from_secs(30);
/// Visitors of one write.
const BEAT_AT_ONCE: usize = 100;
/// Whoever comes back within this was never away: a reload is no departure.
const DAMPING: Duration = Duration::from_secs(5);
const URL_BYTES_MAX: usize = 2_000;
const TITLE_CHARS_MAX: usize = 300;

/// A visitor has their first connection on this node.
pub(super) async fn arrived(hub: &Hub, listener: &Listener) -> Result<()> {
    let Listener::Visitor { scope, visitor, .. } = listener else { return Ok(()) };
    keep_there(hub, scope.workspace(), vec![visitor.clone()]).await?;
    let id = visitor.clone();
    let known = hub.0.store.glance(scope, move |tx| visitor::find(tx, &id)).await?;
    let page = known.current_page.and_then(|page| serde_json::from_str(page.get()).ok());
    tell(hub, scope, visitor, Some(true), page);
    Ok(())
}

/// A visitor's last connection on this node is gone; perhaps they are, too.
pub(super) fn left(hub: &Hub, listener: &Listener) {
    let Listener::Visitor { scope, visitor, .. } = listener else { return };
    let (hub, scope, visitor) = (hub.clone(), scope.clone(), visitor.clone());
    // At the end of the program there is nothing to run it on, and nobody to tell.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(async move {
        tokio::time::sleep(DAMPING).await;
        if hub.has(scope.workspace(), &visitor) {
            return;
        }
        let gone = visitor.clone();
        let background = scope.clone().in_background();
        let write = hub.0.store.write(&background, move |tx| visitor::leave(tx, &gone));
        match write.await {
            Ok(()) => tell(&hub, &scope, &visitor, Some(false), None),
            Err::<_, Error>(error) => tracing::warn!(?error, "a visitor's leaving was not noted"),
        }
    });
}

/// An operator whose connection is gone looks at nothing.
pub(super) fn looks_away(hub: &Hub, listener: &Listener) {
    let Listener::Team { scope, operator: Some((id, name)), .. } = listener else { return };
    let operator = Person::operator(id, name);
    let signal = Signal::Viewing { conversation_id: None, operator };
    hub.signal(scope.workspace(), &signal);
}

fn tell(
    hub: &Hub,
    scope: &Scope,
    visitor: &VisitorId,
    online: Option<bool>,
    page: Option<CurrentPage>,
) {
    let online = online.unwrap_or(true);
    let signal = Signal::Presence { visitor_id: visitor.clone(), online, page };
    hub.signal(scope.workspace(), &signal);
}

/// Writes down, from time to time, that those who listen are there.
pub async fn beat(hub: Hub) {
    loop {
        tokio::time::sleep(BEAT_EVERY).await;
        for (workspace, ids) in visitors_here(&hub) {
            for chunk in ids.chunks(BEAT_AT_ONCE) {
                if let Err(error) = keep_there(&hub, &workspace, chunk.to_vec()).await {
                    tracing::warn!(?error, "who is there was not written down");
                }
            }
        }
    }
}

/// Passes on what a listener tells of themselves, if it is theirs to tell.
pub(super) async fn hear(hub: &Hub, listener: &Listener, said: Said) -> Result<()> {
    let scope = listener.scope();
    match (listener, said) {
        (_, Said::Pong | Said::Hello { .. }) => Ok(()),
        (Listener::Team { operator, .. }, Said::Typing { conversation_id }) => {
            let Some((id, name)) = operator else { return Err(nobody()) };
            find(hub, scope, conversation_id.clone()).await?;
            let by = Person::operator(id, name);
            let expires_s = TYPING_S;
            hub.signal(scope.workspace(), &Signal::Typing { conversation_id, by, expires_s });
            Ok(())
        }
        (Listener::Visitor { visitor, .. }, Said::Typing { conversation_id }) => {
            let talk = find(hub, scope, conversation_id.clone()).await?;
            if talk.visitor.id != *visitor {
                return Err(Error::NotFound("conversation"));
            }
            let id = Some(visitor.as_str().to_owned());
            let by = Person { kind: "visitor".to_owned(), id, name: talk.visitor.name };
            let expires_s = TYPING_S;
            hub.signal(scope.workspace(), &Signal::Typing { conversation_id, by, expires_s });
            Ok(())
        }
        (Listener::Team { operator, .. }, Said::Viewing { conversation_id }) => {
            let Some((id, name)) = operator else { return Err(nobody()) };
            let operator = Person::operator(id, name);
            hub.signal(scope.workspace(), &Signal::Viewing { conversation_id, operator });
            Ok(())
        }
        (Listener::Visitor { is_followed: false, .. }, Said::Page { .. }) => Ok(()),
        (Listener::Visitor { visitor, .. }, Said::Page { url, title }) => {
            let url = media::visit::clean_url(&url, &[]);
            let url = url.filter(|url| url.len() <= URL_BYTES_MAX);
            let Some(url) = url else { return Err(Error::invalid("url", "must be a page")) };
            let title = title.map(|text| text.chars().take(TITLE_CHARS_MAX).collect());
            tell(hub, scope, visitor, Some(true), Some(CurrentPage { url, title }));
            Ok(())
        }
        (Listener::Visitor { .. }, Said::Viewing { .. })
        | (Listener::Team { .. }, Said::Page { .. }) => {
            Err(Error::invalid("type", "must be one that you may send"))
        }
    }
}

fn nobody() -> Error {
    Error::invalid("operator_id", "must say in 'hello' which operator you are")
}

async fn find(hub: &Hub, scope: &Scope, id: ConversationId) -> Result<conversation::Conversation> {
    hub.0.store.glance(scope, move |tx| conversation::find(tx, &id, None)).await
}
