//! `/v1/contacts`

use std::time::Duration;

use axum::{
    Json,
    body::Body as RawBody,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, stream};
use serde::Deserialize;
use store::Scope;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Contact, ContactPatch, Duplicate, Export, ExportRequest, INDEX, ListQuery, Narrowed,
    NewContact, SearchRequest, Selection, TagChange,
};
use crate::{
    error::{Error, Result},
    http::{App, Body, Data, Post, Query, Reply, Scoped, needs},
    id::{ContactId, Id, kind},
    page::Page,
};

/// Steps of the index that a search waits for: 128 entries each.
const CATCH_UP_STEPS: usize = 16;
/// How often a page of an export is asked for while the store is busy, and how long it waits, longer
/// each time.
const BUSY_TRIES_MAX: u32 = 5;
const BUSY_WAIT: Duration = Duration::from_millis(300);

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(super::segment::segments::router())
        .routes(routes!(list, create))
        .routes(routes!(search))
        .routes(routes!(export))
        .routes(routes!(find, update, delete))
        .routes(routes!(change_tags))
        .routes(routes!(list_duplicates))
        .routes(routes!(merge))
}

/// List contacts
///
/// Newest first.
#[utoipa::path(get, path = "/v1/contacts", operation_id = "listContacts", tag = "Contacts",
    params(ListQuery), responses((status = 200, body = Page<Contact>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Contact>>> {
    select(&app, &key.scope, query.selection()?).await
}

/// Search contacts
///
/// By words, by filters that all hold, and by trees of conditions. An empty body lists all.
#[utoipa::path(post, path = "/v1/contacts/search", operation_id = "searchContacts",
    tag = "Contacts", request_body = SearchRequest, responses((status = 200, body = Page<Contact>)))]
async fn search(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    post: Post<SearchRequest>,
) -> Result<Json<Page<Contact>>> {
    let mut asked = post.into_inner();
    if let Some(id) = asked.segment().cloned() {
        asked = within(&app, &key.scope, asked, "segment_id", id).await?;
    }
    select(&app, &key.scope, asked.selection(app.now())?).await
}

async fn within(
    app: &App,
    scope: &Scope,
    asked: SearchRequest,
    field: &'static str,
    id: Id<kind::Segment>,
) -> Result<SearchRequest> {
    let read = app.store.read(scope, move |tx| super::segment::question(tx, field, &id));
    asked.within(read.await?)
}

/// Lets the index catch up with the log first, so that everyone finds what they just wrote.
async fn select(app: &App, scope: &Scope, mut selection: Selection) -> Result<Json<Page<Contact>>> {
    catch_up(app, scope, &mut selection).await?;
    Ok(Json(app.store.read(scope, move |tx| super::list(tx, &selection)).await?))
}

async fn catch_up(app: &App, scope: &Scope, selection: &mut Selection) -> Result<()> {
    if selection.needs_index() {
        let lag = app.store.read(scope, |tx| INDEX.cursor.lag(tx)).await?;
        if 0 < lag && !INDEX.catch_up(&app.store, scope, CATCH_UP_STEPS).await? {
            selection.do_without_index();
        }
    }
    Ok(())
}

/// Export contacts
///
/// As a table (CSV, RFC 4180, UTF-8) that is sent as it is read: 100 contacts at a time, and 2,000,000 at
/// most. Cells that a spreadsheet program would take for a formula begin with an apostrophe. Whoever is
/// made, changed or deleted meanwhile is in it as they were when their lines were read, or not at all.
/// An answer that ends before its time is not whole. The log keeps who exported what.
#[utoipa::path(post, path = "/v1/contacts/export", operation_id = "exportContacts",
    tag = "Contacts", request_body = ExportRequest,
    responses((status = 200, description = "The table", content_type = "text/csv", body = String)))]
