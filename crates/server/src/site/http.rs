//! `/v1/sites`

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Installation, NewSite, Site, SiteSettings};
use crate::{
    error::Result,
    http::{App, Body, Data, Post, Query, Reply, Scoped, needs},
    id::{SiteId, kind},
    page::{Page, PageParams, PageQuery},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update, delete))
        .routes(routes!(find_installation))
        .routes(routes!(add_secret, drop_secrets))
}

/// List sites
///
/// Newest first.
#[utoipa::path(get, path = "/v1/sites", operation_id = "listSites", tag = "Sites",
    params(PageParams), responses((status = 200, body = Page<Site>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Query(page): Query<PageQuery<kind::Site>>,
) -> Result<Json<Page<Site>>> {
    let paging = page.paging()?;
    Ok(Json(app.store.read(&key.scope, move |tx| super::list(tx, &paging)).await?))
}

/// Create a site
///
/// A website for the widget. Its `key` is public: it goes into the tag on the pages.
#[utoipa::path(post, path = "/v1/sites", operation_id = "createSite", tag = "Sites",
    request_body = NewSite, responses((status = 201, body = Data<Site>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    post: Post<NewSite>,
) -> Result<Reply> {
    post.run(&app, &key.asker, |tx, new| {
        let made = super::create(tx, new)?;
        Reply::new(StatusCode::CREATED, &made, made.id.as_str())
    })
    .await
}

/// Get a site
///
/// How it looks and behaves.
#[utoipa::path(get, path = "/v1/sites/{id}", operation_id = "getSite", tag = "Sites",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Site>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
) -> Result<Data<Site>> {
    let id = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::find(tx, &id)).await?))
}

/// Get the installation of a site
///
/// Whether its widget is on pages, and where: what a page asks for is seen within a second.
#[utoipa::path(get, path = "/v1/sites/{id}/installation", operation_id = "getInstallation",
    tag = "Sites", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Installation>)))]
async fn find_installation(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
) -> Result<Data<Installation>> {
    let id = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::installation(tx, &id)).await?))
}

/// Change a site
///
/// Absent fields stay, `null` goes back to what a new site has.
#[utoipa::path(patch, path = "/v1/sites/{id}", operation_id = "updateSite", tag = "Sites",
    params(("id" = String, Path, description = "Its id")),
    request_body = SiteSettings, responses((status = 200, body = Data<Site>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
    Body(patch): Body<Map<String, Value>>,
) -> Result<Data<Site>> {
    let id: SiteId = id.parse()?;
    Ok(Data(app.store.write(&key.scope, move |tx| super::update(tx, &id, patch)).await?))
}

/// Delete a site
///
/// Its widget is shown no more. Its visitors and conversations stay.
#[utoipa::path(delete, path = "/v1/sites/{id}", operation_id = "deleteSite", tag = "Sites",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Deleted")))]
async fn delete(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: SiteId = id.parse()?;
    app.store.write(&key.scope, move |tx| super::delete(tx, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
struct NewSecret {
    /// Signs the identity of the site's visitors. Keep it on your server.
    secret: String,
}

/// Make a secret of a site
///
/// It signs the identity of visitors. The one before it holds until the next one is made.
#[utoipa::path(post, path = "/v1/sites/{id}/secrets", operation_id = "createSiteSecret",
    tag = "Sites", params(("id" = String, Path, description = "Its id")),
    responses((status = 201, body = Data<NewSecret>)))]
async fn add_secret(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Data<NewSecret>)> {
    let (id, sealer): (SiteId, _) = (id.parse()?, app.secret.clone());
    let write = app.store.write(&key.scope, move |tx| super::add_secret(tx, &id, &sealer));
    Ok((StatusCode::CREATED, Data(NewSecret { secret: write.await? })))
}

/// Delete the secrets of a site
///
/// Nobody's identity can be signed until there is a new one.
#[utoipa::path(delete, path = "/v1/sites/{id}/secrets", operation_id = "deleteSiteSecrets",
    tag = "Sites", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Deleted")))]
async fn drop_secrets(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: SiteId = id.parse()?;
    app.store.write(&key.scope, move |tx| super::drop_secrets(tx, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
