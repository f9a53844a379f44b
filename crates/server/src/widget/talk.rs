//! What the chat asks for. A visitor sees their own conversations, and nothing beside them.

use axum::{
    Json,
    extract::{FromRequestParts as _, Request, State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value as Json_, json};
use store::{ReadTx, Tx};

use super::{
    browse::{Page, unread},
    guest::{Guest, Known},
    site::Face,
};
use crate::{
    attachment::{self, Attachment, Signer},
    conversation::{self, ClosedBy, Conversation, NewMessage, Sort, Speaker, face},
    error::{Error, Result},
    event,
    http::{App, Body, Data, Problem, Query},
    id::{ConversationId, Id, VisitorId, kind},
    live::{
        Since,
        frame::Said,
        socket::{self, Hello},
        stream,
    },
    operator, outbox,
    setting::{self, Settings},
    site::{Claims, Enforced, Identity, Site},
    visitor::{self, Label, Proof, Visitor},
};

/// Messages that the chat begins with.
const FIRST_MESSAGES: i64 = 50;
/// Conversations that a visitor is shown.
const CONVERSATIONS_MAX: i64 = 50;
/// How long a closed conversation is shown at first.
const CLOSED_SHOWN: SignedDuration = SignedDuration::from_hours(24);
/// Of the team, at first.
const FACES_MAX: usize = 3;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InitBody {
    page: Option<Page>,
    locale: Option<String>,
    timezone: Option<String>,
    identity: Option<Identity>,
}

/// The chat opens: who it is, and what was said.
pub(super) async fn init(
    State(app): State<App>,
    guest: Guest,
    Body(body): Body<InitBody>,
) -> Result<Response> {
    let known = guest.visitor(&app, None).await?;
    let claims = proved(&app, &guest, body.identity.as_ref()).await?;
    let region = setting::http::of(&app, &guest.scope).await?.region;
    let mut browser = guest.browser.clone();
    browser.language = body.locale.as_deref().and_then(media::visit::language).or(browser.language);
    browser.timezone = body.timezone.filter(|zone| crate::contact::is_zone(zone));
    let page = body.page.filter(|_| guest.is_followed);
    let page = page.and_then(|page| page.opened(&guest.site, app.now()));
    let site = guest.site.clone();
    let write = app.store.write(&guest.scope, move |tx| {
        let (visitor, mut token) = match known {
            Some(visitor) => (visitor, None),
            None => {
                let token = visitor::new_token(tx.random());
                let made = visitor::create(tx, Some(&site.id), Some(&token), &browser)?;
                (made, Some(token))
            }
        };
        let mut visitor = visitor;
        if let Some(claims) = claims {
            let before = visitor.id.clone();
            let identified = sign_in(tx, &visitor, claims, &region)?;
            visitor = identified.visitor;
            token = identified.token.or(token.filter(|_| before == visitor.id));
        }
        if let Some(page) = page {
            visitor::note_page(tx, &visitor.id, &page)?;
        }
        visitor::see(tx, std::slice::from_ref(&visitor.id), visitor::LEASE)?;
        Ok::<_, Error>((visitor, token))
    });
    let (visitor, token) = write.await?;
    let signer = Signer::new(app.secret.clone());
    let shown = visitor.clone();
    let read = app.store.read(&guest.scope, move |tx| begin(tx, &shown, &signer));
    let mut data = read.await?;
    data["unread_count"] = unread(&app, &guest.scope, &visitor).await?.into();
    data["protocol"] = 1.into();
    data["visitor"] = serde_json::to_value(visitor.face())?;
    data["site"] = serde_json::to_value(Face::of(&guest.site, app.now()))?;
    if let Some(token) = token {
        data["token"] = token.into();
    }
    Ok(Json(json!({ "data": data })).into_response())
}

fn begin(tx: &mut ReadTx<'_>, visitor: &Visitor, signer: &Signer) -> Result<Json_> {
    let seq = event::newest(tx)?;
    let now = tx.now();
    let last = conversation::of_visitor(tx, &visitor.id, 1)?.into_iter().next();
    let last = last
        .filter(|one| one.closed_at.is_none_or(|closed| now.duration_since(closed) < CLOSED_SHOWN));
    let (conversation, messages) = match last {
        None => (Json_::Null, Vec::new()),
        Some(last) => {
            let order = (Sort::NewestFirst, FIRST_MESSAGES);
            let said = conversation::between(tx, &last.id, (0, i64::MAX), order)?;
            let mut words = seen(tx, said, signer)?;
            words.reverse();
            (serde_json::to_value(face::talk(tx, last)?)?, words)
        }
    };
    let there: Vec<_> =
        operator::all(tx)?.into_iter().filter(operator::Operator::is_available).collect();
    let faces: Vec<_> = there
        .iter()
        .take(FACES_MAX)
        .map(|one| json!({ "name": one.name, "avatar_url": one.avatar_url }))
        .collect();
    Ok(json!({
        "team": { "online": !there.is_empty(), "operators": faces },
        "conversation": conversation,
        "messages": messages,
        "seq": seq,
    }))
}

fn seen(
    tx: &mut ReadTx<'_>,
    said: Vec<conversation::Message>,
    signer: &Signer,
) -> Result<Vec<face::Words>> {
    let words = said.into_iter().map(|message| face::words(tx, message, signer));
    Ok(words.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Whom the site signed for. What is signed wrongly proves nobody, and is no error.
async fn proved(app: &App, guest: &Guest, identity: Option<&Identity>) -> Result<Option<Claims>> {
    let Some(identity) = identity else { return Ok(None) };
    let (id, key) = (guest.site.id.clone(), app.secret.clone());
    let read = app.store.read(&guest.scope, move |tx| crate::site::secrets(tx, &id, &key));
    let secrets = read.await?;
    let claims = identity.proves(&secrets, &guest.site.key, app.now());
    if claims.is_none() {
        tracing::info!(site = guest.site.id.as_str(), "an identity was not signed by its site");
    }
    Ok(claims)
}

fn sign_in(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    claims: Claims,
    region: &str,
) -> Result<visitor::Identified> {
    let Claims { sub, name, email, phone, company, custom_attributes, .. } = claims;
    let label = Label { name, email, phone, company, custom_attributes };
    let identified = visitor::identify(tx, visitor, label, &Proof::Signed(sub), region)?;
    conversation::name_visitor(tx, &identified.visitor)?;
    Ok(identified)
}

#[derive(Debug, Deserialize)]
pub(super) struct IdentifyBody {
    identity: Option<Identity>,
    #[serde(flatten)]
    label: Label,
}

/// Who the visitor is, signed by the site or as they say.
pub(super) async fn identify(
    State(app): State<App>,
    guest: Guest,
    Body(body): Body<IdentifyBody>,
) -> Result<Response> {
    let claims = proved(&app, &guest, body.identity.as_ref()).await?;
    let is_signed = body.identity.is_some();
    let region = setting::http::of(&app, &guest.scope).await?.region;
    let Known { scope, visitor, .. } = guest.known(&app, None).await?;
    let label = body.label;
    let write = app.store.write(&scope, move |tx| match claims {
        Some(claims) => sign_in(tx, &visitor, claims, &region),
        // What was meant as a proof and is none says nothing.
        None if is_signed => Ok(visitor::Identified { visitor, token: None }),
        None => {
            let identified = visitor::identify(tx, &visitor, label, &Proof::Claimed, &region)?;
            conversation::name_visitor(tx, &identified.visitor)?;
            Ok(identified)
        }
    });
    let identified = write.await?;
    let mut data = serde_json::to_value(identified.visitor.face())?;
    if let Some(token) = identified.token {
        data["token"] = token.into();
    }
    Ok(Json(json!({ "data": data })).into_response())
}

/// A visitor's own conversations, newest first.
pub(super) async fn conversations(State(app): State<App>, known: Known) -> Result<Response> {
    let id = known.visitor.id;
    let read = app.store.read(&known.scope, move |tx| {
        let all = conversation::of_visitor(tx, &id, CONVERSATIONS_MAX)?;
        all.into_iter().map(|one| face::talk(tx, one)).collect::<Result<Vec<_>>>()
    });
    Ok(Json(json!({ "data": read.await? })).into_response())
}

#[derive(Debug, Deserialize)]
pub(super) struct MessagesQuery {
    conversation_id: String,
    after: Option<i64>,
    before: Option<i64>,
    limit: Option<i64>,
    #[serde(rename = "site")]
    _site: String,
}

/// The conversation that `id` names, if it is this visitor's.
fn own(tx: &mut ReadTx<'_>, id: &ConversationId, visitor: &VisitorId) -> Result<Conversation> {
    let found = conversation::find(tx, id, None)?;
    let is_own = found.visitor.id == *visitor;
    Some(found).filter(|_| is_own).ok_or(Error::NotFound("conversation"))
}

/// What was said, oldest first.
pub(super) async fn messages(
    State(app): State<App>,
    known: Known,
    Query(query): Query<MessagesQuery>,
) -> Result<Response> {
    let id: ConversationId = query.conversation_id.parse()?;
    let limit = query.limit.unwrap_or(FIRST_MESSAGES).clamp(1, 100);
    let (after, before) = (query.after.unwrap_or(0), query.before.unwrap_or(i64::MAX));
    let signer = Signer::new(app.secret.clone());
    let read = app.store.read(&known.scope, move |tx| {
        let talk = own(tx, &id, &known.visitor.id)?;
        // Without a lower bound the newest are meant.
        let sort = if query.after.is_some() { Sort::OldestFirst } else { Sort::NewestFirst };
        let bounds = (after, before);
        let mut said = conversation::between(tx, &talk.id, bounds, (sort, limit + 1))?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = most < said.len();
        said.truncate(most);
        if sort == Sort::NewestFirst {
            said.reverse();
        }
        Ok::<_, Error>(json!({ "data": seen(tx, said, &signer)?, "has_more": has_more }))
    });
    Ok(Json(read.await?).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SendBody {
    client_id: Option<String>,
    body: String,
    conversation_id: Option<ConversationId>,
    attachments: Vec<Id<kind::Attachment>>,
    pre_chat: Map<String, Json_>,
    consent_version: Option<String>,
    page: Option<Page>,
    trigger_id: Option<String>,
}

/// A visitor says something: the first words begin a conversation.
pub(super) async fn send(
    State(app): State<App>,
    known: Known,
    Body(body): Body<SendBody>,
) -> Result<Response> {
    let Known { scope, site, visitor, is_followed } = known;
    if site.settings.identity == Enforced::Required && !visitor.is_verified {
        return Err(Error::Forbidden(
            "Sign in first: this site only talks to its users.".to_owned(),
        ));
    }
    if body.client_id.is_none() {
        return Err(Error::Missing("client_id"));
    }
    let installation = Settings::of_installation(&app.config);
    let page = body.page.clone().filter(|_| is_followed);
    let page = page.and_then(|page| page.opened(&site, app.now()));
    let signer = Signer::new(app.secret.clone());
    let write = app.store.write(&scope, move |tx| {
        let page = page.map(|page| page.url);
        let said = say(tx, &site, &visitor, body, page.as_deref(), installation)?;
        let talk = conversation::find(tx, &said.message.conversation_id, None)?;
        let message = face::words(tx, said.message, &signer)?;
        let talk = face::talk(tx, talk)?;
        let status = if said.is_new { StatusCode::CREATED } else { StatusCode::OK };
        Ok::<_, Error>((status, json!({ "data": { "message": message, "conversation": talk } })))
    });
    let (status, reply) = write.await?;
    Ok((status, Json(reply)).into_response())
}

fn say(
    tx: &mut Tx<'_>,
    site: &Site,
    visitor: &Visitor,
    body: SendBody,
    page: Option<&str>,
    installation: Settings,
) -> Result<conversation::Sent> {
    let new = NewMessage {
        body: body.body,
        kind: Some(Speaker::Visitor),
        attachments: body.attachments,
        client_id: body.client_id,
        ..NewMessage::default()
    };
    let sender = visitor.id.as_str();
    if let Some(client_id) = &new.client_id
        && let Some(known) = conversation::sent_before(tx, sender, client_id)?
    {
        let talk = conversation::find(tx, &known.conversation_id, None)?;
        return conversation::send(tx, &talk, &new, sender);
    }
    if let Some(id) = &body.conversation_id {
        let talk = own(tx, id, &visitor.id)?;
        return conversation::send(tx, &talk, &new, sender);
    }
    // The row may be newer than what the request was let in with: another request may have named them.
    let visitor = visitor::find(tx, &visitor.id)?;
    let settings = setting::find(tx, installation)?;
    let within = settings.reopened_within();
    let open = conversation::open_of(tx, &visitor.id, within)?;
    if open.is_none() && !visitor.is_verified {
        let now = tx.now();
        let answers = (&body.pre_chat, body.consent_version.as_deref());
        site.check_answers(now, answers)?;
    }
    let talk = match open {
        Some(open) if body.pre_chat.is_empty() => open,
        _ if body.pre_chat.is_empty() => conversation::open_for(tx, &visitor, page, within)?,
        _ => {
            let label = Label::of_answers(body.pre_chat);
            let (claimed, region) = (Proof::Claimed, &settings.region);
            let named = visitor::identify(tx, &visitor, label, &claimed, region)?.visitor;
            conversation::name_visitor(tx, &named)?;
            conversation::open_for(tx, &named, page, within)?
        }
    };
    if talk.last_number == 0 {
        let trigger = body.trigger_id.as_deref();
        let spoken = site.settings.triggers.iter().find(|one| Some(one.id.as_str()) == trigger);
        let spoken = spoken.map(|trigger| trigger.message.as_str());
        conversation::begin_with(tx, &talk, spoken, body.consent_version.as_deref())?;
    }
    conversation::send(tx, &talk, &new, sender)
}

#[derive(Debug, Deserialize)]
pub(super) struct UploadQuery {
    #[serde(default)]
    name: String,
    #[serde(rename = "site")]
    _site: String,
}

/// A file for a message.
pub(super) async fn upload(
    State(app): State<App>,
    known: Known,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<(StatusCode, Data<Attachment>), Problem> {
    let uploader = known.visitor.id.as_str().to_owned();
    let mut kept =
        attachment::http::keep(&app, &known.scope, &uploader, &query.name, request).await?;
    let (signer, id) = (Signer::new(app.secret.clone()), kept.id.clone());
    let read = app.store.glance(&known.scope, move |tx| Ok::<_, Error>(signer.url(tx, &id)));
    kept.url = read.await?;
    Ok((StatusCode::CREATED, Data(kept)))
}

#[derive(Debug, Deserialize)]
pub(super) struct ReadBody {
    conversation_id: ConversationId,
    number: i64,
}

/// The visitor has read up to a message.
pub(super) async fn read(
    State(app): State<App>,
    known: Known,
    Body(body): Body<ReadBody>,
) -> Result<StatusCode> {
    let write = app.store.write(&known.scope, move |tx| {
        let talk = own(tx, &body.conversation_id, &known.visitor.id)?;
        conversation::read_by_visitor(tx, &talk.id, body.number)
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a socket would have said.
pub(super) async fn signal(
    State(app): State<App>,
    known: Known,
    Body(said): Body<Said>,
) -> Result<StatusCode> {
    app.hub.hear(&known.listener(), said).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
pub(super) struct RateBody {
    conversation_id: ConversationId,
    score: i64,
    comment: Option<String>,
}

/// How it was.
pub(super) async fn rate(
    State(app): State<App>,
    known: Known,
    Body(body): Body<RateBody>,
) -> Result<Data<face::Talk>> {
    let write = app.store.write(&known.scope, move |tx| {
        let talk = own(tx, &body.conversation_id, &known.visitor.id)?;
        let rated = conversation::rate(tx, &talk.id, body.score, body.comment.as_deref())?;
        face::talk(tx, rated)
    });
    Ok(Data(write.await?))
}

#[derive(Debug, Deserialize)]
pub(super) struct WhichBody {
    conversation_id: ConversationId,
}

/// The visitor ends a conversation.
pub(super) async fn close(
    State(app): State<App>,
    known: Known,
    Body(body): Body<WhichBody>,
) -> Result<Data<face::Talk>> {
    let write = app.store.write(&known.scope, move |tx| {
        let talk = own(tx, &body.conversation_id, &known.visitor.id)?;
        let closed = conversation::close(tx, &talk.id, ClosedBy::Api)?;
        face::talk(tx, closed)
    });
    Ok(Data(write.await?))
}

/// A transcript goes to an address only if it was proved to be the visitor's: nobody gets mail because
/// a stranger wrote their address into a form.
pub(super) async fn transcript(
    State(app): State<App>,
    known: Known,
    Body(body): Body<WhichBody>,
) -> Result<StatusCode> {
    let Known { scope, visitor, .. } = known;
    let Some(email) = visitor.email.clone().filter(|_| visitor.is_verified) else {
        return Err(Error::Conflict(
            "A transcript is only mailed to an address that was verified.".to_owned(),
        ));
    };
    let write = app.store.write(&scope, move |tx| {
        let talk = own(tx, &body.conversation_id, &visitor.id)?;
        let (talk, said) = conversation::transcript(tx, &talk.id)?;
        let text = conversation::as_text(&talk, &said);
        let about = talk.contact_id.as_ref().map_or(talk.id.as_str(), |id| id.as_str());
        outbox::put(tx, &email, "Your conversation", &text, about)
    });
    write.await?;
    Ok(StatusCode::ACCEPTED)
}

/// Nobody speaks as this visitor any more.
pub(super) async fn reset(State(app): State<App>, known: Known) -> Result<StatusCode> {
    let id = known.visitor.id;
    app.store.write(&known.scope, move |tx| visitor::reset(tx, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the visitor said and did is deleted, a step at a time.
pub(super) async fn forget(State(app): State<App>, known: Known) -> Result<StatusCode> {
    let id = known.visitor.id;
    let write = app.store.write(&known.scope, move |tx| {
        visitor::reset(tx, &id)?;
        let now = tx.now();
        crate::job::enqueue(tx, crate::job::Kind::VisitorErase, id.as_str(), "", now)
    });
    write.await?;
    Ok(StatusCode::ACCEPTED)
}

/// A WebSocket of a visitor. A browser shows the token in the first frame.
pub(super) async fn connect(
    State(app): State<App>,
    guest: Guest,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
    let upgrade = upgrade.map_err(|_rejection| {
        let problem = "must be 'websocket': or use /widget/v1/realtime/events";
        Problem::from(Error::bad_parameter("Upgrade", problem))
    })?;
    Ok(socket::upgrade(upgrade, async move |hello: Hello| {
        let known = guest.known(&app, hello.token.as_deref()).await?;
        app.hub.join(known.listener()).await
    }))
}

/// The same as server-sent events.
pub(super) async fn events(
    State(app): State<App>,
    known: Known,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Response> {
    stream::events(app.hub.join(known.listener()).await?, since.known(&headers)).await
}

/// The same, a poll at a time.
pub(super) async fn poll(
    State(app): State<App>,
    known: Known,
    Query(since): Query<Since>,
) -> Result<Response> {
    stream::poll(app.hub.join(known.listener()).await?, &since).await
}
