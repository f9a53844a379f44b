//! What handlers answer with.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    idempotency::Recorded,
};

/// One object, in the envelope that each has: `{"data": …}`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct Data<T> {
    /// The object.
    pub data: T,
}

/// The same, short.
#[expect(non_snake_case, reason = "it reads as the constructor of a tuple")]
pub fn Data<T>(data: T) -> Data<T> {
    Data { data }
}

/// A whole answer, made in the transaction of its effect.
#[derive(Debug)]
pub struct Reply {
    pub(super) recorded: Recorded,
    pub(super) subject: String,
    is_replayed: bool,
    /// Whether it shows what is shown once.
    pub(super) is_secret: bool,
}

/// What most objects fit in, so that their text does not grow step by step.
const OBJECT_BYTES: usize = 1_024;
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

impl Reply {
    /// `{"data": …}` about `subject`, which is whom the recorded reply is deleted with.
    ///
    /// # Errors
    /// Only if `data` cannot be JSON.
    pub fn new<T: Serialize>(status: StatusCode, data: &T, subject: &str) -> Result<Self> {
        let body = serde_json::to_string(&Data { data })?;
        let recorded = Recorded { status: status.as_u16(), body };
        Ok(Self { recorded, subject: subject.to_owned(), is_replayed: false, is_secret: false })
    }

    /// The same for an answer that shows what is shown once: it is recorded sealed.
    ///
    /// # Errors
    /// Only if `data` cannot be JSON.
    pub fn secret<T: Serialize>(status: StatusCode, data: &T, subject: &str) -> Result<Self> {
        Ok(Self { is_secret: true, ..Self::new(status, data, subject)? })
    }

    /// `body` as it stands, about `subject`, which is whom the recorded reply is deleted with.
    pub fn plain(status: StatusCode, body: String, subject: &str) -> Self {
        let recorded = Recorded { status: status.as_u16(), body };
        Self { recorded, subject: subject.to_owned(), is_replayed: false, is_secret: false }
    }

    /// The status and the body.
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// The same answer, with what became of its object meanwhile.
    ///
    /// # Errors
    /// Only if `data` cannot be JSON.
    pub fn showing<T: Serialize>(mut self, data: &T) -> Result<Self> {
        self.recorded.body = serde_json::to_string(&Data { data })?;
        Ok(self)
    }

    /// The answer that was recorded.
    pub fn replayed(recorded: Recorded) -> Self {
        Self { recorded, subject: String::new(), is_replayed: true, is_secret: false }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = json(self.recorded.body.into());
        *response.status_mut() =
            StatusCode::from_u16(self.recorded.status).unwrap_or(StatusCode::OK);
        if self.is_replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(OBJECT_BYTES);
        match serde_json::to_writer(&mut body, &self) {
            Ok(()) => json(body.into()),
            Err(error) => Error::from(error).into_response(),
        }
    }
}

fn json(body: Body) -> Response {
    let mut response = Response::new(body);
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
