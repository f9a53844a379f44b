//! `/v1/contacts`

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use store::Scope;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Contact, ContactPatch, Duplicate, INDEX, ListQuery, NewContact, SearchRequest, Selection,
    TagChange,
};
use crate::{
    error::{Error, Result},
    http::{App, Body, Data, Post, Query, Reply, Scoped, needs},
    id::ContactId,
    page::Page,
};

/// Steps of the index that a search waits for: 128 entries each.
const CATCH_UP_STEPS: usize = 16;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(super::segment::segments::router())
        .routes(routes!(list, create))
        .routes(routes!(search))
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
    select(&app, &key.scope, post.into_inner().selection()?).await
}

/// Lets the index catch up with the log first, so that everyone finds what they just wrote.
async fn select(app: &App, scope: &Scope, mut selection: Selection) -> Result<Json<Page<Contact>>> {
    if selection.needs_index() {
        let lag = app.store.read(scope, |tx| INDEX.cursor.lag(tx)).await?;
        if 0 < lag && !INDEX.catch_up(&app.store, scope, CATCH_UP_STEPS).await? {
            selection.do_without_index();
        }
    }
    Ok(Json(app.store.read(scope, move |tx| super::list(tx, &selection)).await?))
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
