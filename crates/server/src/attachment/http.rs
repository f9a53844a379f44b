//! `/v1/attachments`, and the addresses of files for whoever has no key.

use axum::{
    Router,
    body::Body as RawBody,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use media::file::{self, Shown};
use serde::Deserialize;
use store::Scope;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Attachment, AttachmentId, FILE_BYTES_MAX, Kept, NewFile, Signer, new_id};
use crate::{
    error::{Error, Result},
    http::{App, Data, Problem, Query, Scoped, needs, read_bytes},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(find)).routes(routes!(content))
}

/// The routes of files for whoever has no key.
pub fn files() -> Router<App> {
    Router::new().route("/files/{workspace}/{id}", get(signed))
}

/// What a file is called.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// Its name, with its ending.
    #[param(max_length = 255)]
    #[serde(default)]
    pub name: String,
}

/// Upload a file
///
/// The body is the file, 25 MiB at most. What it is, is told from its bytes; where a picture was taken
/// is taken out. Send its id with a message within a day, or it is removed.
#[utoipa::path(post, path = "/v1/attachments", operation_id = "uploadAttachment",
    tag = "Attachments", params(UploadQuery),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = Data<Attachment>)))]
async fn upload(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<(StatusCode, Data<Attachment>), Problem> {
    let uploader = key.scope.actor().to_owned();
    let kept = keep(&app, &key.scope, &uploader, &query.name, request).await?;
    Ok((StatusCode::CREATED, Data(kept)))
}

/// Keeps a file that somebody sends: its row first, and then its bytes.
pub async fn keep(
    app: &App,
    scope: &Scope,
    uploader: &str,
    name: &str,
    request: Request,
) -> Result<Attachment, Problem> {
    let bytes = read_bytes(request, FILE_BYTES_MAX).await?;
    if bytes.is_empty() {
        return Err(Error::invalid("body", "must be the bytes of a file").into());
    }
    let name = name.to_owned();
    let looked_at = tokio::task::spawn_blocking(move || look_at(&bytes, &name)).await;
    let (file, bytes) = looked_at.map_err(Error::internal)??;
    let id = new_id(app.now(), (app.world.random)());
    let (uploader, name) = (uploader.to_owned(), id.clone());
    // The row first: what is left half-way is given up with it.
    let write = app.store.write(scope, move |tx| super::create(tx, &name, &file, &uploader));
    let kept = write.await?;
    if let Err(error) = app.blobs.put(scope.workspace(), &id, bytes).await {
        app.store.write(scope, move |tx| super::give_up(tx, &id)).await?;
        return Err(error.into());
    }
    Ok(kept)
}

/// What a file is, and its bytes without what nobody is to know.
fn look_at(bytes: &Bytes, name: &str) -> Result<(NewFile, Bytes)> {
    let dimensions = file::dimensions(bytes).map_err(|_too_many| {
        Error::invalid("body", "must be a picture of at most 50 megapixels")
    })?;
    let bytes = if dimensions.is_some() {
        let clean = file::strip_location(bytes.to_vec());
        let broken =
            |why| Error::invalid("body", format!("must be a picture that is whole: {why}"));
        Bytes::from(clean.map_err(broken)?)
    } else {
        bytes.clone()
    };
    // A word of a picture's notes is not what the picture is: so only now.
    let sniffed = file::sniff(&bytes, name);
    let file = NewFile {
        name: file::safe_name(name),
        content_type: sniffed.content_type,
        is_inline: sniffed.shown == Shown::Inline,
        size: i64::try_from(bytes.len()).map_err(Error::internal)?,
        dimensions,
    };
    Ok((file, bytes))
}

/// Get an attachment
///
/// What is known of a file.
#[utoipa::path(get, path = "/v1/attachments/{id}", operation_id = "getAttachment",
    tag = "Attachments", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Attachment>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
) -> Result<Data<Attachment>> {
    let id: AttachmentId = id.parse()?;
    let kept = app.store.read(&key.scope, move |tx| super::find(tx, &id)).await?;
    Ok(Data(kept.attachment))
}

/// Get the bytes of an attachment
///
/// What a browser may not show safely is always a download.
#[utoipa::path(get, path = "/v1/attachments/{id}/content", operation_id = "getAttachmentContent",
    tag = "Attachments", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = String, content_type = "*/*")))]
async fn content(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
) -> Result<Response> {
    bytes_of(&app, &key.scope, id.parse()?).await
}

#[derive(Deserialize)]
struct Signed {
    until: i64,
    signature: String,
}

/// The bytes of a file, for whoever was given its address within the hour.
async fn signed(
    State(app): State<App>,
    Path((workspace, id)): Path<(String, String)>,
    Query(query): Query<Signed>,
) -> Result<Response> {
    let signer = Signer::new(app.secret.clone());
    let holds = signer.holds(&workspace, &id, query.until, &query.signature);
    if !holds || query.until < app.now().as_second() {
        return Err(Error::Forbidden(
            "This address does not hold any more: load the conversation again.".to_owned(),
        ));
    }
    bytes_of(&app, &Scope::new(&workspace), id.parse()?).await
}

async fn bytes_of(app: &App, scope: &Scope, id: AttachmentId) -> Result<Response> {
    let name = id.clone();
    let kept = app.store.read(scope, move |tx| super::find(tx, &name)).await?;
    let bytes = app.blobs.get(scope.workspace(), &id).await?;
    let mut response = RawBody::from(bytes).into_response();
    describe(&kept, response.headers_mut());
    Ok(response)
}

/// Nothing in a file may run, whatever it says it is.
fn describe(kept: &Kept, headers: &mut HeaderMap) {
    let shown = if kept.is_inline { Shown::Inline } else { Shown::Download };
    let disposition = file::content_disposition(shown, &kept.attachment.name);
    let pairs = [
        (header::CONTENT_TYPE, kept.attachment.content_type.clone()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
    ];
    for (name, value) in pairs {
        let plain = HeaderValue::from_static("application/octet-stream");
        headers.insert(name, HeaderValue::try_from(value).unwrap_or(plain));
    }
    let policy = HeaderValue::from_static("same-site");
    headers.insert("cross-origin-resource-policy", policy);
}
