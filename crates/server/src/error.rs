//! The one error of the product. It knows nothing of HTTP; `http::problem` gives it a status.

/// What every operation answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong: a variant for each thing that a caller would do differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing does not exist, or is in another workspace: the caller cannot tell which.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// A value that a rule refuses; `problem` goes on where "The 'x' field" ends.
    #[error("The '{field}' field {problem}.")]
    Invalid {
        /// The field as the request spells it.
        field: String,
        /// `must …`
        problem: String,
    },
    /// A parameter of the query that a rule refuses.
    #[error("The '{param}' parameter {problem}.")]
    BadParameter {
        /// The parameter as the request spells it.
        param: String,
        /// `must …`
        problem: String,
    },
    /// A field that is not there.
    #[error("The '{0}' field is required.")]
    Missing(&'static str),
    /// Another thing of the workspace has this value already.
    #[error("The '{field}' field is already in use by {by}.")]
    Taken {
        /// The field as the request spells it.
        field: &'static str,
        /// Which thing: whoever may create one may also see it.
        by: String,
    },
    /// What was asked does not fit what is; the sentence says why.
    #[error("{0}")]
    Conflict(String),
    /// The credential is none, or none any more; the sentence says what to do.
    #[error("{0}")]
    Unauthorized(String),
    /// Known, and not allowed; the sentence says what is missing.
    #[error("{0}")]
    Forbidden(String),
    /// The same `Idempotency-Key` came with another request.
    #[error("The 'Idempotency-Key' was used before with another request: use a new key.")]
    KeyReused,
    /// A queue is full, or the database is away. Nothing was done: trying again later is right.
    #[error("The server is busy; try again in a moment.")]
    Busy,
    /// A list or a search took longer than it may.
    #[error("This took too long and was given up: ask for less, such as a rarer word or filter.")]
    Slow,
    /// There is no room on the disk. Nothing was done.
    #[error("The server's disk is full: nothing can be saved until there is room.")]
    Full,
    /// The connection was lost in the middle of a commit. Trying again blindly may do it twice.
    #[error("It is not known whether the change was kept: look before you try again.")]
    CommitUnknown,
    /// A bug, or a broken disk. Its source is logged once, at the edge, and never sent.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Hides `source` from the caller.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// `field` breaks a rule: `problem` says what it must be.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), problem: problem.into() }
    }

    /// `param` of the query breaks a rule: `problem` says what it must be.
    pub fn bad_parameter(param: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::BadParameter { param: param.into(), problem: problem.into() }
    }
}

impl From<store::Error> for Error {
    fn from(source: store::Error) -> Self {
        match source {
            store::Error::Busy => Self::Busy,
            store::Error::Slow => Self::Slow,
            store::Error::Full => Self::Full,
            store::Error::CommitUnknown => Self::CommitUnknown,
            store::Error::Refused(_) | store::Error::Internal(_) => Self::internal(source),
        }
    }
}

impl From<serde_json::Error> for Error {
    /// Of what we write and read ourselves: a person's JSON is read at the edge.
    fn from(source: serde_json::Error) -> Self {
        Self::internal(source)
    }
}