async fn export(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    post: Post<ExportRequest>,
) -> Result<Response> {
    let ExportRequest { search, segment_id, columns, bom } = post.into_inner();
    let mut asked = search.unwrap_or_default();
    let named = [("search.segment_id", asked.segment().cloned()), ("segment_id", segment_id)];
    let segment = named.iter().find_map(|(_, id)| id.clone());
    let is_narrow = asked.is_narrow() || segment.is_some();
    for (field, id) in named {
        if let Some(id) = id {
            asked = within(&app, &key.scope, asked, field, id).await?;
        }
    }
    let mut selection = asked.whole().selection(app.now()).map_err(in_search)?;
    catch_up(&app, &key.scope, &mut selection).await?;
    // The first page is read before there is an answer: what is refused is refused in words.
    let begin = app.store.read(&key.scope, move |tx| {
        let mut export = Export::new(tx, selection, columns, bom)?;
        let lines = export.next(tx)?;
        Ok::<_, Error>((export, lines))
    });
    let (export, first) = begin.await?;
    let columns = export.columns().to_vec();
    let told = app.store.write(&key.scope, move |tx| {
        let narrowed = if is_narrow { Narrowed::Yes } else { Narrowed::No };
        Export::tell(tx, &columns, segment.as_ref(), narrowed)
    });
    told.await?;
    let lines = lines(app, key.scope, export, first);
    let mut response = RawBody::from_stream(lines).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"contacts.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers would hold it all back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// A rule that was broken within `search`.
fn in_search(error: Error) -> Error {
    match error {
        Error::Invalid { field, problem } => {
            Error::Invalid { field: format!("search.{field}"), problem }
        }
        other => other,
    }
}

/// `first`, and then page after page as they are taken: one is in memory, and nothing is read for who has
/// gone.
fn lines(
    app: App,
    scope: Scope,
    export: Export,
    first: Option<Vec<u8>>,
) -> impl Stream<Item = Result<Vec<u8>>> {
    stream::unfold((first, Some(export)), move |(first, export)| {
        let (app, scope) = (app.clone(), scope.clone());
        async move {
            if let Some(lines) = first {
                return Some((Ok(lines), (None, export)));
            }
            match next(&app, &scope, export?).await {
                Ok((export, lines)) => lines.map(|lines| (Ok(lines), (None, Some(export)))),
                Err(error) => {
                    tracing::warn!(?error, "an export was broken off");
                    Some((Err(error), (None, None)))
                }
            }
        }
    })
}

/// The next page, patiently: what was begun is not broken off because much is going on.
async fn next(app: &App, scope: &Scope, export: Export) -> Result<(Export, Option<Vec<u8>>)> {
    for tried in 1.. {
        let mut going_on = export.clone();
        let read = app.store.read(scope, move |tx| {
            let lines = going_on.next(tx)?;
            Ok::<_, Error>((going_on, lines))
        });
        match read.await {
            Err(Error::Busy) if tried < BUSY_TRIES_MAX => {
                tokio::time::sleep(BUSY_WAIT * tried).await;
            }
            done => return done,
        }
    }
    Err(Error::Busy)
}

/// Create a contact
///
/// An address or a number that is someone's already is refused with 409, which names whose it is.
#[utoipa::path(post, path = "/v1/contacts", operation_id = "createContact", tag = "Contacts",
    request_body = NewContact, responses((status = 201, body = Data<Contact>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::ContactsWrite>,
    post: Post<NewContact>,
) -> Result<Reply> {
    let (email, phone) = post.body().claims();
    let created = post.run_checked(&app, &key.asker, |tx, new| {
        let contact = super::create(tx, new, "api")?;
        Reply::new(StatusCode::CREATED, &contact, contact.id.as_str())
    });
    let created = created.await;
    if let (Err(Error::Taken { .. }), Some(phone)) = (&created, phone) {
        // The address of one and the number of another: they may be one person.
        let write = app.store.write(&key.scope, move |tx| super::suggest_clash(tx, &email, &phone));
        write.await?;
    }
    created
}

/// Get a contact
///
/// The id of one that was merged leads to the one it is part of.
#[utoipa::path(get, path = "/v1/contacts/{id}", operation_id = "getContact", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Contact>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    Path(id): Path<String>,
) -> Result<Data<Contact>> {
    let id = id.parse()?;
    Ok(Data(app.store.glance(&key.scope, move |tx| super::find(tx, &id)).await?))
}

/// Change a contact
///
/// Absent fields stay, `null` clears, attributes are merged by key.
#[utoipa::path(patch, path = "/v1/contacts/{id}", operation_id = "updateContact",
    tag = "Contacts", params(("id" = String, Path, description = "Its id")),
    request_body = ContactPatch, responses((status = 200, body = Data<Contact>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::ContactsWrite>,
    Path(id): Path<String>,
    Body(patch): Body<ContactPatch>,
) -> Result<Data<Contact>> {
    let id: ContactId = id.parse()?;
    Ok(Data(app.store.write(&key.scope, move |tx| super::update(tx, &id, patch)).await?))
}

/// Erase a contact
///
/// And what is known of them, in the log and in recorded replies too.
#[utoipa::path(delete, path = "/v1/contacts/{id}", operation_id = "deleteContact",
    tag = "Contacts", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Erased")))]
async fn delete(
    State(app): State<App>,
    key: Scoped<needs::ContactsWrite>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: ContactId = id.parse()?;
    app.store.write(&key.scope, move |tx| super::delete(tx, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change tags of a contact
///
/// Sticks tags on and takes others off, whatever else there is.
#[utoipa::path(post, path = "/v1/contacts/{id}/tags", operation_id = "changeContactTags",
    tag = "Contacts", params(("id" = String, Path, description = "Its id")),
    request_body = TagChange, responses((status = 200, body = Data<Contact>)))]
async fn change_tags(
    State(app): State<App>,
    key: Scoped<needs::ContactsWrite>,
    Path(id): Path<String>,
    post: Post<TagChange>,
) -> Result<Reply> {
    let id: ContactId = id.parse()?;
    post.run(&app, &key.asker, move |tx, change| {
        let contact = super::retag(tx, &id, &change)?;
        Reply::new(StatusCode::OK, &contact, contact.id.as_str())
    })
    .await
}

/// List possible duplicates
///
/// Contacts that may be the same person, and why.
#[utoipa::path(get, path = "/v1/contacts/{id}/duplicates", operation_id = "listContactDuplicates",
    tag = "Contacts", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Vec<Duplicate>>)))]
