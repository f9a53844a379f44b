//! What the store can answer with.

/// What every call of the store answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A queue is full, or the database is away. Nothing was done: trying again later is right.
    #[error("the store is busy")]
    Busy,
    /// A read took longer than it may. Asking for less is right.
    #[error("the read took too long")]
    Slow,
    /// The disk is full. Nothing was done; reads go on, and writes will once there is room.
    #[error("the disk is full")]
    Full,
    /// The connection was lost in the middle of a commit. Trying again blindly may do it twice.
    #[error("it is not known whether the change was kept")]
    CommitUnknown,
    /// The database cannot be served, and this sentence says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// A bug, or a broken disk.
    #[error("the store failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Something that nobody can do anything about but us.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// A refusal to start, with the sentence that says why.
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::OperationInterrupted) => Self::Slow,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy
            }
            _ => Self::internal(source),
        }
    }
}

impl From<::postgres::Error> for Error {
    fn from(source: ::postgres::Error) -> Self {
        let code = source.code().map(::postgres::error::SqlState::code);
        match code {
            // Class 53: out of disk, of memory, of connections.
            Some("53100") => Self::Full,
            // Shutting down, starting up, too many connections, a lock timed out.
            Some("57P01" | "57P02" | "57P03" | "53300" | "55P03" | "40P01" | "25006") => Self::Busy,
            // A statement timed out.
            Some("57014") => Self::Slow,
            None if is_line_lost(&source) => Self::Busy,
            _ => Self::internal(source),
        }
    }
}

fn is_line_lost(error: &::postgres::Error) -> bool {
    let source = std::error::Error::source(error);
    error.is_closed() || source.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
