//! What is to be set up first, by whoever claimed the program: how far they came, on whatever device.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Tx};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::{Error, Result},
    http::{App, Body, Data, Scoped, needs},
    time,
};

/// How far the first run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct FirstRun {
    /// The screens that somebody went past.
    #[schema(value_type = std::collections::BTreeMap<String, Outcome>,
        example = json!({ "admin": "done", "site": "skipped" }))]
    pub steps: BTreeMap<Screen, Outcome>,
    /// When the program was claimed; `null` in a workspace that has no first run.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub begun_at: Option<jiff::Timestamp>,
    /// When it was done or dismissed: it is not shown again.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<jiff::Timestamp>,
    /// When the next steps in an empty inbox were put away.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hidden_at: Option<jiff::Timestamp>,
}

/// A screen of the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// Who you are, and where.
    Admin,
    /// The first site and its colour.
    Site,
    /// The line that puts the widget on its pages.
    Snippet,
    /// How mail leaves.
    Mail,
}

/// What became of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody filled it in.
    Done,
    /// Somebody left it out.
    Skipped,
}

/// What became of it since. Absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct FirstRunPatch {
    /// Screens that were gone past.
    #[schema(value_type = std::collections::BTreeMap<String, Outcome>)]
    pub steps: BTreeMap<Screen, Outcome>,
    /// `true` ends it for good.
    pub is_ended: bool,
    /// `true` puts the next steps in an empty inbox away.
    pub is_hidden: bool,
}

/// The routes of the first run.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find_it, update_it))
}

/// Begins it, in the workspace of whoever claimed the program.
///
/// # Errors
/// Those of the store.
pub fn begin(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    let sql = "insert into first_run (workspace, steps, begun_at) values (?1, '{}', ?2)
               on conflict (workspace) do nothing";
    Ok(tx.run(sql, &[now.into()])?)
}

fn find(tx: &mut ReadTx<'_>) -> Result<FirstRun> {
    let sql = "select steps, begun_at, ended_at, hidden_at from first_run where workspace = ?1";
    let found = tx.first(sql, &[], |row| {
        Ok::<_, Error>(FirstRun {
            steps: serde_json::from_str(&row.get::<String>(0)?)?,
            begun_at: row.get(1)?,
            ended_at: row.get(2)?,
            hidden_at: row.get(3)?,
        })
    })?;
    Ok(found.unwrap_or_default())
}

fn update(tx: &mut Tx<'_>, patch: FirstRunPatch) -> Result<FirstRun> {
    let mut known = find(tx)?;
    if known.begun_at.is_none() {
        return Err(Error::Conflict(
            "This workspace was not claimed, so it has no first run.".to_owned(),
        ));
    }
    let now = tx.now();
    known.steps.extend(patch.steps);
    known.ended_at = known.ended_at.or(patch.is_ended.then_some(now));
    known.hidden_at = known.hidden_at.or(patch.is_hidden.then_some(now));
    let sql = "update first_run set steps = ?2, ended_at = ?3, hidden_at = ?4 where workspace = ?1";
    let steps = serde_json::to_string(&known.steps)?;
    tx.run(sql, &[(&steps).into(), known.ended_at.into(), known.hidden_at.into()])?;
    Ok(known)
}

/// Get the first run
///
/// How far whoever claimed the program has come with what is to be set up first.
#[utoipa::path(get, path = "/v1/first-run", operation_id = "getFirstRun", tag = "Settings",
    responses((status = 200, body = Data<FirstRun>)))]
async fn find_it(State(app): State<App>, key: Scoped<needs::Admin>) -> Result<Data<FirstRun>> {
    Ok(Data(app.store.read(&key.scope, find).await?))
}

/// Change the first run
///
/// Notes a screen, ends it, or puts the next steps away. 409 in a workspace that has none.
#[utoipa::path(patch, path = "/v1/first-run", operation_id = "updateFirstRun", tag = "Settings",
    request_body = FirstRunPatch, responses((status = 200, body = Data<FirstRun>)))]
async fn update_it(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Body(patch): Body<FirstRunPatch>,
) -> Result<Data<FirstRun>> {
    Ok(Data(app.store.write(&key.scope, move |tx| update(tx, patch)).await?))
}