async fn list_duplicates(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    Path(id): Path<String>,
) -> Result<Data<Vec<Duplicate>>> {
    let id: ContactId = id.parse()?;
    INDEX.catch_up(&app.store, &key.scope, CATCH_UP_STEPS).await?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::duplicates(tx, &id)).await?))
}

/// Which contact becomes part of this one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
struct Merge {
    /// It is gone afterwards, and its id leads here.
    #[schema(value_type = String)]
    contact_id: ContactId,
}

/// Merge contacts
///
/// Makes another contact part of this one. Its id leads here from now on.
#[utoipa::path(post, path = "/v1/contacts/{id}/merge", operation_id = "mergeContacts",
    tag = "Contacts", params(("id" = String, Path, description = "Its id")),
    request_body = Merge, responses((status = 200, body = Data<Contact>)))]
async fn merge(
    State(app): State<App>,
    key: Scoped<needs::ContactsWrite>,
    Path(id): Path<String>,
    post: Post<Merge>,
) -> Result<Reply> {
    let id: ContactId = id.parse()?;
    post.run(&app, &key.asker, move |tx, merge| {
        let contact = super::merge(tx, &id, &merge.contact_id)?;
        Reply::new(StatusCode::OK, &contact, contact.id.as_str())
    })
    .await
}
