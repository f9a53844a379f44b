//! Connections for reads that are done where they are asked.

use std::sync::{Mutex, PoisonError};

use crate::{Conn, error::Result};

/// As many as there are threads that may ask at once; whoever finds none asks a reader.
const CONNECTIONS: usize = 4;

/// Idle connections that cannot write: of SQLite alone, which needs no thread of its own.
pub(crate) struct Glances {
    idle: Mutex<Vec<Conn>>,
}

impl Glances {
    /// None at all.
    pub(crate) fn none() -> Self {
        Self { idle: Mutex::default() }
    }

    pub(crate) fn open(connect: impl Fn() -> Result<Conn>) -> Result<Self> {
        let idle = (0..CONNECTIONS).map(|_| connect()).collect::<Result<_>>()?;
        Ok(Self { idle: Mutex::new(idle) })
    }

    pub(crate) fn take(&self) -> Option<Conn> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub(crate) fn put(&self, conn: Conn) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
    }
}
