//! `/v1/reports`

use axum::extract::{Path, State};
use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Measure, Report, ReportStep, Span};
use crate::{
    error::{Error, Result},
    http::{App, Data, Query, Scoped, needs},
    setting::{self, Settings},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// The first day.
    #[param(example = "2026-02-01")]
    from: String,
    /// The last day; two years after the first at most.
    #[param(example = "2026-02-28")]
    to: String,
    /// How long a bar is: a day unless told otherwise.
    #[param(inline)]
    step: Option<ReportStep>,
    /// An IANA name: by whose clock days are days. The workspace's own unless told otherwise.
    #[param(example = "Europe/Lisbon")]
    timezone: Option<String>,
}

/// Get a report
///
/// What was counted between two days, in bars; and of whom or what. Counts are kept as things happen:
/// they are a moment behind, and what is deleted later stays counted.
#[utoipa::path(get, path = "/v1/reports/{measure}", operation_id = "getReport", tag = "Reports",
    params(("measure" = Measure, Path, description = "What is counted"), ReportQuery),
    responses((status = 200, body = Data<Report>)))]
async fn get(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(measure): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Result<Data<Report>> {
    let measure: Measure = serde_json::from_value(measure.into())
        .map_err(|_unknown: serde_json::Error| Error::NotFound("report"))?;
    if key.scope.sees_only().is_some() {
        let problem = "You see only what was given to you: ask somebody who sees all for reports.";
        return Err(Error::Forbidden(problem.to_owned()));
    }
    let (from, to) = (day("from", &query.from)?, day("to", &query.to)?);
    let installation = Settings::of_installation(&app.config);
    let read = app.store.read(&key.scope, move |tx| {
        let own = setting::find(tx, installation)?.timezone;
        let name = query.timezone.or(own).unwrap_or_else(|| "UTC".to_owned());
        let zone = TimeZone::get(&name)
            .map_err(|_unknown| Error::bad_parameter("timezone", "must be an IANA name"))?;
        let span = Span { from, to, zone, step: query.step.unwrap_or_default() };
        super::report(tx, measure, &span)
    });
    Ok(Data(read.await?))
}

fn day(param: &'static str, text: &str) -> Result<Date> {
    let wanted = |_| Error::bad_parameter(param, "must be a day such as 2026-02-11");
    text.parse().map_err(wanted)
}
