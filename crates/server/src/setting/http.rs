//! `/v1/settings`

use axum::extract::State;
use store::Scope;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Settings, SettingsPatch};
use crate::{
    error::Result,
    http::{App, Body, Data, Scoped, needs},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find, update)).merge(super::first_run::router())
}

/// What holds in the workspace of `scope`, for a door.
///
/// # Errors
/// Those of the store.
pub async fn of(app: &App, scope: &Scope) -> Result<Settings> {
    let installation = Settings::of_installation(&app.config);
    app.store.glance(scope, move |tx| super::find(tx, installation)).await
}

/// Get the settings
///
/// What holds in the workspace.
#[utoipa::path(get, path = "/v1/settings", operation_id = "getSettings", tag = "Settings",
    responses((status = 200, body = Data<Settings>)))]
async fn find(State(app): State<App>, key: Scoped<needs::Admin>) -> Result<Data<Settings>> {
    let installation = Settings::of_installation(&app.config);
    Ok(Data(app.store.read(&key.scope, move |tx| super::find(tx, installation)).await?))
}

/// Change the settings
///
/// Absent fields stay, `null` goes back to what the installation says.
#[utoipa::path(patch, path = "/v1/settings", operation_id = "updateSettings", tag = "Settings",
    request_body = SettingsPatch, responses((status = 200, body = Data<Settings>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Body(patch): Body<SettingsPatch>,
) -> Result<Data<Settings>> {
    let installation = Settings::of_installation(&app.config);
    let write = app.store.write(&key.scope, move |tx| super::update(tx, installation, patch));
    Ok(Data(write.await?))
}
